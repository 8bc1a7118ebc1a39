#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/frames/frame.h"

namespace ricercar {

/// Finds where the last frames sounded before, in the piece at hand or else in one remembered: tunes repeat.
class FrameRepeats {
public:
    /// So many last frames are looked up.
    static constexpr std::array lengths = {1, 2, 3, 4, 6, 8, 12, 20};

    struct Repeat {
        const Frame* next = nullptr;  ///< what followed; null where the frames are new. Until the next frame is added
        int agreeing = 0;             ///< frames before it that are the same, at most 32
        bool here = false;            ///< in the piece at hand
    };

    void beginPiece();
    /// For each of `lengths` the latest place.
    std::array<Repeat, lengths.size()> find() const;
    void add(const Frame& frame);
    /// Keeps the piece at hand for good.
    void remember();
    void forgetAll();

    /// The piece at hand so far.
    std::span<const Frame> past() const { return std::span(m_frames).subspan(m_begin); }

private:
    using Places = std::unordered_map<std::uint64_t, std::size_t>;  // by hash: the frame that followed

    void hashPast();
    int agreeing(std::size_t place) const;

    std::vector<Frame> m_frames;  ///< of the pieces remembered, then of the one at hand
    std::size_t m_begin = 0;      ///< of the piece at hand
    Places m_remembered;
    Places m_here;
    std::array<std::uint64_t, lengths.size()> m_hashes = {};  ///< of the last frames; 0 where there are too few
};

}  // namespace ricercar
