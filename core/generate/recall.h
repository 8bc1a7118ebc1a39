#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/base/random.h"
#include "core/generate/loop_guard.h"

namespace ricercar {

/// Lets themes come back. Now and then a new bar is to be like one some bars before it, and then so are the bars that
/// follow it, until what lay between is over or before: what that bar has next is made likelier, where the model holds
/// it for possible at all. Where the model goes another way, a variation comes of it.
///
/// What the bars before are is known to the `LoopGuard` that is passed; it has read the same tokens.
class Recall {
public:
    /// Decides whether the bar that has just begun is to be like another.
    void choose(const LoopGuard& bars, Random& random);
    /// The bar being drawn shall be like no other.
    void forget() { m_distance = 0; }
    /// `token`, of the bar being drawn, was read; `kinds` are by token.
    void push(const LoopGuard& bars, std::span<const TokenKind> kinds, Token token);
    /// Raises the logit of what the other bar has next, of what `mask` allows.
    void favour(const LoopGuard& bars, std::span<const std::uint8_t> mask, std::span<float> logits) const;

private:
    std::optional<Token> next(const LoopGuard& bars, std::size_t ahead = 0) const;

    std::size_t m_distance = 0;  ///< to the bar that this one is to be like; 0: to none
    std::size_t m_bars = 0;      ///< that have come back so, one after the other
    std::size_t m_next = 0;      ///< of its tokens, that is expected
};

}  // namespace ricercar
