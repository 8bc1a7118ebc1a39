#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/tokens/vocabulary.h"
#include "core/train/network_backend.h"

namespace ricercar {

/// The examples of training: in each epoch every piece comes once, in a new order, in a new key (-5 to +6 semitones,
/// drums excepted) and as a new exercise (`Vocabulary::exercise`). What begins with a start token, the pieces and the
/// excerpts that exercises make of them, is laid end to end in a new order and cut into windows, so nothing is padded.
/// Which batch a step gets depends on the seed and the step alone.
///
/// Music that is more than a portion is dealt out at random into several, always the same, which follow each other in
/// an epoch: only one of them is in memory at a time, the rest stays in the mapped files of the shards.
class TrainingWindows {
public:
    static constexpr std::size_t portionTokens = 8'000'000;

    /// `pieces` must stay alive; `styles` has one element for each of them; `ownKeys` is the share of pieces that stay
    /// in their key. Rows are fewer than `batch` where there is too little music for so many.
    TrainingWindows(std::vector<std::span<const Token>> pieces, std::vector<std::optional<int>> styles,
                    std::shared_ptr<const Vocabulary> vocabulary, int window, int batch, std::uint64_t rng,
                    double ownKeys = 0, std::size_t portion = portionTokens);

    /// Of each batch.
    int rows() const { return m_rows; }
    std::int64_t stepsPerEpoch() const { return m_stepsPerEpoch; }
    TokenBatch batch(std::int64_t step);

private:
    static constexpr int lowestTransposition = -5;
    static constexpr int highestTransposition = 6;
    static constexpr Token untransposable = 0xffff;

    struct Portion {
        std::vector<std::size_t> pieces;
        std::int64_t firstStep = 0;  ///< of an epoch
        std::int64_t steps = 0;
    };

    void dealOut(std::size_t tokens, std::size_t portion);
    /// `turn` counts the portions of all epochs.
    void prepare(std::int64_t turn);
    /// Moves the piece into another key, if it fits.
    void transpose(std::span<Token> piece, int semitones) const;

    std::vector<std::span<const Token>> m_pieces;
    std::vector<std::optional<int>> m_styles;
    std::shared_ptr<const Vocabulary> m_vocabulary;
    std::vector<std::vector<Token>> m_transposed;  ///< [semitones - lowest][token]
    int m_window;
    int m_rows;
    std::uint64_t m_rng;
    double m_ownKeys;
    std::vector<Portion> m_portions;
    std::int64_t m_stepsPerEpoch;
    std::int64_t m_turn = -1;
    std::vector<Token> m_stream;         ///< of m_turn
    std::vector<std::size_t> m_windows;  ///< where each begins in the stream, in the order of use
};

/// Windows that cover every token of `pieces` once, none crossing from piece to piece, the last of a piece padded with
/// ignored targets. At most about `mostTokens` tokens, whole pieces.
std::vector<TokenBatch> evaluationBatches(std::span<const std::span<const Token>> pieces, int window, int rows,
                                          std::size_t mostTokens);

/// How many targets of the batch are notes.
std::int64_t noteTargets(const TokenBatch& batch, const Vocabulary& vocabulary);

}  // namespace ricercar
