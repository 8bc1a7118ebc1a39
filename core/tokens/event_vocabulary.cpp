#include "core/tokens/event_vocabulary.h"

#include <algorithm>
#include <utility>

namespace ricercar {

namespace {

constexpr int pitches = 128;

/// A piece as this vocabulary holds it; times in grid ticks.
struct EventPiece {
    int meter = 0;
    int tempo = 0;
    std::int64_t end = 0;  ///< a bar line
    std::vector<Note> notes;
};

std::int64_t nextBarLine(std::int64_t tick, int meter) {
    const int length = gridBarLength(meter);
    return (tick + length - 1) / length * length;
}

EventPiece toPiece(const Song& song) {
    EventPiece piece;
    const std::vector<GridBar> bars = gridBars(song);
    if (bars.empty()) {
        return piece;
    }
    piece.meter = bars.front().meter;
    piece.tempo = bars.front().tempo;
    piece.end = nextBarLine(bars.back().end(), piece.meter);
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) {
            const std::int64_t onset = toGrid(note.onset.value, song.ticksPerQuarter);
            if (track->isDrums() || onset >= piece.end) {
                continue;
            }
            const std::int64_t end = std::clamp(toGrid(note.end().value, song.ticksPerQuarter), onset + 1, piece.end);
            piece.notes.push_back({Tick{onset}, TickDelta{end - onset}, note.pitch, EventVocabulary::velocity});
        }
    }
    std::sort(piece.notes.begin(), piece.notes.end(), earlierNote);
    std::array<std::optional<std::size_t>, pitches> sounding;
    std::vector<Note> kept;
    for (const Note& note : piece.notes) {
        auto& earlier = sounding[static_cast<std::size_t>(note.pitch.midi())];
        if (earlier && kept[*earlier].onset == note.onset) {
            kept[*earlier].duration = std::max(kept[*earlier].duration, note.duration);
            continue;
        }
        if (earlier) {
            kept[*earlier].duration = std::min(kept[*earlier].duration, note.onset - kept[*earlier].onset);
        }
        earlier = kept.size();
        kept.push_back(note);
    }
    piece.notes = std::move(kept);
    return piece;
}

Song toSong(const EventPiece& piece) {
    std::vector<GridBar> bars;
    for (std::int64_t start = 0; start < piece.end; start = bars.back().end()) {
        bars.push_back({start, piece.meter, piece.tempo});
    }
    std::vector<GridTrack> tracks;
    if (!piece.notes.empty()) {
        tracks.push_back({{}, piece.notes});
    }
    return gridSong(bars, tracks);
}

class EventPrefix : public Prefix {
public:
    void allowed(std::span<std::uint8_t> mask) const override {
        for (std::size_t token = 0; token < mask.size(); ++token) {
            mask[token] = allows(static_cast<Token>(token)) ? 1 : 0;
        }
    }

    bool allows(Token token) const override {
        using V = EventVocabulary;
        switch (m_state) {
            case State::nothing:
                return token == startToken;
            case State::start:
                return V::isMeter(token);
            case State::meter:
                return V::isTempo(token);
            case State::events:
                break;
            case State::ended:
                return false;
        }
        if (V::isOff(token)) {
            const auto& onset = m_onsets[static_cast<std::size_t>(V::offPitch(token))];
            return m_lastOn < 0 && V::offPitch(token) > m_lastOff && onset && *onset < m_now;
        }
        if (V::isOn(token)) {
            const auto pitch = static_cast<std::size_t>(V::onPitch(token));
            return V::onPitch(token) > m_lastOn && !m_onsets[pitch] && m_pitches[pitch];
        }
        return V::isWait(token) || (token == endToken && m_lastOn < 0);
    }

    bool push(Token token) override {
        using V = EventVocabulary;
        if (!allows(token)) {
            return false;
        }
        if (token == startToken) {
            m_state = State::start;
        } else if (V::isMeter(token)) {
            m_piece.meter = V::meterOf(token);
            m_state = State::meter;
        } else if (V::isTempo(token)) {
            m_piece.tempo = V::tempoOf(token);
            m_state = State::events;
        } else if (V::isOff(token)) {
            m_lastOff = V::offPitch(token);
            end(m_lastOff, m_now);
        } else if (V::isOn(token)) {
            m_lastOn = V::onPitch(token);
            m_onsets[static_cast<std::size_t>(m_lastOn)] = m_now;
        } else if (V::isWait(token)) {
            m_now += V::waitOf(token);
            m_lastOff = m_lastOn = -1;
        } else {
            for (int pitch = 0; pitch < pitches; ++pitch) {
                end(pitch, m_now);
            }
            m_state = State::ended;
        }
        return true;
    }

    int barsBegun() const override {
        if (m_state != State::events && m_state != State::ended) {
            return 0;
        }
        const auto whole = static_cast<int>(m_now / gridBarLength(m_piece.meter));
        return ended() ? static_cast<int>(nextBarLine(m_now, m_piece.meter) / gridBarLength(m_piece.meter)) : whole + 1;
    }
    int barsBegunBy(Token token) const override {
        const int length = gridBarLength(m_piece.meter);
        return EventVocabulary::isWait(token)
                   ? static_cast<int>((m_now + EventVocabulary::waitOf(token)) / length - m_now / length)
                   : 0;
    }
    bool ended() const override { return m_state == State::ended; }
    Tick lastLine() const override { return Tick{std::int64_t{barsBegun()} * gridBarLength(m_piece.meter)}; }
    void keepSetting() override {}  // a piece has but one
    void keepMeter(Meter) override {}
    void keepPitches(const PitchSet& kept) override { m_pitches = kept; }
    std::vector<DrawnNote> takeNotes() override { return std::exchange(m_drawn, {}); }

    std::vector<DrawnNote> soundingNotes() const override {
        std::vector<DrawnNote> notes;
        for (int pitch = 0; pitch < pitches; ++pitch) {
            const auto& onset = m_onsets[static_cast<std::size_t>(pitch)];
            if (onset && Tick{*onset} < lastLine()) {
                const Tick begin{*onset};
                notes.push_back({0,
                                 Program{},
                                 false,
                                 {begin, lastLine() - begin, Pitch::clamped(pitch), EventVocabulary::velocity}});
            }
        }
        return notes;
    }

    Song song() const override {
        EventPiece piece = m_piece;
        piece.end = lastLine().value;
        for (const DrawnNote& sounding : soundingNotes()) {
            piece.notes.push_back(sounding.note);
        }
        return toSong(piece);
    }
    std::unique_ptr<Prefix> clone() const override { return std::make_unique<EventPrefix>(*this); }

private:
    enum class State { nothing, start, meter, events, ended };

    void end(int pitch, std::int64_t tick) {
        auto& onset = m_onsets[static_cast<std::size_t>(pitch)];
        if (!onset || *onset >= tick) {
            return;
        }
        m_piece.notes.push_back(
            {Tick{*onset}, TickDelta{tick - *onset}, Pitch::clamped(pitch), EventVocabulary::velocity});
        m_drawn.push_back({0, Program{}, false, m_piece.notes.back()});
        onset.reset();
    }

    State m_state = State::nothing;
    EventPiece m_piece;
    std::int64_t m_now = 0;
    std::array<std::optional<std::int64_t>, pitches> m_onsets{};  ///< of what sounds
    std::vector<DrawnNote> m_drawn;
    PitchSet m_pitches = PitchSet().set();  ///< that may be struck
    int m_lastOff = -1;                     ///< at this moment
    int m_lastOn = -1;
};

}  // namespace

std::string EventVocabulary::text(Token token) const {
    if (token == startToken) return "Start";
    if (token == endToken) return "End";
    if (isMeter(token)) return "Meter " + gridMeters()[static_cast<std::size_t>(meterOf(token))].text();
    if (isTempo(token)) return fmt::format("Tempo {:.0f}", tempoOfBin(tempoOf(token)));
    if (isOff(token)) return "Off " + pitchName(Pitch::clamped(offPitch(token)));
    if (isOn(token)) return "On " + pitchName(Pitch::clamped(onPitch(token)));
    if (isWait(token)) return fmt::format("Wait {}", waitOf(token));
    return fmt::format("unknown {}", token);
}

std::vector<Token> EventVocabulary::encode(const Song& song) const {
    struct Event {
        std::int64_t tick;
        bool on;
        int pitch;
        auto operator<=>(const Event&) const = default;
    };
    const EventPiece piece = toPiece(song);
    std::vector<Event> events;
    for (const Note& note : piece.notes) {
        events.push_back({note.onset.value, true, note.pitch.midi()});
        events.push_back({note.end().value, false, note.pitch.midi()});
    }
    std::sort(events.begin(), events.end());
    std::vector<Token> tokens = {startToken, meterAt(piece.meter), tempoAt(piece.tempo)};
    std::int64_t now = 0;
    const auto waitUntil = [&](std::int64_t tick) {
        for (; now < tick; now += waitOf(tokens.back())) {
            tokens.push_back(waitAt(static_cast<int>(std::min<std::int64_t>(longestWait, tick - now))));
        }
    };
    for (const Event& event : events) {
        waitUntil(event.tick);
        tokens.push_back(event.on ? onAt(event.pitch) : offAt(event.pitch));
    }
    waitUntil(piece.end);
    tokens.push_back(endToken);
    return tokens;
}

Song EventVocabulary::quantised(const Song& song) const { return toSong(toPiece(song)); }

std::unique_ptr<Prefix> EventVocabulary::emptyPrefix() const { return std::make_unique<EventPrefix>(); }

TokenKind EventVocabulary::kind(Token token) const {
    if (isOn(token)) return TokenKind::pitch;
    return isOff(token) || isWait(token) ? TokenKind::rhythm : TokenKind::structure;
}

std::optional<Meter> EventVocabulary::meter(Token token) const {
    return isMeter(token) ? std::optional(gridMeters()[static_cast<std::size_t>(meterOf(token))]) : std::nullopt;
}

std::optional<Token> EventVocabulary::transposed(Token token, int semitones) const {
    if (!isOff(token) && !isOn(token)) {
        return token;
    }
    const auto moved = Pitch::fromMidi((isOff(token) ? offPitch(token) : onPitch(token)) + semitones);
    if (!moved) {
        return std::nullopt;
    }
    return isOff(token) ? offAt(moved->midi()) : onAt(moved->midi());
}

}  // namespace ricercar
