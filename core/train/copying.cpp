#include "core/train/copying.h"

#include <algorithm>

#include "core/analysis/text_chart.h"
#include "core/edit/bars.h"
#include "core/train/sample.h"

namespace ricercar {

namespace {

constexpr std::size_t tokensOfIndex = 8'000'000;  // an index takes about ten bytes for each

/// What each of `songs` has in common with the music that was learned from, of which a part is indexed at a time.
Result<std::vector<Copies>> findCopies(std::span<const Song> songs, const Split& split, const Vocabulary& vocabulary,
                                       const std::stop_token& stop) {
    std::vector<Copies> copies;
    std::size_t firstPiece = 0;
    do {
        CopyIndex::Builder builder;
        std::size_t tokens = 0;
        std::size_t piece = firstPiece;
        for (; piece < split.train.size() && tokens < tokensOfIndex; ++piece) {
            if (stop.stop_requested()) {
                return failure("stopped");
            }
            const auto song = decode(vocabulary, split.train[piece]);
            if (!song) {
                return tl::make_unexpected(song.error());
            }
            builder.add(*song);
            tokens += split.train[piece].size();
        }
        const CopyIndex index = std::move(builder).finish();
        for (std::size_t song = 0; song < songs.size(); ++song) {
            const Copies found = index.find(songs[song]);
            if (firstPiece == 0) {
                copies.push_back(found);
            } else {
                copies[song].add(found, firstPiece);
            }
        }
        firstPiece = piece;
    } while (firstPiece < split.train.size());
    return copies;
}

std::string place(const CopiedRun& run, const std::string& source) {
    return run.pieceFirstBar == run.pieceLastBar
               ? fmt::format("{}, bar {}", source, run.pieceFirstBar + 1)
               : fmt::format("{}, bars {} to {}", source, run.pieceFirstBar + 1, run.pieceLastBar + 1);
}

}  // namespace

Result<Copying> measureCopying(const std::filesystem::path& modelPath, const Split& split, const Vocabulary& vocabulary,
                               const std::stop_token& stop) {
    const auto model = Model::open(modelPath);
    if (!model) {
        return tl::make_unexpected(model.error());
    }
    std::vector<Song> songs;  // in turn a sample and the piece's own bars in its place
    for (const auto tokens :
         std::span(split.valid).first(std::min<std::size_t>(split.valid.size(), Copying::samples))) {
        const auto piece = decode(vocabulary, tokens);
        if (!piece) {
            return tl::make_unexpected(piece.error());
        }
        const auto sample = continuation(*model, *piece, Copying::bars, stop);
        if (!sample) {
            return tl::make_unexpected(sample.error());
        }
        songs.push_back(*sample);
        songs.push_back(barsOf(*piece, sampleSeedBars, sampleSeedBars + Copying::bars - 1));
    }
    const auto found = findCopies(songs, split, vocabulary, stop);
    if (!found) {
        return tl::make_unexpected(found.error());
    }
    Copying copying;
    std::size_t notes = 0;
    std::size_t realNotes = 0;
    for (std::size_t song = 0; song < found->size(); song += 2) {
        const Copies& copies = (*found)[song];
        const Copies& real = (*found)[song + 1];
        if (copies.longest && copies.longest->notes > copying.longest.notes) {
            copying.longest = *copies.longest;
            copying.source = split.trainNames[copies.longest->piece];
        }
        copying.realLongest = std::max(copying.realLongest, real.longest ? real.longest->notes : 0);
        copying.share += static_cast<double>(copies.copied());
        copying.realShare += static_cast<double>(real.copied());
        notes += copies.notes();
        realNotes += real.notes();
        ++copying.drawn;
    }
    copying.share /= static_cast<double>(std::max<std::size_t>(1, notes));
    copying.realShare /= static_cast<double>(std::max<std::size_t>(1, realNotes));
    return copying;
}

Json toJson(const Copying& copying) {
    return {{"samples", copying.drawn},      {"bars", Copying::bars},  {"longestRun", copying.longest.notes},
            {"source", copying.source},      {"share", copying.share}, {"realLongestRun", copying.realLongest},
            {"realShare", copying.realShare}};
}

std::string describe(const Copying& copying) {
    const std::string drawn =
        fmt::format("{} of {} bars", counted(static_cast<std::uint64_t>(copying.drawn), "sample"), Copying::bars);
    if (copying.longest.notes < shortestCopy) {
        return fmt::format("In {} there is no run of {} notes that the music it learned from has.", drawn,
                           shortestCopy);
    }
    return fmt::format(
        "In {} the longest run that the music it learned from has too is of {} notes ({}), and {:.0f} % of the notes "
        "are in runs of {} or more; of the held-out music itself {} notes and {:.0f} %.",
        drawn, copying.longest.notes, place(copying.longest, copying.source), 100 * copying.share, shortestCopy,
        copying.realLongest, 100 * copying.realShare);
}

}  // namespace ricercar
