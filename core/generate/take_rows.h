#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/model/decoder.h"

namespace ricercar {

/// The decoder's rows of a batch of takes. Where what a description changes shall be enlarged, each take is read twice,
/// with it and without: classifier-free guidance (Ho and Salimans 2022, section 3.2; for language Sanchez
/// et al. 2023, "Stay on Topic with Classifier-Free Guidance", section 2).
class TakeRows {
public:
    /// `takes` times what `seed`, of one row, has read. `description`, which outlives this, are the tokens that tell
    /// it.
    TakeRows(const Decoder& seed, int takes, std::span<const Token> description);

    /// Appends one token to each take. Returns logits `[takes, vocabulary]`, valid until the next call.
    std::span<const float> step(std::span<const Token> tokens);
    /// As in `Decoder`.
    void mark(int take);
    void rewind(int take);
    void keepTakes(std::span<const int> takes);

private:
    /// The logits of the row of a take that is not told, [vocabulary].
    struct Untold {
        std::vector<float> last;
        std::vector<float> atMark;
    };

    /// The rows of the decoder that read `take`: first the one that is told, then the other.
    std::span<const int> rowsOf(int take) const;

    std::span<const Token> m_description;
    std::unique_ptr<Decoder> m_decoder;
    std::vector<int> m_rows;       ///< all of the decoder
    std::vector<Untold> m_untold;  ///< by take; empty where nothing is told
    std::vector<float> m_logits;
};

}  // namespace ricercar
