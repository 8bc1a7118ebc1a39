#include "core/frames/frame_repeats.h"

#include <algorithm>

namespace ricercar {

void FrameRepeats::beginPiece() {
    m_frames.resize(m_begin);
    m_here.clear();
    hashPast();
}

void FrameRepeats::hashPast() {
    std::uint64_t hash = 0;
    int hashed = 0;
    for (std::size_t index = 0; index < lengths.size(); ++index) {
        const bool enough = past().size() >= static_cast<std::size_t>(lengths[index]);
        for (; enough && hashed < lengths[index]; ++hashed) {
            hash = mixedHash(hash, m_frames[m_frames.size() - 1 - static_cast<std::size_t>(hashed)].hash());
        }
        m_hashes[index] = enough ? mixedHash(hash, index) : 0;
    }
}

std::array<FrameRepeats::Repeat, FrameRepeats::lengths.size()> FrameRepeats::find() const {
    std::array<Repeat, lengths.size()> repeats;
    for (std::size_t index = 0; index < lengths.size() && m_hashes[index] != 0; ++index) {
        for (const Places* places : {&m_here, &m_remembered}) {
            if (const auto found = places->find(m_hashes[index]); found != places->end()) {
                repeats[index] = {&m_frames[found->second], agreeing(found->second), places == &m_here};
                break;
            }
        }
    }
    return repeats;
}

int FrameRepeats::agreeing(std::size_t place) const {
    const std::size_t most = std::min({std::size_t{32}, past().size(), place});
    std::size_t count = 0;
    while (count < most && m_frames[place - 1 - count] == m_frames[m_frames.size() - 1 - count]) {
        ++count;
    }
    return static_cast<int>(count);
}

void FrameRepeats::add(const Frame& frame) {
    for (const std::uint64_t hash : m_hashes) {
        if (hash != 0) {
            m_here[hash] = m_frames.size();
        }
    }
    m_frames.push_back(frame);
    hashPast();
}

void FrameRepeats::remember() {
    for (const auto& [hash, place] : m_here) {
        m_remembered[hash] = place;
    }
    m_begin = m_frames.size();
    beginPiece();
}

void FrameRepeats::forgetAll() {
    m_begin = 0;
    m_remembered.clear();
    beginPiece();
}

}  // namespace ricercar
