#pragma once

#include <memory>
#include <span>

#include "core/tokens/vocabulary.h"

namespace ricercar {

/// Reads tokens one by one, for several sequences (rows) at once, and says what may come next. Keeps what was read as a
/// recurrent state or a key and value cache: a prefix is never computed twice. Owned and used by one thread at a time.
class Decoder {
public:
    virtual ~Decoder() = default;

    virtual int rows() const = 0;

    /// Appends `tokens[i]` to row `rows[i]`; the rows rise. Returns logits `[rows.size(), vocabulary]`, valid until the
    /// next call.
    virtual std::span<const float> step(std::span<const int> rows, std::span<const Token> tokens) = 0;

    /// Appends `tokens` to the single row of a decoder of one row, faster than by steps. Returns the logits after the
    /// last token `[vocabulary]`. `tokens` is not empty.
    virtual std::span<const float> prefill(std::span<const Token> tokens) = 0;

    /// A decoder of `rows` sequences, each a copy of the single row of this one.
    virtual std::unique_ptr<Decoder> repeated(int rows) const = 0;

    /// Remembers where `row` is, in place of where it was marked before.
    virtual void mark(int row) = 0;
    /// Goes back to where `row` was marked, as often as wanted: what it read since is as if it had never been read.
    virtual void rewind(int row) = 0;

    /// A decoder that goes on with the given rows alone, in that order; they stay marked.
    virtual void keepRows(std::span<const int> rows) = 0;
};

}  // namespace ricercar
