#include "core/audio/plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace ricercar {

namespace {

using Kind = PlannedEvent::Kind;

constexpr std::size_t mostClicks = 100'000;  // a broken file may claim years of beats

enum Controller : std::uint8_t {
    bankSelect = 0,
    dataEntry = 6,
    bankSelectFine = 32,
    dataEntryFine = 38,
    dataIncrement = 96,
    dataDecrement = 97,
    makersNumberFine = 98,
    makersNumber = 99,
    parameterNumberFine = 100,
    parameterNumber = 101,
    firstChannelMode = 120,
};

auto orderOf(const PlannedEvent& event) { return std::tuple(event.tick, event.kind, event.channel, event.number); }

/// Of a lane, or of an event that belongs to one.
auto settingOf(const auto& item) { return std::tuple(item.kind, item.channel, item.number); }

/// Collects the events of one track.
class TrackPlanner {
public:
    TrackPlanner(const Track& track, std::uint8_t channel, const TempoMap& tempo, std::vector<PlannedEvent>& events)
        : m_track(track), m_channel(channel), m_tempo(tempo), m_events(events) {}

    void plan() {
        planPatches();
        planControls();
        for (const PitchBend& bend : m_track.bends) {
            add(bend.tick, Kind::bend).value = bend.value;
        }
        planNotes();
    }

private:
    PlannedEvent& add(Tick tick, Kind kind) {
        PlannedEvent& event = m_events.emplace_back();
        event.tick = tick;
        event.seconds = m_tempo.secondsAt(tick);
        event.kind = kind;
        event.channel = m_channel;
        return event;
    }

    void planPatches() {
        // The first instrument holds from the start, also when the file names it late.
        const auto& programs = m_track.programs;
        if (programs.empty() || programs.front().tick > Tick{}) {
            const Program first = programs.empty() ? Program{} : programs.front().program;
            add(Tick{}, Kind::patch).patch = {first, m_track.isDrums()};
        }
        auto control = m_track.controls.begin();
        std::uint8_t bank = 0;
        for (const ProgramChange& change : programs) {
            for (; control != m_track.controls.end() && control->tick <= change.tick; ++control) {
                if (control->controller == bankSelect && !m_track.isDrums()) {
                    bank = control->value;
                }
            }
            add(change.tick, Kind::patch).patch = {change.program, m_track.isDrums(), bank};
        }
    }

    void planControls() {
        constexpr int none = 127;
        int coarse = none;
        int fine = none;
        for (const ControlChange& change : m_track.controls) {
            switch (change.controller) {
                case parameterNumber:
                    coarse = change.value;
                    break;
                case parameterNumberFine:
                    fine = change.value;
                    break;
                case dataEntry:
                    if (coarse == 0 && fine == 0) {
                        add(change.tick, Kind::bendRange).value = change.value;
                    }
                    break;
                case bankSelect:
                case bankSelectFine:
                case dataEntryFine:
                case dataIncrement:
                case dataDecrement:
                    break;
                case makersNumber:
                case makersNumberFine:
                    coarse = fine = none;
                    break;
                default:
                    if (change.controller < firstChannelMode) {
                        PlannedEvent& event = add(change.tick, Kind::control);
                        event.number = change.controller;
                        event.value = change.value;
                    }
            }
        }
    }

    /// The key that is struck: electronic drums have keys of their own for the edge of the hi-hat, closed and open,
    /// which no sound of General MIDI has.
    int keyOf(Pitch pitch) const {
        constexpr int closedEdge = 22;
        constexpr int closedHiHat = 42;
        constexpr int openEdge = 26;
        constexpr int openHiHat = 46;
        const int key = pitch.midi();
        if (!m_track.isDrums()) {
            return key;
        }
        return key == closedEdge ? closedHiHat : key == openEdge ? openHiHat : key;
    }

    void planNotes() {
        std::array<Tick, Pitch::max + 1> nextOnset;
        nextOnset.fill(Tick{INT64_MAX});
        for (auto note = m_track.notes.rbegin(); note != m_track.notes.rend(); ++note) {
            const auto key = static_cast<std::uint8_t>(keyOf(note->pitch));
            Tick& next = nextOnset[key];
            if (note->onset == next) {
                continue;  // the same key struck twice at once is struck once
            }
            const Tick end = std::min(std::max(note->end(), note->onset + TickDelta{1}), next);
            next = note->onset;
            PlannedEvent& on = add(note->onset, Kind::noteOn);
            on.number = key;
            on.value = static_cast<std::int16_t>(note->velocity.midi());
            on.until = m_tempo.secondsAt(end);
            add(end, Kind::noteOff).number = key;
        }
    }

    const Track& m_track;
    std::uint8_t m_channel;
    const TempoMap& m_tempo;
    std::vector<PlannedEvent>& m_events;
};

void planClicks(const Song& song, const TempoMap& tempo, std::vector<PlannedEvent>& events) {
    constexpr std::uint8_t highWoodBlock = 76;
    constexpr std::uint8_t lowWoodBlock = 77;
    const MeterMap meters = meterMap(song);
    std::size_t count = 0;
    for (int bar = 0; meters.barStart(bar) < song.end; ++bar) {
        const TickRange range = meters.bars(bar, bar);
        const TickDelta beat = beatLength(meters.meterOfBar(bar), song.ticksPerQuarter);
        for (Tick tick = range.begin; tick < std::min(range.end, song.end); tick = tick + beat) {
            if (++count > mostClicks) {
                return;
            }
            const bool first = tick == range.begin;
            PlannedEvent& event = events.emplace_back();
            event.tick = tick;
            event.seconds = tempo.secondsAt(tick);
            event.kind = Kind::click;
            event.channel = clickChannel;
            event.number = first ? highWoodBlock : lowWoodBlock;
            event.value = first ? 120 : 90;
        }
    }
}

std::vector<Lane> lanesOf(const std::vector<PlannedEvent>& events) {
    std::vector<PlannedEvent> changes;
    for (const PlannedEvent& event : events) {
        if (event.kind >= Kind::patch && event.kind <= Kind::bend) {
            changes.push_back(event);
        }
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const PlannedEvent& a, const PlannedEvent& b) { return settingOf(a) < settingOf(b); });
    std::vector<Lane> lanes;
    for (const PlannedEvent& change : changes) {
        if (lanes.empty() || settingOf(lanes.back()) != settingOf(change)) {
            lanes.push_back({change.kind, change.channel, change.number, {}});
        }
        lanes.back().changes.push_back(change);
    }
    return lanes;
}

}  // namespace

const PlannedEvent* Lane::at(double seconds) const {
    const auto after = std::upper_bound(changes.begin(), changes.end(), seconds,
                                        [](double value, const PlannedEvent& event) { return value < event.seconds; });
    return after == changes.begin() ? nullptr : &*(after - 1);
}

double Plan::secondsAt(double quarters) const {
    const double ticks = std::max(0.0, quarters * ticksPerQuarter);
    const Tick whole{static_cast<std::int64_t>(std::floor(ticks))};
    const double seconds = tempo.secondsAt(whole);
    return seconds + (ticks - std::floor(ticks)) * (tempo.secondsAt(whole + TickDelta{1}) - seconds);
}

bool Plan::sets(const Lane& lane) const {
    return std::binary_search(lanes.begin(), lanes.end(), lane,
                              [](const Lane& a, const Lane& b) { return settingOf(a) < settingOf(b); });
}

const PlannedEvent* Plan::noteAt(Tick tick, std::uint8_t channel, std::uint8_t pitch) const {
    PlannedEvent wanted;
    wanted.tick = tick;
    wanted.kind = Kind::noteOn;
    wanted.channel = channel;
    wanted.number = pitch;
    const auto found =
        std::lower_bound(events.begin(), events.end(), wanted,
                         [](const PlannedEvent& a, const PlannedEvent& b) { return orderOf(a) < orderOf(b); });
    return found != events.end() && orderOf(*found) == orderOf(wanted) ? &*found : nullptr;
}

Plan makePlan(const Song& song) {
    Plan plan;
    plan.ticksPerQuarter = song.ticksPerQuarter;
    plan.tempo = tempoMap(song);
    for (std::size_t index = 0; index < song.tracks.size(); ++index) {
        TrackPlanner(*song.tracks[index], static_cast<std::uint8_t>(index % songChannels), plan.tempo, plan.events)
            .plan();
    }
    planClicks(song, plan.tempo, plan.events);
    std::stable_sort(plan.events.begin(), plan.events.end(),
                     [](const PlannedEvent& a, const PlannedEvent& b) { return orderOf(a) < orderOf(b); });
    plan.lanes = lanesOf(plan.events);
    for (const Lane& lane : plan.lanes) {
        for (const PlannedEvent& change : lane.changes) {
            if (lane.kind == Kind::patch) {
                plan.patches.push_back(change.patch);
            }
        }
    }
    std::sort(plan.patches.begin(), plan.patches.end());
    plan.patches.erase(std::unique(plan.patches.begin(), plan.patches.end()), plan.patches.end());
    plan.endSeconds = plan.tempo.secondsAt(song.end);
    plan.lastNoteEndSeconds = plan.tempo.secondsAt(lastNoteEnd(song));
    return plan;
}

}  // namespace ricercar
