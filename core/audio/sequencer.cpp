#include "core/audio/sequencer.h"

#include <algorithm>
#include <utility>

namespace ricercar {

namespace {

using Kind = PlannedEvent::Kind;

constexpr std::size_t mostNotes = 4096;  // sounding at once; far beyond what a synthesizer has voices for
constexpr int fadingFrames = 1024;       // rendered at a time
constexpr double shortestLoopSeconds = 0.01;
constexpr double tolerance = 1e-5;  // of a frame, for rounding
constexpr double never = 1e18;      // seconds

}  // namespace

Sequencer::Sequencer(double sampleRate)
    : m_transport(sampleRate),
      m_master(sampleRate, 1),
      m_plan(std::make_unique<Plan>()),
      m_scratch(2 * std::size_t{fadingFrames}) {
    m_sounding.reserve(mostNotes);
    m_held.reserve(mostNotes);
}

void Sequencer::setSampleRate(double sampleRate) {
    m_transport.setSampleRate(sampleRate);
    m_master = Master(sampleRate, m_master.gain());
    m_synth.reset();
    m_fading.reset();
    m_sounding.clear();
}

Score Sequencer::exchange(Score next) {
    if (next.plan) {
        usePlan(next.plan);
    }
    if (next.synth) {
        useSynth(next.synth);
    }
    return next;
}

/// Leaves the old plan in `plan`.
void Sequencer::usePlan(std::unique_ptr<const Plan>& plan) {
    const double quarters = position();
    const bool sameTicks = plan->ticksPerQuarter == m_plan->ticksPerQuarter;
    std::swap(m_plan, plan);
    for (const Lane& lane : plan->lanes) {
        if (!m_plan->sets(lane)) {
            setLane(lane, nullptr);
        }
    }
    // Events happen at the first frame after their time: those of the last frame's length are still to come.
    constexpr double almostOne = 1 - 2 * tolerance;
    const double seconds = m_plan->secondsAt(quarters);
    moveTo(seconds, m_running ? seconds - almostOne * m_transport.secondsPerFrame() : seconds);
    std::erase_if(m_sounding, [&](const SoundingNote& note) {
        const PlannedEvent* same = sameTicks ? m_plan->noteAt(note.onset, note.channel, note.pitch) : nullptr;
        const bool goesOn = same != nullptr && same->until > seconds;
        if (!goesOn) {
            endNote(note.channel, note.pitch);
        }
        return !goesOn;
    });
}

/// Leaves a synthesizer that is no longer needed in `synth`, or null.
void Sequencer::useSynth(std::unique_ptr<Synth>& synth) {
    releasePedals();
    std::swap(m_synth, synth);
    std::swap(m_fading, synth);
    restoreLanes();
    for (const HeldNote& note : m_held) {
        if (!m_fading || !m_fading->has(note.patch)) {
            strike(note);
        }
    }
}

std::unique_ptr<Synth> Sequencer::takeSilent() {
    return m_fading && m_fading->soundingVoices() == 0 ? std::move(m_fading) : nullptr;
}

void Sequencer::start() {
    if (m_transport.framesUntil(m_plan->endSeconds, 1) == 0 && !m_looping) {
        moveTo(0, 0);
    } else {
        restoreLanes();
    }
    m_running = true;
}

void Sequencer::stop() {
    m_running = false;
    endNotes();
    releasePedals();
}

void Sequencer::locate(double quarters) {
    endNotes();
    const double seconds = m_plan->secondsAt(quarters);
    moveTo(seconds, seconds);
}

void Sequencer::setLoop(std::optional<Loop> loop) {
    m_loop = loop;
    m_loopBegin = loop ? m_plan->secondsAt(loop->begin) : 0;
    m_loopEnd = loop ? m_plan->secondsAt(loop->end) : 0;
    m_looping = m_loopEnd - m_loopBegin >= shortestLoopSeconds && m_transport.seconds() < m_loopEnd;
}

void Sequencer::noteOn(Patch patch, Pitch pitch, Velocity velocity) {
    noteOff(patch, pitch);
    if (m_held.size() < mostNotes) {
        m_held.push_back({patch, pitch, velocity});
        strike(m_held.back());
    }
}

void Sequencer::noteOff(Patch patch, Pitch pitch) {
    const auto isIt = [&](const HeldNote& note) { return note.patch == patch && note.pitch == pitch; };
    if (std::erase_if(m_held, isIt) > 0) {
        endNote(auditionChannel, pitch.midi());
    }
}

void Sequencer::silence() {
    m_sounding.clear();
    m_held.clear();
    for (Synth* synth : {m_synth.get(), m_fading.get()}) {
        if (synth != nullptr) {
            synth->silence();
        }
    }
}

/// Goes on at `seconds` with the events from `firstEvent` on, which may lie a little before.
void Sequencer::moveTo(double seconds, double firstEvent) {
    m_transport.moveTo(seconds);
    const double from = firstEvent - tolerance * m_transport.secondsPerFrame();
    const auto next = std::lower_bound(m_plan->events.begin(), m_plan->events.end(), from,
                                       [](const PlannedEvent& event, double value) { return event.seconds < value; });
    m_next = static_cast<std::size_t>(next - m_plan->events.begin());
    restoreLanes();
    setLoop(m_loop);
}

void Sequencer::restoreLanes() {
    for (const Lane& lane : m_plan->lanes) {
        setLane(lane, lane.at(m_transport.seconds()));
    }
    if (m_synth) {
        m_synth->select(clickChannel, clickPatch);
    }
}

/// Null `change`: as before the first.
void Sequencer::setLane(const Lane& lane, const PlannedEvent* change) {
    constexpr int usualBendRange = 2;
    if (change != nullptr) {
        play(*change);
    } else if (m_synth) {
        switch (lane.kind) {
            case Kind::control:
                m_synth->resetControl(lane.channel, lane.number);
                break;
            case Kind::bend:
                m_synth->bend(lane.channel, 0);
                break;
            case Kind::bendRange:
                m_synth->bendRange(lane.channel, usualBendRange);
                break;
            default:
                break;
        }
    }
}

void Sequencer::play(const PlannedEvent& event) {
    if (!m_synth) {
        return;
    }
    switch (event.kind) {
        case Kind::noteOn:
            if (m_sounding.size() < mostNotes) {
                m_sounding.push_back({event.tick, event.channel, event.number});
                m_synth->noteOn(event.channel, event.number, event.value);
            }
            break;
        case Kind::noteOff: {
            const auto isIt = [&](const SoundingNote& note) {
                return note.channel == event.channel && note.pitch == event.number;
            };
            if (std::erase_if(m_sounding, isIt) > 0) {
                endNote(event.channel, event.number);
            }
            break;
        }
        case Kind::click:
            if (m_metronome) {
                m_synth->noteOn(event.channel, event.number, event.value);
            }
            break;
        case Kind::patch:
            m_synth->select(event.channel, event.patch);
            break;
        case Kind::bendRange:
            m_synth->bendRange(event.channel, event.value);
            break;
        case Kind::control:
            m_synth->control(event.channel, event.number, event.value);
            break;
        case Kind::bend:
            m_synth->bend(event.channel, event.value);
            break;
    }
}

/// The note may have begun on the synthesizer before.
void Sequencer::endNote(int channel, int pitch) {
    for (Synth* synth : {m_synth.get(), m_fading.get()}) {
        if (synth != nullptr) {
            synth->noteOff(channel, pitch);
        }
    }
}

void Sequencer::endNotes() {
    for (const SoundingNote& note : m_sounding) {
        endNote(note.channel, note.pitch);
    }
    m_sounding.clear();
}

void Sequencer::releasePedals() {
    constexpr std::uint8_t firstPedal = 64;
    constexpr std::uint8_t lastPedal = 69;
    for (const Lane& lane : m_plan->lanes) {
        if (lane.kind == Kind::control && lane.number >= firstPedal && lane.number <= lastPedal) {
            setLane(lane, nullptr);
        }
    }
}

void Sequencer::strike(const HeldNote& note) {
    if (m_synth && m_synth->has(note.patch)) {
        m_synth->select(auditionChannel, note.patch);
        m_synth->noteOn(auditionChannel, note.pitch.midi(), note.velocity.midi());
    }
}

void Sequencer::playDueEvents() {
    const auto due = [&](double seconds) { return m_transport.framesUntil(seconds, 1) == 0; };
    while (m_running) {
        if (m_looping && due(m_loopEnd)) {
            endNotes();
            moveTo(m_loopBegin + std::max(0.0, m_transport.seconds() - m_loopEnd), m_loopBegin);
        } else if (m_next < m_plan->events.size() && due(m_plan->events[m_next].seconds)) {
            play(m_plan->events[m_next++]);
        } else if (!m_looping && due(m_plan->endSeconds)) {
            stop();
        } else {
            break;
        }
    }
}

int Sequencer::framesToNextStop(int limit) const {
    if (!m_running) {
        return limit;
    }
    const double event = m_next < m_plan->events.size() ? m_plan->events[m_next].seconds : never;
    const double boundary = m_looping ? m_loopEnd : m_plan->endSeconds;
    return m_transport.framesUntil(std::min(event, boundary), limit);
}

void Sequencer::render(float* left, float* right, int frames) {
    for (int done = 0; done < frames;) {
        playDueEvents();
        const int count = framesToNextStop(frames - done);
        write(left + done, right + done, count);
        if (m_running) {
            m_transport.advance(count);
        }
        done += count;
    }
    m_master.process(left, right, frames);
}

void Sequencer::write(float* left, float* right, int frames) {
    if (m_synth) {
        m_synth->write(left, right, frames);
    } else {
        std::fill_n(left, frames, 0.0F);
        std::fill_n(right, frames, 0.0F);
    }
    if (!m_fading) {
        return;
    }
    float* fadingLeft = m_scratch.data();
    float* fadingRight = fadingLeft + fadingFrames;
    for (int done = 0; done < frames;) {
        const int count = std::min(frames - done, fadingFrames);
        m_fading->write(fadingLeft, fadingRight, count);
        for (int frame = 0; frame < count; ++frame) {
            left[done + frame] += fadingLeft[frame];
            right[done + frame] += fadingRight[frame];
        }
        done += count;
    }
}

}  // namespace ricercar
