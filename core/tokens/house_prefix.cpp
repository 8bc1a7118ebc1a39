#include "core/tokens/house_prefix.h"

#include <algorithm>
#include <utility>

#include "core/music/compass.h"

namespace ricercar {

using house::kinds;

namespace {

constexpr GridPart nobody{.drums = false, .program = 0, .part = 0};
constexpr GridPart endOfBar{.drums = true, .program = house::programs, .part = 0};

PitchSet pitchesFrom(int lowest, int highest) {
    PitchSet pitches;
    for (int pitch = std::max(0, lowest); pitch <= std::min(highest, house::pitches - 1); ++pitch) {
        pitches.set(static_cast<std::size_t>(pitch));
    }
    return pitches;
}

}  // namespace

void HousePrefix::allowed(std::span<std::uint8_t> mask) const {
    for (std::size_t token = 0; token < mask.size(); ++token) {
        mask[token] = allows(static_cast<Token>(token)) ? 1 : 0;
    }
}

bool HousePrefix::allows(Token token) const {
    if (token >= m_size) {
        return false;
    }
    switch (m_state) {
        case State::nothing:
            return token == startToken;
        case State::start:
            return allowsAfterBar(token);
        case State::fill:
            return allowsInstrument(token) || allowsAfterBar(token);
        case State::bar:
            return allowsTempo(token);
        case State::tempo:
        case State::description:
            return allowsAfterBar(token) || allowsInstrument(token) || allowsDescription(token) ||
                   kinds().given.holds(token);
        case State::given:
            return kinds().fill.holds(token) || allowsInstrument(token);
        case State::after:
        case State::before:
            return allowsBar(token);
        case State::program:
        case State::part:
        case State::drums:
            return allowsInstrument(token) || allowsPosition(token);
        case State::position:
        case State::velocity:
            return allowsNote(token);
        case State::pitch:
            return kinds().duration.holds(token);
        case State::note:
            return (m_inGiven ? kinds().fill.holds(token) : allowsAfterBar(token)) || allowsNote(token) ||
                   allowsPosition(token) || allowsInstrument(token);
        case State::ended:
            return false;
    }
    return false;
}

bool HousePrefix::allowsAfterBar(Token token) const {
    if (isDue(m_part, endOfBar)) {
        return false;
    }
    const bool inAfter = m_beforeGap != nullptr;
    return allowsBar(token) ||
           (inAfter ? kinds().before.holds(token) : token == endToken || kinds().after.holds(token));
}

bool HousePrefix::allowsDescription(Token token) const {
    const house::Kinds& k = kinds();
    const std::array all = {k.style, k.key, k.density, k.polyphony};
    return std::any_of(all.begin(), all.end(),
                       [&](const TokenRun& kind) { return kind.holds(token) && kind.first > m_lastDescription; });
}

bool HousePrefix::allowsBar(Token token) const {
    return m_meter ? token == kinds().bar.at(*m_meter) : kinds().bar.holds(token);
}

bool HousePrefix::allowsTempo(Token token) const {
    // A new bar begins with the tempo of the one before.
    return m_tempoKept ? token == kinds().tempo.at(m_bars.back().tempo) : kinds().tempo.holds(token);
}

bool HousePrefix::allowsInstrument(Token token) const {
    const house::Kinds& k = kinds();
    if (m_state == State::program) {
        const GridPart part{false, m_part.program, k.part.indexOf(token) + 2};
        return k.part.holds(token) && part > m_previous && mayPlay(part) && !isDue(m_previous, part);
    }
    if (m_state == State::part || m_state == State::drums) {
        return false;
    }
    if (k.drums.holds(token)) {
        const GridPart part{true, 0, 1};
        return !m_part.drums && mayPlay(part) && !isDue(m_part, part);
    }
    if (!k.program.holds(token) || m_part.drums) {
        return false;
    }
    // Some part of the program must still be to come in this bar and have a free pitch somewhere.
    const int program = k.program.indexOf(token);
    for (int part = 1; part <= house::parts; ++part) {
        const GridPart candidate{false, program, part};
        if (candidate > m_part && mayPlay(candidate) && !isDue(m_part, candidate)) {
            return true;
        }
    }
    return false;
}

bool HousePrefix::allowsPosition(Token token) const {
    if (!kinds().position.holds(token)) {
        return false;
    }
    const int position = kinds().position.indexOf(token);
    // After a program alone its first part begins to play, which may be over already or not be there.
    const GridPart firstPart{false, m_part.program, 1};
    const bool mayBegin = m_state != State::program || (firstPart > m_previous && mayPlay(firstPart));
    return mayBegin && position > m_position && position < gridBarLength(m_bars.back().meter) &&
           anyFree(0, m_bars.back().start + position);
}

bool HousePrefix::allowsNote(Token token) const {
    const house::Kinds& k = kinds();
    if (k.velocity.holds(token)) {
        return m_state != State::velocity && k.velocity.indexOf(token) != m_velocity && anyFree(m_pitch + 1, tick());
    }
    const TokenRun& pitches = m_part.drums ? k.drumPitch : k.pitch;
    return m_velocity >= 0 && pitches.holds(token) && pitches.indexOf(token) > m_pitch &&
           isFree(pitches.indexOf(token), tick());
}

bool HousePrefix::isFree(int pitch, std::int64_t tick) const {
    return mayStrike(m_part, pitch) &&
           (m_track < 0 || m_part.drums ||
            m_soundingUntil[static_cast<std::size_t>(m_track)][static_cast<std::size_t>(pitch)] <= tick);
}

bool HousePrefix::anyFree(int lowestPitch, std::int64_t tick) const {
    for (int pitch = lowestPitch; pitch < house::pitches; ++pitch) {
        if (isFree(pitch, tick)) {
            return true;
        }
    }
    return false;
}

bool HousePrefix::mayPlay(const GridPart& part) const {
    if (!m_inGiven && std::find(m_given.begin(), m_given.end(), part) != m_given.end()) {
        return false;
    }
    const bool free = m_inGiven || m_beforeGap != nullptr;
    if (m_players && !free && std::find(m_players->begin(), m_players->end(), part) == m_players->end()) {
        return false;
    }
    const int track = indexOf(part);
    if (track < 0) {
        return !m_instrumentsKept;
    }
    const auto& until = m_soundingUntil[static_cast<std::size_t>(track)];
    for (int pitch = 0; pitch < house::pitches; ++pitch) {
        if (mayStrike(part, pitch) && until[static_cast<std::size_t>(pitch)] < m_bars.back().end()) {
            return true;
        }
    }
    return false;
}

bool HousePrefix::isDue(const GridPart& earlier, const GridPart& later) const {
    const bool free = m_bars.empty() || m_inGiven || m_beforeGap != nullptr || (m_besideOthers && m_given.empty());
    return !free && std::any_of(m_steady.begin(), m_steady.end(), [&](const GridPart& part) {
        return part > earlier && part < later && !playsSince(m_rests, part) && mayPlay(part);
    });
}

bool HousePrefix::playsSince(std::size_t bars, const GridPart& part) const {
    const int track = indexOf(part);
    return bars > 0 && track >= 0 &&
           m_tracks[static_cast<std::size_t>(track)].notes.back().onset.value >=
               m_bars[m_bars.size() - 1 - std::min(bars, m_bars.size() - 1)].start;
}

void HousePrefix::keepSetting() {
    constexpr std::size_t looksBack = 4;  // bars
    m_tempoKept = !m_bars.empty();
    m_instrumentsKept = !m_tracks.empty();
    m_rests = 1;
    m_besideOthers = false;
    m_steady.clear();
    const auto lastBars = std::span(m_bars).last(std::min(looksBack, m_bars.size()));
    for (const GridTrack& track : m_tracks) {
        const bool steady = std::all_of(lastBars.begin(), lastBars.end(), [&](const GridBar& bar) {
            return std::any_of(track.notes.begin(), track.notes.end(), [&](const Note& note) {
                return note.onset.value >= bar.start && note.onset.value < bar.end();
            });
        });
        if (steady) {
            m_steady.push_back(track.part);
        }
    }
}

void HousePrefix::keepPitches(const PitchSet& pitches) {
    constexpr int firstDrum = 27;  // of General MIDI 2
    constexpr int lastDrum = 87;
    const PitchSet both = m_pitches & pitches;
    m_pitches = both.any() ? both : pitches;
    m_drumKeys = pitchesFrom(firstDrum, lastDrum);
    m_compasses.assign(house::programs, PitchSet().set());
    for (const GridTrack& track : beforeGap().m_tracks) {
        if (track.part.drums) {
            for (const Note& note : track.notes) {
                m_drumKeys.set(static_cast<std::size_t>(note.pitch.midi()));
            }
            continue;
        }
        PitchSet& compass = m_compasses[static_cast<std::size_t>(track.part.program)];
        if (compass.all()) {
            const Compass known = compassOf(Program::clamped(track.part.program));
            compass = pitchesFrom(known.lowest.midi(), known.highest.midi());
        }
        for (const Note& note : track.notes) {
            compass |= pitchesFrom(note.pitch.midi() - 12, note.pitch.midi() + 12);
        }
    }
}

int HousePrefix::indexOf(const GridPart& part) const {
    const auto found =
        std::find_if(m_tracks.begin(), m_tracks.end(), [&](const GridTrack& track) { return track.part == part; });
    return found == m_tracks.end() ? -1 : static_cast<int>(found - m_tracks.begin());
}

void HousePrefix::beginInstrument(const GridPart& part) {
    m_part = part;
    m_track = indexOf(part);
    m_position = m_velocity = m_pitch = -1;
}

void HousePrefix::addNote(int duration) {
    if (m_track < 0) {
        m_track = static_cast<int>(m_tracks.size());
        m_tracks.push_back({m_part, {}});
        m_soundingUntil.emplace_back().fill(0);
    }
    const auto track = static_cast<std::size_t>(m_track);
    const Note note{Tick{tick()}, TickDelta{duration}, Pitch::clamped(m_pitch), velocityOfBin(m_velocity)};
    m_tracks[track].notes.push_back(note);
    m_soundingUntil[track][static_cast<std::size_t>(m_pitch)] = note.end().value;
    m_drawn.push_back({m_track, Program::clamped(m_part.program), m_part.drums, note});
    if (m_inGiven && (m_given.empty() || m_given.back() != m_part)) {
        m_given.push_back(m_part);
    }
    m_state = State::note;
}

void HousePrefix::pushCondition(Token token) {
    const house::Kinds& k = kinds();
    if (k.given.holds(token) || k.fill.holds(token)) {
        m_inGiven = k.given.holds(token);
        m_previous = nobody;
        beginInstrument(nobody);
        m_state = m_inGiven ? State::given : State::fill;
    } else if (k.after.holds(token)) {
        m_beforeGap = std::make_shared<const HousePrefix>(*this);
        for (auto& until : m_soundingUntil) {
            until.fill(0);
        }
        m_state = State::after;
    } else if (k.before.holds(token)) {
        *this = HousePrefix(*m_beforeGap);
        m_state = State::before;
    } else {
        m_lastDescription = token;
        m_state = State::description;
    }
}

bool HousePrefix::push(Token token) {
    if (!allows(token)) {
        return false;
    }
    const house::Kinds& k = kinds();
    if (token == startToken) {
        m_state = State::start;
    } else if (token == endToken) {
        m_state = State::ended;
    } else if (k.bar.holds(token)) {
        const GridBar previous = m_bars.empty() ? GridBar{} : m_bars.back();
        m_bars.push_back({m_bars.empty() ? 0 : previous.end(), k.bar.indexOf(token), previous.tempo});
        beginInstrument(nobody);
        m_lastDescription = 0;
        m_given.clear();
        m_state = State::bar;
    } else if (k.tempo.holds(token)) {
        m_bars.back().tempo = k.tempo.indexOf(token);
        m_state = State::tempo;
    } else if (token >= k.firstCondition) {
        pushCondition(token);
    } else if (k.program.holds(token)) {
        m_previous = m_part;
        beginInstrument({false, k.program.indexOf(token), 1});
        m_state = State::program;
    } else if (k.drums.holds(token)) {
        m_previous = m_part;
        beginInstrument({true, 0, 1});
        m_state = State::drums;
    } else if (k.part.holds(token)) {
        beginInstrument({false, m_part.program, k.part.indexOf(token) + 2});
        m_state = State::part;
    } else if (k.position.holds(token)) {
        m_position = k.position.indexOf(token);
        m_pitch = -1;
        m_state = State::position;
    } else if (k.velocity.holds(token)) {
        m_velocity = k.velocity.indexOf(token);
        m_state = State::velocity;
    } else if (k.pitch.holds(token)) {
        m_pitch = k.pitch.indexOf(token);
        m_state = State::pitch;
    } else if (k.drumPitch.holds(token)) {
        m_pitch = k.drumPitch.indexOf(token);
        addNote(house::drumHit);
    } else {
        addNote(gridDurations()[static_cast<std::size_t>(k.duration.indexOf(token))]);
    }
    return true;
}

Tick HousePrefix::lastLine() const {
    const auto& bars = beforeGap().m_bars;
    return Tick{bars.empty() ? 0 : bars.back().end()};
}

std::vector<DrawnNote> HousePrefix::takeNotes() {
    return m_beforeGap ? std::vector<DrawnNote>() : std::exchange(m_drawn, {});
}

}  // namespace ricercar
