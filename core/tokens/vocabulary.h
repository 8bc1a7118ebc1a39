#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/edit/fill_in.h"
#include "core/music/song.h"

namespace ricercar {

using Token = std::uint16_t;

/// Every vocabulary keeps these two numbers for the start of a piece and its end.
inline constexpr Token startToken = 0;
inline constexpr Token endToken = 1;

/// `count` tokens from `first`.
struct TokenRun {
    int first = 0;
    int count = 0;

    constexpr bool holds(Token token) const { return token >= first && token < first + count; }
    constexpr Token at(int index) const { return static_cast<Token>(first + index); }
    constexpr int indexOf(Token token) const { return token - first; }
    bool operator==(const TokenRun&) const = default;
};

/// Conditions that hold for more than the token after them: the last one of `tokens` is heard at all that follow, until
/// another one or one of `until` comes.
struct HeldTokens {
    TokenRun tokens;
    TokenRun until;

    bool operator==(const HeldTokens&) const = default;
};

/// Both vocabularies divide a quarter note so: 24 holds 32nds (3) and triplets of sixteenths (4).
inline constexpr int gridPerQuarter = 24;

/// What a token decides, so that each can be drawn with a temperature of its own.
enum class TokenKind : std::uint8_t {
    structure,  ///< bars, metre, tempo, instruments, conditions, start and end
    rhythm,     ///< when something sounds and how long, and which drum
    pitch,
    velocity
};
inline constexpr std::size_t tokenKinds = 4;

/// Pitches by MIDI number.
using PitchSet = std::bitset<128>;

/// A note as soon as its tokens are complete; times on the grid from the start of the piece.
struct DrawnNote {
    int track = 0;  ///< index into the tracks of `Prefix::song()`
    Program program;
    bool drums = false;
    Note note;
};

/// A prefix of a token sequence, read token by token: knows which tokens may follow and what music it already is. One
/// state machine serves decoding, the grammar mask and the streaming of notes.
class Prefix {
public:
    virtual ~Prefix() = default;

    /// Sets `mask[t]` to 1 where token t may follow and to 0 elsewhere; `mask` has one element for each token. At least
    /// one token may follow unless the end token was pushed.
    virtual void allowed(std::span<std::uint8_t> mask) const = 0;
    virtual bool allows(Token token) const = 0;
    /// Appends a token. False, and nothing changed, when the token may not follow.
    virtual bool push(Token token) = 0;

    /// Bars begun so far; the last one is still open until the next begins or the piece ends.
    virtual int barsBegun() const = 0;
    /// How many further bars `token` would begin (or, for a vocabulary without bars, how many lines it would reach).
    virtual int barsBegunBy(Token token) const = 0;
    bool beginsBar(Token token) const { return barsBegunBy(token) > 0; }
    virtual bool ended() const = 0;

    /// Line at the end of the last bar begun, where `song()` ends; on the grid.
    virtual Tick lastLine() const = 0;

    /// From here on the instruments and the tempo stay those of the music so far, where there are any, and who played
    /// in each of its last four bars rests for no two in a row.
    virtual void keepSetting() = 0;
    /// From here on bars are in this metre or, where there is no token for it, in the one nearest in length. Nothing
    /// changes in a vocabulary whose pieces have but one.
    virtual void keepMeter(Meter meter) = 0;
    /// From here on only these pitches are struck: by who played before, in its compass or an octave around what it
    /// played, by drums, keys of General MIDI or those struck before; a vocabulary of one instrument keeps to `pitches`
    /// alone. What sounds already goes on. `pitches` is not empty, and no note is half read.
    virtual void keepPitches(const PitchSet& pitches) = 0;

    /// Notes completed since the last call.
    virtual std::vector<DrawnNote> takeNotes() = 0;
    /// Notes that have begun but whose end has not come, as `song()` has them: up to the line of the last bar begun.
    virtual std::vector<DrawnNote> soundingNotes() const { return {}; }
    /// The music so far, valid whatever the prefix is; ends on the line of the last bar begun; notes that would sound
    /// across it are cut there.
    virtual Song song() const = 0;
    virtual std::unique_ptr<Prefix> clone() const = 0;
};

/// How the music of a bar shall be; what is not given is left to the model. The classes are those of `describe`.
struct Description {
    std::optional<int> style;  ///< index into the styles of a model's card
    std::optional<Key> key;
    std::optional<int> density;    ///< class, 0 (few notes) to densityClasses - 1
    std::optional<int> polyphony;  ///< class, 0 (one voice) to polyphonyClasses - 1

    bool operator==(const Description&) const = default;
};
inline constexpr int mostStyles = 16;
inline constexpr int densityClasses = 8;
inline constexpr int polyphonyClasses = 6;

/// How something is filled in: what is read first, and what each bar begins with before the model goes on with it.
struct Script {
    std::vector<Token> opening;            ///< from the start token
    std::shared_ptr<const Prefix> prefix;  ///< has read the opening; allows what shall be written alone
    std::vector<std::vector<Token>> bars;
};

/// A way to write songs as tokens. Immutable; may be used by several threads at once.
class Vocabulary {
public:
    virtual ~Vocabulary() = default;

    /// Stored in shards and model files, with its version: "house-2", "events-1".
    virtual std::string_view name() const = 0;
    /// Tokens are 0 to size()-1.
    virtual int size() const = 0;
    /// For people: "Pitch C4", "Bar 3/4".
    virtual std::string text(Token token) const = 0;

    /// From the start token to the end token. Never fails: what the vocabulary cannot write is brought to its grid as
    /// `quantised` does.
    virtual std::vector<Token> encode(const Song& song) const = 0;
    /// The song as this vocabulary can hold it: decode(encode(song)) == quantised(song).
    virtual Song quantised(const Song& song) const = 0;
    virtual std::unique_ptr<Prefix> emptyPrefix() const = 0;

    /// The token with its pitch moved, drums and everything without a pitch unchanged; nothing when it leaves the
    /// range.
    virtual std::optional<Token> transposed(Token token, int semitones) const = 0;
    /// Of every token from 0 to size()-1.
    virtual TokenKind kind(Token token) const = 0;
    /// Whether the token stands for one note (so that losses can be given by note).
    virtual bool isNote(Token token) const = 0;
    /// Whether the token tells the model what is wanted: it is given, never drawn nor learnt to be said.
    virtual bool isCondition(Token) const { return false; }
    /// The conditions that a network hears for as long as they hold.
    virtual std::vector<HeldTokens> heldTokens() const { return {}; }
    /// The same music as an exercise in what the vocabulary has conditions for, or as it is: by chance.
    /// `piece` goes from the start token to the end token.
    virtual std::vector<Token> exercise(std::span<const Token> piece, std::optional<int> style, Random& random) const;
    /// The conditions that say `description` after the tempo of a bar; empty where there are none.
    virtual std::vector<Token> descriptionTokens(const Description&) const { return {}; }
    /// How `wanted` is filled into `song`, with at most about `mostTokens` tokens of opening. Errors: bars or tracks
    /// that are not there; a vocabulary without conditions; bars that it cannot write.
    virtual Result<Script> fill(const Song& song, const FillIn& wanted, std::size_t mostTokens) const;

    /// The metre that the token states, if it states one.
    virtual std::optional<Meter> meter(Token token) const = 0;
};

/// The vocabularies of the program by name; an error names those that exist.
Result<std::shared_ptr<const Vocabulary>> findVocabulary(std::string_view name);
std::vector<std::string_view> vocabularyNames();
/// The name of the vocabulary that has all tokens of the one of this name, under the same numbers, and more; the name
/// itself where there is none.
std::string successor(std::string_view name);

/// The song that `tokens` spell; the error names the place of the first token that may not stand where it does. The
/// start token may be missing, and so may the end.
Result<Song> decode(const Vocabulary& vocabulary, std::span<const Token> tokens);

}  // namespace ricercar
