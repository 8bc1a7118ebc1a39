#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/frames/context_mixer.h"
#include "core/frames/frame_contexts.h"
#include "core/frames/frame_repeats.h"

namespace ricercar {

/// The loss of Boulanger-Lewandowski et al. 2012 ("Modeling Temporal Dependencies in High-Dimensional Sequences",
/// section 6): the first frame of each piece is not counted, the others of all pieces are pooled.
struct FrameLoss {
    double nats = 0;  ///< summed over the keys of a frame
    std::int64_t frames = 0;

    double perFrame() const { return nats / static_cast<double>(std::max<std::int64_t>(1, frames)); }
    FrameLoss& operator+=(const FrameLoss& other) {
        nats += other.nats;
        frames += other.frames;
        return *this;
    }
};

/// A distribution over the next frame of a piece, given those before it: the keys are decided one after the other, so
/// the product of their chances is exact over all sets of keys. It goes on learning from the piece that it
/// judges ("dynamic evaluation", Krause et al. 2018): a frame is foretold from what came before it, and when the
/// piece is over nothing of it stays.
class FrameModel {
public:
    /// Keys from `lowestKey` to `highestKey` are learnt; the others sound as rarely as something never heard.
    FrameModel(int lowestKey, int highestKey);

    /// With `fixedWeights` only the counters learn from the piece.
    FrameLoss judge(const FramePiece& piece, bool fixedWeights = false);
    /// Judges the piece in the same way, keeps the weights and remembers it.
    FrameLoss learn(const FramePiece& piece);
    /// Forgets the pieces but not the weights, for another pass over the same music: in the second the weights know
    /// what the contexts are worth, and still judge every piece before it is remembered.
    void forgetPieces();

    /// Of numbers that it has learnt.
    std::int64_t weightCount() const { return static_cast<std::int64_t>(m_mixer.weights().size()); }

    /// A safetensors file: the weights and the pieces remembered, from which the counters are made again when the model
    /// is opened; that takes about half as long as learning them.
    Result<void> write(const std::filesystem::path& path, const Json& card) const;
    static Result<FrameModel> open(const std::filesystem::path& path, const ProgressSink& progress = {},
                                   const std::stop_token& stop = {});

private:
    enum class Purpose { judging, learning, remembering };

    FrameLoss passOver(const FramePiece& piece, Purpose purpose);
    void remember(const FramePiece& piece);
    double natsOfSilence(const Frame& frame) const;

    int m_lowestKey;
    int m_highestKey;
    std::vector<FramePiece> m_pieces;  ///< remembered
    std::int64_t m_frames = 0;         ///< of them
    FrameRepeats m_repeats;
    FrameContexts m_contexts;
    ContextMixer m_mixer;
};

}  // namespace ricercar
