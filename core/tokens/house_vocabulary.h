#pragma once

#include "core/tokens/grid.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// The house vocabulary "house-1": many instruments and drums, bar by bar, in the manner of REMI+ (von Rütte et al.,
/// "FIGARO", ICLR 2023, section 3.1). A piece is
///
///     start  { Bar Tempo { Program [Part] | Drums  { Position { [Velocity] Pitch Duration } } } }  end
///
/// - `Bar` carries the time signature, `Tempo` the tempo at its line, so any bar is understood alone.
/// - The instruments of a bar come in rising order of program, then of part (the second violin is `Program 40, Part
/// 2`),
///   drums last. An instrument that rests in the bar is left out.
/// - `Position` counts grid ticks from the bar line and rises within an instrument; the pitches of a position rise too.
/// - `Velocity` stands before the first note of an instrument in the bar and wherever it changes.
/// - Drums have `DrumPitch` and no duration: a hit lasts a sixteenth.
/// - A pitch that still sounds in its instrument may not be struck again.
class HouseVocabulary : public Vocabulary {
public:
    std::string_view name() const override { return "house-1"; }
    int size() const override;
    std::string text(Token token) const override;
    std::vector<Token> encode(const Song& song) const override;
    Song quantised(const Song& song) const override;
    std::unique_ptr<Prefix> emptyPrefix() const override;
    std::optional<Token> transposed(Token token, int semitones) const override;
    bool isNote(Token token) const override;
    std::optional<Meter> meter(Token token) const override;
};

/// The kinds of token, in the order of their numbers.
namespace house {

inline constexpr int programs = 128;
inline constexpr int parts = 8;
inline constexpr int pitches = 128;
inline constexpr int drumHit = gridPerQuarter / 4;  ///< length of a drum hit

/// A run of `count` tokens from `first`.
struct Kind {
    int first = 0;
    int count = 0;

    constexpr bool holds(Token token) const { return token >= first && token < first + count; }
    constexpr Token at(int index) const { return static_cast<Token>(first + index); }
    constexpr int indexOf(Token token) const { return token - first; }
};

struct Kinds {
    Kind bar, tempo, program, drums, part, position, velocity, pitch, drumPitch, duration;
    int size = 0;
};

const Kinds& kinds();

}  // namespace house

}  // namespace ricercar
