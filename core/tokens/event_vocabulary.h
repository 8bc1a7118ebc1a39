#pragma once

#include <array>

#include "core/tokens/grid.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// The event grammar "events-1" of one instrument: at each moment the set of notes that end, the set of notes that
/// begin and the time to the next moment. A piece is
///
///     start  Meter Tempo { { Off } { On } Wait }  end
///
/// with Off and On in rising order of pitch and Wait in grid ticks (a longer time is several). All instruments are one;
/// drums, velocities and programs are left out; the first metre and tempo hold for the piece. A note that is struck
/// while it sounds ends and begins anew.
class EventVocabulary : public Vocabulary {
public:
    static constexpr int longestWait = 4 * gridPerQuarter;
    static constexpr Velocity velocity = Velocity::clamped(80);

    std::string_view name() const override { return "events-1"; }
    int size() const override { return waitAt(longestWait) + 1; }
    std::string text(Token token) const override;
    std::vector<Token> encode(const Song& song) const override;
    Song quantised(const Song& song) const override;
    std::unique_ptr<Prefix> emptyPrefix() const override;
    std::optional<Token> transposed(Token token, int semitones) const override;
    TokenKind kind(Token token) const override;
    bool isNote(Token token) const override { return isOn(token); }
    std::optional<Meter> meter(Token token) const override;

    static Token meterAt(int index) { return static_cast<Token>(firstMeter + index); }
    static Token tempoAt(int bin) { return static_cast<Token>(firstTempo() + bin); }
    static Token offAt(int pitch) { return static_cast<Token>(firstOff() + pitch); }
    static Token onAt(int pitch) { return static_cast<Token>(firstOn() + pitch); }
    static Token waitAt(int gridTicks) { return static_cast<Token>(firstWait() + gridTicks - 1); }

    static bool isMeter(Token token) { return token >= firstMeter && token < firstTempo(); }
    static bool isTempo(Token token) { return token >= firstTempo() && token < firstOff(); }
    static bool isOff(Token token) { return token >= firstOff() && token < firstOn(); }
    static bool isOn(Token token) { return token >= firstOn() && token < firstWait(); }
    static bool isWait(Token token) { return token >= firstWait() && token < firstWait() + longestWait; }

    static int meterOf(Token token) { return token - firstMeter; }
    static int tempoOf(Token token) { return token - firstTempo(); }
    static int offPitch(Token token) { return token - firstOff(); }
    static int onPitch(Token token) { return token - firstOn(); }
    static int waitOf(Token token) { return token - firstWait() + 1; }

private:
    static constexpr int firstMeter = endToken + 1;
    static int firstTempo() { return firstMeter + static_cast<int>(gridMeters().size()); }
    static int firstOff() { return firstTempo() + tempoBins; }
    static int firstOn() { return firstOff() + 128; }
    static int firstWait() { return firstOn() + 128; }
};

}  // namespace ricercar
