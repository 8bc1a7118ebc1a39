#pragma once

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/music/song.h"

namespace ricercar {

/// Writes small songs for tests; times in quarter notes, 480 ticks each. Notes go to the last track begun, a piano
/// where none was.
class SongBuilder {
public:
    SongBuilder& track(int program = 0) {
        m_tracks.emplace_back();
        m_tracks.back().programs.push_back({Tick{0}, Program::clamped(program)});
        m_time = 0;
        return *this;
    }
    SongBuilder& drums() {
        m_tracks.emplace_back().channel = drumChannel;
        m_time = 0;
        return *this;
    }
    /// After what is there.
    SongBuilder& note(int pitch, double quarters, int velocity = 64) {
        m_onset = m_time;
        m_time += quarters;
        return chordNote(pitch, quarters, velocity);
    }
    /// Together with the last note.
    SongBuilder& chordNote(int pitch, double quarters, int velocity = 64) {
        if (m_tracks.empty()) {
            m_tracks.emplace_back();
        }
        m_tracks.back().notes.push_back(
            {Tick{ticks(m_onset)}, TickDelta{ticks(quarters)}, Pitch::clamped(pitch), Velocity::clamped(velocity)});
        return *this;
    }
    SongBuilder& rest(double quarters) {
        m_time += quarters;
        return *this;
    }
    SongBuilder& tempo(double quarters, double quartersPerMinute) {
        m_song.tempi.push_back(tempoAt(Tick{ticks(quarters)}, quartersPerMinute));
        return *this;
    }
    SongBuilder& meter(double quarters, Meter meter) {
        m_song.meters.push_back({Tick{ticks(quarters)}, meter});
        return *this;
    }

    Song build() const {
        Song song = m_song;
        for (Track track : m_tracks) {
            sortEvents(track);
            song.tracks.push_back(std::make_shared<const Track>(std::move(track)));
        }
        song.end = lastNoteEnd(song);
        return song;
    }

private:
    static std::int64_t ticks(double quarters) { return std::llround(quarters * 480); }

    Song m_song;
    std::vector<Track> m_tracks;
    double m_time = 0;
    double m_onset = 0;
};

}  // namespace ricercar
