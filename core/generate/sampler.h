#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// How boldly to draw: what a temperature of the user stands for, see `samplingAt`.
struct Sampling {
    /// By TokenKind. That of structure is also that of the choice between the kinds: one more note for the chord, time
    /// to move on, or the bar line.
    std::array<double, tokenKinds> temperatures = {1, 1, 1, 1};
    /// What the model holds for less likely than the likeliest by this factor is left out (Nguyen et al. 2024, "Min-p
    /// Sampling for Creative and Coherent LLM Outputs", section 3); 0 leaves nothing out.
    double minP = 0;
    /// What is left out next: all but the likeliest whose probabilities together reach this (Holtzman et al. 2020, "The
    /// Curious Case of Neural Text Degeneration", section 3.1); 1 leaves nothing out.
    double topP = 1;
};

/// Draws one token in two steps, first its kind, then the token among those of its kind, so that each kind can be
/// cooler or hotter without becoming rarer or more frequent. Nor does a mask make a kind rarer of which it leaves but
/// one token: where the model holds the bar for over it is over, though it would begin the next one in another metre.
/// With all temperatures 1, no mask and nothing left out this is the model's own distribution. In both steps what is
/// unlikely is left out before the temperature counts: heat never raises what the model thinks wrong.
class Sampler {
public:
    /// `kinds` has one element for each token and outlives this.
    explicit Sampler(std::span<const TokenKind> kinds) : m_kinds(kinds) {}

    /// `logits` and `mask` have one element for each token; at least one of `mask` is not 0.
    Token draw(std::span<const float> logits, std::span<const std::uint8_t> mask, const Sampling& sampling,
               Random& random);

private:
    struct Choice {
        double logit;
        std::size_t index;  ///< of the token or of the kind
    };

    /// The index of one of `m_choices`, of which there is at least one; leaves fewer of them.
    std::size_t choose(double temperature, const Sampling& sampling, Random& random);
    void keepLikeliest(double topP, double highest);

    std::span<const TokenKind> m_kinds;
    std::vector<Choice> m_choices;
};

}  // namespace ricercar
