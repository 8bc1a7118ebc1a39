#include "core/tokens/house_vocabulary.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/tokens/house_exercise.h"
#include "core/tokens/house_fill.h"
#include "core/tokens/house_prefix.h"

namespace ricercar {

namespace house {

const Kinds& kinds() {
    static const Kinds kinds = [] {
        Kinds made;
        int next = endToken + 1;
        const auto take = [&next](int count) {
            const TokenRun kind{next, count};
            next += count;
            return kind;
        };
        made.bar = take(static_cast<int>(gridMeters().size()));
        made.tempo = take(tempoBins);
        made.program = take(programs);
        made.drums = take(1);
        made.part = take(parts - 1);
        made.position = take(longestGridBar);
        made.velocity = take(velocityBins);
        made.pitch = take(pitches);
        made.drumPitch = take(pitches);
        made.duration = take(static_cast<int>(gridDurations().size()));
        made.firstCondition = next;
        made.style = take(mostStyles);
        made.key = take(keys);
        made.density = take(densityClasses);
        made.polyphony = take(polyphonyClasses);
        made.given = take(1);
        made.fill = take(1);
        made.after = take(longestGap);
        made.before = take(1);
        made.size = next;
        return made;
    }();
    return kinds;
}

}  // namespace house

namespace {

/// The song's notes on the grid, by instrument, as the vocabulary can hold them. `bars` are those of the song.
std::vector<GridTrack> gridTracks(const Song& song, const std::vector<GridBar>& bars) {
    const std::int64_t end = bars.empty() ? 0 : bars.back().end();
    // One group for each track and program of the song, in the song's order.
    std::map<std::pair<std::size_t, int>, GridTrack> groups;
    for (std::size_t index = 0; index < song.tracks.size(); ++index) {
        const Track& track = *song.tracks[index];
        int program = track.program().midi();
        auto change = track.programs.begin();
        for (const Note& note : track.notes) {
            for (; change != track.programs.end() && change->tick <= note.onset; ++change) {
                program = change->program.midi();
            }
            const std::int64_t onset = toGrid(note.onset.value, song.ticksPerQuarter);
            if (onset >= end) {
                continue;
            }
            const double length = static_cast<double>(note.duration.value) * gridPerQuarter / song.ticksPerQuarter;
            const int duration =
                track.isDrums() ? house::drumHit : gridDurations()[static_cast<std::size_t>(nearestDuration(length))];
            GridTrack& group = groups[{track.isDrums() ? 0 : index, track.isDrums() ? -1 : program}];
            group.part = {track.isDrums(), track.isDrums() ? 0 : program, 1};
            group.sources.insert(index);
            group.notes.push_back(
                {Tick{onset}, TickDelta{duration}, note.pitch, velocityOfBin(velocityBin(note.velocity))});
        }
    }

    const auto barOf = [&](const GridTrack& track) {
        const auto onset = std::min_element(track.notes.begin(), track.notes.end(), earlierNote)->onset.value;
        return std::upper_bound(bars.begin(), bars.end(), onset,
                                [](std::int64_t tick, const GridBar& bar) { return tick < bar.start; });
    };
    std::vector<GridTrack> ordered;
    ordered.reserve(groups.size());
    for (auto& [key, group] : groups) {
        ordered.push_back(std::move(group));
    }
    std::stable_sort(ordered.begin(), ordered.end(),
                     [&](const GridTrack& a, const GridTrack& b) { return barOf(a) < barOf(b); });

    std::map<GridPart, GridTrack> byPart;
    std::map<int, int> partsOfProgram;
    for (GridTrack& track : ordered) {
        if (!track.part.drums) {
            track.part.part = std::min(++partsOfProgram[track.part.program], house::parts);
        }
        GridTrack& merged = byPart[track.part];
        merged.part = track.part;
        merged.notes.insert(merged.notes.end(), track.notes.begin(), track.notes.end());
        merged.sources.insert(track.sources.begin(), track.sources.end());
    }
    std::vector<GridTrack> tracks;
    tracks.reserve(byPart.size());
    for (auto& [part, track] : byPart) {
        tracks.push_back(std::move(track));
    }
    std::stable_sort(tracks.begin(), tracks.end(),
                     [&](const GridTrack& a, const GridTrack& b) { return barOf(a) < barOf(b); });
    return tracks;
}

/// Leaves one note where a pitch is struck twice at one tick, the longest and loudest, and ends each note before its
/// pitch is struck again. Drums keep the length of their hits.
void separateEqualPitches(GridTrack& track) {
    std::sort(track.notes.begin(), track.notes.end(), earlierNote);
    const auto samePlace = [](const Note& a, const Note& b) { return a.onset == b.onset && a.pitch == b.pitch; };
    std::vector<Note> kept;
    for (const Note& note : track.notes) {
        if (!kept.empty() && samePlace(kept.back(), note)) {
            kept.back() = {note.onset, std::max(kept.back().duration, note.duration), note.pitch,
                           std::max(kept.back().velocity, note.velocity)};
        } else {
            kept.push_back(note);
        }
    }
    track.notes = std::move(kept);
    if (track.part.drums) {
        return;
    }
    std::array<Note*, house::pitches> sounding{};
    for (Note& note : track.notes) {
        Note*& earlier = sounding[static_cast<std::size_t>(note.pitch.midi())];
        if (earlier != nullptr && earlier->end() > note.onset) {
            const int index = durationWithin((note.onset - earlier->onset).value);
            earlier->duration = TickDelta{gridDurations()[static_cast<std::size_t>(index)]};
        }
        earlier = &note;
    }
}

struct Gridded {
    std::vector<GridBar> bars;
    std::vector<GridTrack> tracks;
};

Gridded toGridded(const Song& song) {
    Gridded gridded{gridBars(song), {}};
    gridded.tracks = gridTracks(song, gridded.bars);
    for (GridTrack& track : gridded.tracks) {
        separateEqualPitches(track);
    }
    return gridded;
}

/// The notes of `track` from `cursor` that begin in `bar`.
std::span<const Note> notesOfBar(const GridTrack& track, const GridBar& bar, std::size_t& cursor) {
    const std::size_t first = cursor;
    while (cursor < track.notes.size() && track.notes[cursor].onset.value < bar.end()) {
        ++cursor;
    }
    return std::span(track.notes).subspan(first, cursor - first);
}

void writeInstrument(const GridPart& part, const GridBar& bar, std::span<const Note> notes,
                     std::vector<Token>& tokens) {
    const house::Kinds& kinds = house::kinds();
    tokens.push_back(part.drums ? kinds.drums.at(0) : kinds.program.at(part.program));
    if (part.part > 1) {
        tokens.push_back(kinds.part.at(part.part - 2));
    }
    std::int64_t position = -1;
    int velocity = -1;
    for (const Note& note : notes) {
        if (note.onset.value - bar.start != position) {
            position = note.onset.value - bar.start;
            tokens.push_back(kinds.position.at(static_cast<int>(position)));
        }
        if (velocityBin(note.velocity) != velocity) {
            velocity = velocityBin(note.velocity);
            tokens.push_back(kinds.velocity.at(velocity));
        }
        tokens.push_back((part.drums ? kinds.drumPitch : kinds.pitch).at(note.pitch.midi()));
        if (!part.drums) {
            tokens.push_back(kinds.duration.at(durationWithin(note.duration.value)));
        }
    }
}

}  // namespace

int HouseVocabulary::size() const { return m_conditions ? house::kinds().size : house::kinds().firstCondition; }

std::string HouseVocabulary::text(Token token) const {
    const house::Kinds& kinds = house::kinds();
    const auto pitchOf = [&](const TokenRun& kind) { return Pitch::clamped(kind.indexOf(token)); };
    if (token == startToken) return "Start";
    if (token == endToken) return "End";
    if (kinds.bar.holds(token)) return "Bar " + gridMeters()[static_cast<std::size_t>(kinds.bar.indexOf(token))].text();
    if (kinds.tempo.holds(token)) return fmt::format("Tempo {:.0f}", tempoOfBin(kinds.tempo.indexOf(token)));
    if (kinds.program.holds(token)) {
        return fmt::format("Program {}", programName(Program::clamped(kinds.program.indexOf(token))));
    }
    if (kinds.drums.holds(token)) return "Drums";
    if (kinds.part.holds(token)) return fmt::format("Part {}", kinds.part.indexOf(token) + 2);
    if (kinds.position.holds(token)) return fmt::format("Position {}", kinds.position.indexOf(token));
    if (kinds.velocity.holds(token)) {
        return fmt::format("Velocity {}", velocityOfBin(kinds.velocity.indexOf(token)).midi());
    }
    if (kinds.pitch.holds(token)) return "Pitch " + pitchName(pitchOf(kinds.pitch));
    if (kinds.drumPitch.holds(token)) return fmt::format("DrumPitch {}", kinds.drumPitch.indexOf(token));
    if (kinds.duration.holds(token)) {
        return fmt::format("Duration {}", gridDurations()[static_cast<std::size_t>(kinds.duration.indexOf(token))]);
    }
    if (kinds.style.holds(token)) return fmt::format("Style {}", kinds.style.indexOf(token));
    if (kinds.key.holds(token)) return "Key " + house::keyOfIndex(kinds.key.indexOf(token)).text();
    if (kinds.density.holds(token)) return fmt::format("Density {}", kinds.density.indexOf(token));
    if (kinds.polyphony.holds(token)) return fmt::format("Polyphony {}", kinds.polyphony.indexOf(token));
    if (kinds.given.holds(token)) return "Given";
    if (kinds.fill.holds(token)) return "Fill";
    if (kinds.after.holds(token)) return fmt::format("After {}", kinds.after.indexOf(token) + 1);
    if (kinds.before.holds(token)) return "Before";
    return fmt::format("unknown {}", token);
}

std::vector<Token> HouseVocabulary::encode(const Song& song) const {
    const house::Kinds& kinds = house::kinds();
    const Gridded gridded = toGridded(song);
    std::vector<std::pair<const GridTrack*, std::size_t>> cursors;  // in the order of a bar
    for (const GridTrack& track : gridded.tracks) {
        cursors.emplace_back(&track, 0);
    }
    std::sort(cursors.begin(), cursors.end(),
              [](const auto& a, const auto& b) { return a.first->part < b.first->part; });
    std::vector<Token> tokens = {startToken};
    for (const GridBar& bar : gridded.bars) {
        tokens.push_back(kinds.bar.at(bar.meter));
        tokens.push_back(kinds.tempo.at(bar.tempo));
        for (auto& [track, cursor] : cursors) {
            if (const auto notes = notesOfBar(*track, bar, cursor); !notes.empty()) {
                writeInstrument(track->part, bar, notes, tokens);
            }
        }
    }
    tokens.push_back(endToken);
    return tokens;
}

std::vector<Token> HouseVocabulary::descriptionTokens(const Description& description) const {
    const house::Kinds& k = house::kinds();
    std::vector<Token> tokens;
    if (!m_conditions) {
        return tokens;
    }
    if (description.style) tokens.push_back(k.style.at(*description.style));
    if (description.key) tokens.push_back(k.key.at(house::indexOfKey(*description.key)));
    if (description.density) tokens.push_back(k.density.at(*description.density));
    if (description.polyphony) tokens.push_back(k.polyphony.at(*description.polyphony));
    return tokens;
}

Result<Script> HouseVocabulary::fill(const Song& song, const FillIn& wanted, std::size_t mostTokens) const {
    if (!m_conditions) {
        return Vocabulary::fill(song, wanted, mostTokens);
    }
    return houseScript(song, encode(song), toGridded(song).tracks, wanted, mostTokens);
}

Song HouseVocabulary::quantised(const Song& song) const {
    const Gridded gridded = toGridded(song);
    return gridSong(gridded.bars, gridded.tracks);
}

std::unique_ptr<Prefix> HouseVocabulary::emptyPrefix() const { return std::make_unique<HousePrefix>(size()); }

std::optional<Token> HouseVocabulary::transposed(Token token, int semitones) const {
    const TokenRun& key = house::kinds().key;
    if (key.holds(token)) {
        Key moved = house::keyOfIndex(key.indexOf(token));
        moved.tonic = (moved.tonic + semitones % 12 + 12) % 12;
        return key.at(house::indexOfKey(moved));
    }
    const TokenRun& pitch = house::kinds().pitch;
    if (!pitch.holds(token)) {
        return token;
    }
    const auto moved = Pitch::fromMidi(pitch.indexOf(token) + semitones);
    return moved ? std::optional(pitch.at(moved->midi())) : std::nullopt;
}

TokenKind HouseVocabulary::kind(Token token) const {
    const house::Kinds& kinds = house::kinds();
    if (kinds.pitch.holds(token)) return TokenKind::pitch;
    if (kinds.velocity.holds(token)) return TokenKind::velocity;
    const bool rhythm = kinds.position.holds(token) || kinds.duration.holds(token) || kinds.drumPitch.holds(token);
    return rhythm ? TokenKind::rhythm : TokenKind::structure;
}

bool HouseVocabulary::isNote(Token token) const {
    return house::kinds().pitch.holds(token) || house::kinds().drumPitch.holds(token);
}

bool HouseVocabulary::isCondition(Token token) const { return token >= house::kinds().firstCondition; }

std::vector<HeldTokens> HouseVocabulary::heldTokens() const {
    if (!m_conditions) {
        return {};
    }
    const house::Kinds& k = house::kinds();
    return {{k.style, k.bar},     {k.key, k.bar},    {k.density, k.bar},
            {k.polyphony, k.bar}, {k.given, k.fill}, {k.after, k.before}};
}

std::vector<Token> HouseVocabulary::exercise(std::span<const Token> piece, std::optional<int> style,
                                             Random& random) const {
    return m_conditions ? houseExercise(piece, style, random) : Vocabulary::exercise(piece, style, random);
}

std::optional<Meter> HouseVocabulary::meter(Token token) const {
    const TokenRun& bar = house::kinds().bar;
    return bar.holds(token) ? std::optional(gridMeters()[static_cast<std::size_t>(bar.indexOf(token))]) : std::nullopt;
}

}  // namespace ricercar
