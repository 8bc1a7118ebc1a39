#pragma once

#include "core/tokens/grid.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// The house vocabulary "house-2": many instruments and drums, bar by bar, in the manner of REMI+ (von Rütte et al.,
/// "FIGARO", ICLR 2023, section 3.1). A piece is
///
///     piece       start  { bar | gap }  end
///     bar         Bar Tempo [Style] [Key] [Density] [Polyphony]  { [Given { instrument } Fill] { instrument } }
///     instrument  Program [Part] | Drums  { Position { [Velocity] Pitch Duration } }
///     gap         After { bar } Before
///
/// - `Bar` carries the time signature, `Tempo` the tempo at its line, so any bar is understood alone.
/// - The instruments of a bar come in rising order of program, then of part (of two violins the second has `Part 2`),
///   drums last. An instrument that rests in the bar is left out.
/// - `Position` counts grid ticks from the bar line and rises within an instrument; the pitches of a position rise too.
/// - `Velocity` stands before the first note of an instrument in the bar and wherever it changes.
/// - Drums have `DrumPitch` and no duration: a hit lasts a sixteenth.
/// - A pitch that still sounds in its instrument may not be struck again.
///
/// Conditions, which are given and never drawn; a piece as `encode` writes it has none:
/// - `Style`, `Key`, `Density` and `Polyphony` describe the bar that they stand in, see `Description`.
/// - `Given` stands before the instruments of a bar that are there already, `Fill` before those that the model adds;
///   both rise for themselves, and what was given is not added once more.
/// - `After n` begins the bars that come n bars later, `Before` ends them: the bars from here to there are filled in
///   from both sides, after some that are known (as in "Efficient Training of Language Models to Fill in the Middle",
///   Bavarian et al., 2022). They are no part of the music so far.
///
/// "house-1" is the same without conditions, which have the last numbers; models that were trained with it still work.
class HouseVocabulary : public Vocabulary {
public:
    explicit HouseVocabulary(bool conditions = true) : m_conditions(conditions) {}

    std::string_view name() const override { return m_conditions ? "house-2" : "house-1"; }
    int size() const override;
    std::string text(Token token) const override;
    std::vector<Token> encode(const Song& song) const override;
    Song quantised(const Song& song) const override;
    std::unique_ptr<Prefix> emptyPrefix() const override;
    std::optional<Token> transposed(Token token, int semitones) const override;
    TokenKind kind(Token token) const override;
    bool isNote(Token token) const override;
    bool isCondition(Token token) const override;
    std::vector<HeldTokens> heldTokens() const override;
    std::vector<Token> exercise(std::span<const Token> piece, std::optional<int> style, Random& random) const override;
    std::optional<Meter> meter(Token token) const override;
    std::vector<Token> descriptionTokens(const Description& description) const override;
    Result<Script> fill(const Song& song, const FillIn& wanted, std::size_t mostTokens) const override;

private:
    bool m_conditions;
};

/// The kinds of token, in the order of their numbers.
namespace house {

inline constexpr int programs = 128;
inline constexpr int parts = 8;
inline constexpr int pitches = 128;
inline constexpr int drumHit = gridPerQuarter / 4;  ///< length of a drum hit
inline constexpr int longestGap = 16;               ///< bars, that there is a token for
inline constexpr int keys = 24;

/// Major keys from C, then minor ones.
inline int indexOfKey(const Key& key) { return key.tonic + (key.mode == Mode::minor ? 12 : 0); }
inline Key keyOfIndex(int index) { return {index % 12, index < 12 ? Mode::major : Mode::minor}; }

struct Kinds {
    TokenRun bar, tempo, program, drums, part, position, velocity, pitch, drumPitch, duration;
    TokenRun style, key, density, polyphony;  ///< the descriptions, in the order in which they stand in a bar
    TokenRun given, fill, after, before;
    int size = 0;
    int firstCondition = 0;
};

const Kinds& kinds();

}  // namespace house

}  // namespace ricercar
