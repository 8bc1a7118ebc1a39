#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/tokens/house_vocabulary.h"

namespace ricercar {

/// The grammar of the house vocabulary as a state machine.
class HousePrefix : public Prefix {
public:
    /// Tokens are 0 to `size` - 1.
    explicit HousePrefix(int size) : m_size(size) {}

    void allowed(std::span<std::uint8_t> mask) const override;
    bool allows(Token token) const override;
    bool push(Token token) override;
    int barsBegun() const override { return static_cast<int>(beforeGap().m_bars.size()); }
    int barsBegunBy(Token token) const override { return house::kinds().bar.holds(token) && !m_beforeGap ? 1 : 0; }
    bool ended() const override { return m_state == State::ended; }
    Tick lastLine() const override;
    void keepSetting() override;
    void keepMeter(Meter meter) override { m_meter = nearestMeter(meter); }
    /// Of pitches that were kept before, those that are in both, if there are any.
    void keepPitches(const PitchSet& pitches) override;
    /// From here on these alone play, but for what is given or comes after a gap.
    void playOnly(std::vector<GridPart> parts) { m_players = std::move(parts); }
    /// From here on each of `parts` plays in every bar; if `besideOthers`, in those where something is given.
    void playThroughout(std::vector<GridPart> parts, bool besideOthers) {
        m_steady = std::move(parts);
        m_besideOthers = besideOthers;
        m_rests = 0;
    }
    std::vector<DrawnNote> takeNotes() override;
    Song song() const override { return gridSong(beforeGap().m_bars, beforeGap().m_tracks); }
    std::unique_ptr<Prefix> clone() const override { return std::make_unique<HousePrefix>(*this); }

private:
    /// Named by the token that was read last.
    enum class State {
        nothing,
        start,
        bar,
        tempo,
        description,
        given,
        fill,
        program,
        part,
        drums,
        position,
        velocity,
        pitch,
        note,
        after,
        before,
        ended
    };

    /// Itself or, between After and Before, the music so far.
    const HousePrefix& beforeGap() const { return m_beforeGap ? *m_beforeGap : *this; }
    /// What may follow a bar that could be over.
    bool allowsAfterBar(Token token) const;
    bool allowsBar(Token token) const;
    bool allowsTempo(Token token) const;
    bool allowsDescription(Token token) const;
    bool allowsInstrument(Token token) const;
    bool allowsPosition(Token token) const;
    bool allowsNote(Token token) const;
    /// Whether `pitch` may be struck by instruments like `part`; what is given may be anything.
    bool mayStrike(const GridPart& part, int pitch) const {
        return m_inGiven || m_beforeGap || (part.drums ? m_drumKeys : pitchesOf(part))[static_cast<std::size_t>(pitch)];
    }
    /// Those of `keepPitches` that the instrument has; where it has none of them, they all.
    PitchSet pitchesOf(const GridPart& part) const {
        const PitchSet both =
            m_compasses.empty() ? m_pitches : m_pitches & m_compasses[static_cast<std::size_t>(part.program)];
        return both.any() ? both : m_pitches;
    }
    /// Whether the current instrument may strike `pitch` at grid tick `tick`.
    bool isFree(int pitch, std::int64_t tick) const;
    bool anyFree(int lowestPitch, std::int64_t tick) const;
    /// Whether the instrument may play in this bar: has a free pitch somewhere, and is no new one where none may come.
    bool mayPlay(const GridPart& part) const;
    /// Whether one of the steady parts has to play in this bar after `earlier`, and before `later`.
    bool isDue(const GridPart& earlier, const GridPart& later) const;
    /// Whether `part`, which has not played in this bar, played in one of the `bars` before it.
    bool playsSince(std::size_t bars, const GridPart& part) const;
    std::int64_t tick() const { return m_bars.back().start + m_position; }
    int indexOf(const GridPart& part) const;
    void pushCondition(Token token);
    void beginInstrument(const GridPart& part);
    void addNote(int duration);

    int m_size;
    State m_state = State::nothing;
    bool m_tempoKept = false;
    bool m_instrumentsKept = false;
    std::optional<std::vector<GridPart>> m_players;  ///< none: all
    std::vector<GridPart> m_steady;                  ///< that do not fall silent
    bool m_besideOthers = false;                     ///< but where nothing is given
    std::size_t m_rests = 0;                         ///< bars in a row in which a steady part may rest
    std::optional<int> m_meter;                      ///< of every bar to come
    PitchSet m_pitches = PitchSet().set();           ///< that may be struck
    PitchSet m_drumKeys = PitchSet().set();          ///< likewise
    std::vector<PitchSet> m_compasses;               ///< by program; empty: every instrument has every pitch
    std::vector<GridBar> m_bars;
    std::vector<GridTrack> m_tracks;                                        ///< in order of appearance
    std::vector<std::array<std::int64_t, house::pitches>> m_soundingUntil;  ///< by track and pitch, grid ticks
    std::vector<DrawnNote> m_drawn;
    std::shared_ptr<const HousePrefix> m_beforeGap;  ///< while the bars after a gap are read: what was before

    Token m_lastDescription = 0;    ///< of this bar; 0 for none
    bool m_inGiven = false;         ///< between Given and Fill
    std::vector<GridPart> m_given;  ///< of this bar

    GridPart m_part{.drums = false, .program = 0, .part = 0};  ///< the current one; part 0 before the first of a bar
    GridPart m_previous = m_part;                              ///< the one before it in this bar
    int m_track = -1;                                          ///< of m_part; -1 until its first note
    int m_position = -1;                                       ///< in the bar; -1 before the first of an instrument
    int m_velocity = -1;                                       ///< bin; -1 before the first of an instrument in the bar
    int m_pitch = -1;                                          ///< the last at this position; -1 before the first
};

}  // namespace ricercar
