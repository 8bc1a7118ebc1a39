#include "core/train/copying.h"

#include <algorithm>

#include "core/analysis/text_chart.h"
#include "core/edit/bars.h"
#include "core/train/sample.h"

namespace ricercar {

namespace {

Result<CopyIndex> indexOf(const Split& split, const Vocabulary& vocabulary, const std::stop_token& stop) {
    CopyIndex::Builder builder;
    for (const auto piece : split.train) {
        if (stop.stop_requested()) {
            return failure("stopped");
        }
        const auto song = decode(vocabulary, piece);
        if (!song) {
            return tl::make_unexpected(song.error());
        }
        builder.add(*song);
    }
    return std::move(builder).finish();
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
    const auto index = indexOf(split, vocabulary, stop);
    if (!index) {
        return tl::make_unexpected(index.error());
    }
    Copying copying;
    std::size_t notes = 0;
    std::size_t realNotes = 0;
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
        const Copies copies = index->find(*sample);
        if (copies.longest && copies.longest->notes > copying.longest.notes) {
            copying.longest = *copies.longest;
            copying.source = split.trainNames[copies.longest->piece];
        }
        const Copies real = index->find(barsOf(*piece, sampleSeedBars, sampleSeedBars + Copying::bars - 1));
        copying.realLongest = std::max(copying.realLongest, real.longest ? real.longest->notes : 0);
        copying.share += static_cast<double>(copies.copied);
        copying.realShare += static_cast<double>(real.copied);
        notes += copies.notes;
        realNotes += real.notes;
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
