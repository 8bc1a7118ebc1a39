#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/generate/generate.h"
#include "core/generate/loop_guard.h"

namespace ricercar {

/// What a `PreparedSeed` is within this folder: a model whose decoder has read a seed, and all that takes need to know
/// of that seed.
class ReadSeed : public PreparedSeed {
public:
    explicit ReadSeed(std::shared_ptr<const Model> model);

    /// To go on from the last bars of `seed`.
    void readTail(const Song& seed);
    /// To write `fill` into `seed`. Errors: those of `Vocabulary::fill`.
    Result<void> readForFill(const Song& seed, const FillIn& fill);

    const Model& model() const { return *m_model; }
    const Vocabulary& vocabulary() const { return m_model->vocabulary(); }
    /// By token.
    std::span<const TokenKind> kinds() const { return m_kinds; }
    const Prefix& prefix() const { return *m_prefix; }
    const LoopGuard& guard() const { return m_guard; }
    const Decoder& decoder() const { return *m_decoder; }
    /// After the last token of the seed, [vocabulary].
    std::span<const float> logits() const { return m_logits; }
    /// Of the seed, as many as were read before the first new one.
    int bars() const { return m_bars; }
    /// The seed's last, exactly, which a token may only come near.
    TempoChange tempo() const { return m_tempo; }
    /// Of the seed's last bar, for which the vocabulary may have no token.
    Meter meter() const { return m_meter; }
    /// That the seed is in, if it has pitches.
    const std::optional<Key>& key() const { return m_key; }
    /// Where the first new bar begins.
    Tick end() const { return m_end; }
    Tick soundsUntil() const { return m_soundsUntil; }
    /// Of the tokens that were read.
    const std::string& hash() const { return m_hash; }

    /// Whether takes are written into the seed; else they go on from it.
    bool fills() const { return m_fill.has_value(); }
    const std::optional<FillIn>& fill() const { return m_fill; }
    /// What is given in each bar that is filled in.
    std::span<const std::vector<Token>> script() const { return m_script; }
    /// The bars that are filled in, without what is to be written.
    const Song& stays() const { return m_stays; }

private:
    std::size_t mostTokens() const;
    /// `tokens` are those that the prefix has read.
    void read(const Song& seed, std::span<const Token> tokens);

    std::shared_ptr<const Model> m_model;
    std::vector<TokenKind> m_kinds;
    std::unique_ptr<Prefix> m_prefix;
    LoopGuard m_guard;
    std::unique_ptr<Decoder> m_decoder;
    std::vector<float> m_logits;
    int m_bars = 0;
    TempoChange m_tempo;
    Meter m_meter;
    std::optional<Key> m_key;
    Tick m_end;
    Tick m_soundsUntil;
    std::string m_hash;
    std::optional<FillIn> m_fill;
    std::vector<std::vector<Token>> m_script;
    Song m_stays;
};

}  // namespace ricercar
