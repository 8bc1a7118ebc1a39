#include "core/tokens/house_fill.h"

#include <algorithm>
#include <set>

#include "core/music/compass.h"
#include "core/tokens/house_bars.h"
#include "core/tokens/house_exercise.h"
#include "core/tokens/house_prefix.h"

namespace ricercar {

namespace {

using house::kinds;

std::size_t tokenCount(const HouseBar& bar) {
    std::vector<Token> tokens;
    appendBar(tokens, bar);
    return tokens.size();
}

Result<void> check(const Song& song, std::size_t bars, const FillIn& wanted) {
    if (wanted.firstBar < 0 || wanted.lastBar < wanted.firstBar || wanted.lastBar >= barCount(song)) {
        return failure("bars {} to {} are not all there: the music has {} bars", wanted.firstBar + 1,
                       wanted.lastBar + 1, barCount(song));
    }
    if (static_cast<std::size_t>(barCount(song)) != bars) {
        return failure("this music has bars that the model cannot write, so nothing can be filled into it");
    }
    for (const std::size_t track : wanted.tracks) {
        if (track >= song.tracks.size()) {
            return failure("there is no track {}: the music has {}", track + 1, song.tracks.size());
        }
    }
    return {};
}

/// The instruments that the model shall write.
Result<std::set<GridPart>> playersOf(const Song& song, std::span<const GridTrack> tracks, const FillIn& wanted) {
    std::set<GridPart> players;
    const auto addNew = [&](const FillIn::Instrument& instrument) -> Result<void> {
        GridPart part{instrument.drums, instrument.drums ? 0 : instrument.program.midi(), 1};
        while (std::any_of(tracks.begin(), tracks.end(), [&](const GridTrack& track) { return track.part == part; })) {
            ++part.part;
        }
        if (part.part > (part.drums ? 1 : house::parts)) {
            return part.drums ? failure("the music has drums already: have their track written anew instead")
                              : failure("the music has {} tracks of this instrument already", house::parts);
        }
        players.insert(part);
        return {};
    };
    for (const GridTrack& track : tracks) {
        const bool chosen = std::any_of(wanted.tracks.begin(), wanted.tracks.end(),
                                        [&](std::size_t source) { return track.sources.contains(source); });
        if (chosen || wanted.writesAll()) {
            players.insert(track.part);
        }
    }
    for (const std::size_t source : wanted.tracks) {
        const Track& track = *song.tracks[source];
        if (track.notes.empty()) {  // it has no place among the instruments yet
            if (const auto added = addNew({track.isDrums(), track.program()}); !added) {
                return tl::make_unexpected(added.error());
            }
        }
    }
    if (wanted.added) {
        if (const auto added = addNew(*wanted.added); !added) {
            return tl::make_unexpected(added.error());
        }
    }
    return players;
}

/// Of `players`, those that play in each bar: what is new, and what plays on each side of the gap.
std::vector<GridPart> steadyOf(std::span<const HouseBar> bars, std::size_t first, std::size_t last,
                               const std::set<GridPart>& players) {
    const auto playsIn = [&](std::size_t bar, const GridPart& part) {
        return std::any_of(bars[bar].chunks.begin(), bars[bar].chunks.end(),
                           [&](const HouseChunk& chunk) { return chunk.part == part; });
    };
    const auto isSteady = [&](const GridPart& part) {
        const bool before = first > 0 && playsIn(first - 1, part);
        const bool after = last + 1 < bars.size() && playsIn(last + 1, part);
        return (before || first == 0) && (after || last + 1 == bars.size()) && (before || after);
    };
    const auto isNew = [&](const GridPart& part) {
        for (std::size_t bar = 0; bar < bars.size(); ++bar) {
            if (playsIn(bar, part)) {
                return false;
            }
        }
        return true;
    };
    std::vector<GridPart> steady;
    std::copy_if(players.begin(), players.end(), std::back_inserter(steady),
                 [&](const GridPart& part) { return isNew(part) || isSteady(part); });
    return steady;
}

PitchSet pitchesOf(const Compass& compass) {
    PitchSet pitches;
    for (int pitch = compass.lowest.midi(); pitch <= compass.highest.midi(); ++pitch) {
        pitches.set(static_cast<std::size_t>(pitch));
    }
    return pitches;
}

/// As many of the bars that are seen beyond a gap, which ends before bar `first`, as have at most `mostTokens`.
std::vector<Token> tokensFrom(std::span<const HouseBar> bars, std::size_t first, std::size_t mostTokens) {
    std::vector<Token> tokens;
    for (std::size_t bar = first; bar < std::min(bars.size(), first + houseLongestSight); ++bar) {
        if (tokens.size() + tokenCount(bars[bar]) > mostTokens) {
            break;
        }
        appendBar(tokens, bars[bar]);
    }
    return tokens;
}

}  // namespace

Result<Script> houseScript(const Song& song, const std::vector<Token>& piece, std::span<const GridTrack> tracks,
                           const FillIn& wanted, std::size_t mostTokens) {
    const auto bars = houseBars(piece);
    if (const auto checked = check(song, bars.size(), wanted); !checked) {
        return tl::make_unexpected(checked.error());
    }
    const auto players = playersOf(song, tracks, wanted);
    if (!players) {
        return tl::make_unexpected(players.error());
    }
    const auto first = static_cast<std::size_t>(wanted.firstBar);
    const auto last = static_cast<std::size_t>(wanted.lastBar);

    const std::vector<Token> beyond = tokensFrom(bars, last + 1, mostTokens / 2);
    std::size_t begin = first;
    for (std::size_t room = mostTokens - beyond.size(); begin > 0 && tokenCount(bars[begin - 1]) <= room; --begin) {
        room -= tokenCount(bars[begin - 1]);
    }
    // What comes after the gap is read some bars before it or, of a longer one, where so many bars are left as the
    // exercises have.
    const std::size_t longestLeft = std::min(last + 1, houseLead + houseLongestGap);
    const std::size_t reading = std::max({begin, first - std::min(first, houseLead), last + 1 - longestLeft});
    const auto readBeyond = [&](std::vector<Token>& tokens, std::size_t bar) {
        if (bar == reading && !beyond.empty()) {
            tokens.push_back(kinds().after.at(static_cast<int>(last - bar)));
            tokens.insert(tokens.end(), beyond.begin(), beyond.end());
            tokens.push_back(kinds().before.at(0));
        }
    };

    Script script;
    script.opening = {startToken};
    auto prefix = std::make_shared<HousePrefix>(kinds().size);
    for (std::size_t bar = begin; bar < first; ++bar) {
        readBeyond(script.opening, bar);
        appendBar(script.opening, bars[bar]);
    }
    for (const Token token : script.opening) {
        prefix->push(token);
    }
    prefix->playOnly({players->begin(), players->end()});
    prefix->playThroughout(steadyOf(bars, first, last, *players), !wanted.writesAll());
    if (wanted.added && !wanted.added->drums) {
        prefix->keepPitches(pitchesOf(compassOf(wanted.added->program)));
    }
    script.prefix = std::move(prefix);
    for (std::size_t bar = first; bar <= last; ++bar) {
        std::vector<Token>& tokens = script.bars.emplace_back();
        readBeyond(tokens, bar);
        appendOpening(tokens, bars[bar], {}, wanted.writesAll() ? std::set<GridPart>() : *players);
    }
    return script;
}

}  // namespace ricercar
