#include "core/frames/frame_model.h"

#include <cmath>

#include "core/model/safetensors.h"

namespace ricercar {

namespace {

constexpr const char* descriptionKey = "ricercar-frames";
constexpr int version = 1;  ///< of the contexts: weights of others mean nothing
// A float holds whole numbers of so many bits, so a frame is four of them.
constexpr int bitsOfNumber = 22;
constexpr int numbersOfFrame = keyCount / bitsOfNumber;

void appendFrame(const Frame& frame, std::vector<float>& numbers) {
    for (int first = 0; first < keyCount; first += bitsOfNumber) {
        numbers.push_back(static_cast<float>(frame.window(first, first + bitsOfNumber - 1)));
    }
}

Result<Frame> frameOf(std::span<const float> numbers) {
    Frame frame;
    for (int number = 0; number < numbersOfFrame; ++number) {
        const float value = numbers[static_cast<std::size_t>(number)];
        if (!(value >= 0 && value < static_cast<float>(1 << bitsOfNumber) && value == std::floor(value))) {
            return failure("{} is no part of a frame", value);
        }
        for (int bit = 0; bit < bitsOfNumber; ++bit) {
            if ((static_cast<unsigned>(value) >> bit & 1U) != 0) {
                frame.add(number * bitsOfNumber + bit);
            }
        }
    }
    return frame;
}

}  // namespace

FrameModel::FrameModel(int lowestKey, int highestKey)
    : m_lowestKey(lowestKey), m_highestKey(highestKey), m_mixer(FrameContexts::count, FrameContexts::selectorSizes) {}

FrameLoss FrameModel::judge(const FramePiece& piece, bool fixedWeights) {
    const std::vector<float> weights(m_mixer.weights().begin(), m_mixer.weights().end());
    const FrameLoss loss = passOver(piece, fixedWeights ? Purpose::judging : Purpose::learning);
    std::copy(weights.begin(), weights.end(), m_mixer.weights().begin());
    return loss;
}

FrameLoss FrameModel::learn(const FramePiece& piece) {
    const FrameLoss loss = passOver(piece, Purpose::learning);
    remember(piece);
    return loss;
}

void FrameModel::remember(const FramePiece& piece) {
    passOver(piece, Purpose::remembering);
    m_repeats.remember();
    m_pieces.push_back(piece);
    m_frames += static_cast<std::int64_t>(piece.size());
}

void FrameModel::forgetPieces() {
    m_mixer.forgetAll();
    m_repeats.forgetAll();
    m_pieces.clear();
    m_frames = 0;
}

FrameLoss FrameModel::passOver(const FramePiece& piece, Purpose purpose) {
    FrameLoss loss;
    m_repeats.beginPiece();
    m_contexts.beginPiece();
    m_mixer.beginPiece();
    for (std::size_t time = 0; time < piece.size(); ++time) {
        const Frame& frame = piece[time];
        double nats = natsOfSilence(frame);
        m_contexts.beginFrame(m_repeats);
        for (int key = m_highestKey; key >= m_lowestKey; --key) {
            const bool sounds = frame.sounds(key);
            m_contexts.describe(key);
            if (purpose == Purpose::remembering) {
                m_mixer.remember(m_contexts.contexts(), sounds);
            } else {
                const double probability = m_mixer.probability(m_contexts.contexts(), m_contexts.selected());
                nats -= std::log(sounds ? probability : 1 - probability);
                if (purpose == Purpose::learning) {
                    m_mixer.learn(sounds);
                }
                m_mixer.count(sounds);
            }
            m_contexts.decide(key, sounds);
        }
        m_contexts.endFrame();
        m_repeats.add(frame);
        if (time > 0) {
            loss += {nats, 1};
        }
    }
    return loss;
}

/// Of the keys that are not learnt: half a time in the frames remembered (Krichevsky and Trofimov 1981).
double FrameModel::natsOfSilence(const Frame& frame) const {
    const double probability = 0.5 / static_cast<double>(m_frames + 1);
    double nats = 0;
    for (int key = 0; key < keyCount; ++key) {
        if (key < m_lowestKey || key > m_highestKey) {
            nats -= std::log(frame.sounds(key) ? probability : 1 - probability);
        }
    }
    return nats;
}

Result<void> FrameModel::write(const std::filesystem::path& path, const Json& card) const {
    std::vector<float> frames;
    std::vector<float> lengths;
    for (const FramePiece& piece : m_pieces) {
        lengths.push_back(static_cast<float>(piece.size()));
        for (const Frame& frame : piece) {
            appendFrame(frame, frames);
        }
    }
    const std::vector<TensorView> tensors = {
        {"weights", {weightCount()}, m_mixer.weights()},
        {"frames", {m_frames, numbersOfFrame}, frames},
        {"lengths", {static_cast<std::int64_t>(lengths.size())}, lengths},
    };
    const Json description = {
        {"version", version}, {"lowestKey", m_lowestKey}, {"highestKey", m_highestKey}, {"card", card}};
    return writeSafeTensors(path, {{descriptionKey, description.dump()}}, tensors);
}

Result<FrameModel> FrameModel::open(const std::filesystem::path& path, const ProgressSink& progress,
                                    const std::stop_token& stop) {
    const auto file = SafeTensors::open(path);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    const auto description = parseJson(file->metadata(descriptionKey));
    if (!description) {
        return failure("{} is no model of frames; train one with --preset frames", path.string());
    }
    const auto lowest = field<int>(*description, "lowestKey");
    const auto highest = field<int>(*description, "highestKey");
    if (field<int>(*description, "version") != version || !lowest || !highest || *lowest < 0 || *highest < *lowest ||
        *highest >= keyCount) {
        return failure("{} is a model of frames of another version; train it anew", path.string());
    }
    FrameModel model(*lowest, *highest);
    const StoredTensor* weights = file->find("weights");
    const StoredTensor* frames = file->find("frames");
    const StoredTensor* lengths = file->find("lengths");
    if (weights == nullptr || frames == nullptr || lengths == nullptr ||
        weights->size() != model.m_mixer.weights().size()) {
        return failure("{}: the weights or the music of the model are missing or have another size", path.string());
    }
    const std::vector<float> keys = frames->values();
    const std::vector<float> pieceLengths = lengths->values();
    std::span<const float> rest = keys;
    for (std::size_t index = 0; index < pieceLengths.size(); ++index) {
        const float length = pieceLengths[index];
        if (!(length >= 1 && length * numbersOfFrame <= static_cast<float>(rest.size()))) {
            return failure("{}: piece {} of its music has no sound length", path.string(), index + 1);
        }
        FramePiece piece;
        while (piece.size() < static_cast<std::size_t>(length)) {
            const auto frame = frameOf(rest.first(numbersOfFrame));
            if (!frame) {
                return failure("{}: piece {}: {}", path.string(), index + 1, frame.error().message);
            }
            piece.push_back(*frame);
            rest = rest.subspan(numbersOfFrame);
        }
        if (stop.stop_requested()) {
            return failure("stopped");
        }
        model.remember(piece);
        if (progress) {
            progress({static_cast<double>(index + 1) / static_cast<double>(pieceLengths.size()),
                      fmt::format("the model's piece {} of {}", index + 1, pieceLengths.size())});
        }
    }
    if (!rest.empty()) {
        return failure("{}: its music goes on after the last piece", path.string());
    }
    std::ranges::copy(weights->values(), model.m_mixer.weights().begin());
    return model;
}

}  // namespace ricercar
