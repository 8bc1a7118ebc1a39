#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "core/analysis/copies.h"
#include "core/base/json.h"
#include "core/train/holdout.h"

namespace ricercar {

/// What a model copies from the music that it learned from when it goes on from held-out pieces, beside what those
/// pieces themselves have in common with that music in the same bars. Runs are of notes of one track, in any key and
/// tempo, see `CopyIndex`.
struct Copying {
    static constexpr int bars = 16;    ///< of a sample
    static constexpr int samples = 8;  ///< at most, one a piece

    int drawn = 0;                ///< samples
    CopiedRun longest;            ///< of all samples; without a note where they have nothing in common
    std::string source;           ///< the file it is in
    std::size_t realLongest = 0;  ///< notes, of the pieces' own bars
    double share = 0;             ///< of the samples' notes, in runs of `shortestCopy` or more
    double realShare = 0;
};

/// Draws the samples. Errors: those of reading the model and of generating; stopped.
Result<Copying> measureCopying(const std::filesystem::path& model, const Split& split, const Vocabulary& vocabulary,
                               const std::stop_token& stop);

Json toJson(const Copying& copying);
/// In a sentence for people.
std::string describe(const Copying& copying);

}  // namespace ricercar
