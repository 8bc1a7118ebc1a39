#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>

#include "core/analysis/copies.h"
#include "core/base/random.h"
#include "core/midi/smf_reader.h"
#include "support/song_builder.h"

namespace ricercar {
namespace {

constexpr int notesOfAPiece = 2000;

/// Runs up and down a scale, which have as much in common as music has.
Song walk(std::uint64_t seed) {
    Random random(seed);
    SongBuilder song;
    for (int track = 0; track < 4; ++track) {
        song.track(track);
        int pitch = 60;
        for (int note = 0; note < notesOfAPiece / 4; ++note) {
            pitch = std::clamp(pitch + random.between(-2, 2), 40, 80);
            song.note(pitch, random.below(4) == 0 ? 1 : 0.5);
        }
    }
    return song.build();
}

CopyIndex indexOf(std::int64_t pieces) {
    CopyIndex::Builder builder;
    for (std::int64_t piece = 0; piece < pieces; ++piece) {
        builder.add(walk(static_cast<std::uint64_t>(piece)));
    }
    return std::move(builder).finish();
}

/// The MIDI files of a corpus, see HACKING.md.
CopyIndex indexOf(const std::filesystem::path& corpus) {
    CopyIndex::Builder builder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
        if (entry.path().extension() == ".mid") {
            if (const auto reading = readSmfFile(entry.path())) {
                builder.add(reading->song);
            }
        }
    }
    return std::move(builder).finish();
}

double peakBytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

void build(benchmark::State& state) {
    const double before = peakBytes();
    const std::int64_t notes = state.range(0) * notesOfAPiece;
    for ([[maybe_unused]] auto iteration : state) {
        benchmark::DoNotOptimize(indexOf(state.range(0)));
    }
    state.SetItemsProcessed(state.iterations() * notes);
    state.counters["peak bytes a note"] = (peakBytes() - before) / static_cast<double>(notes);
}
// The first call meets the least memory in use, so that its peak is the index's own.
BENCHMARK(build)->Arg(2500)->Iterations(1)->Unit(benchmark::kMillisecond);

void findIn(benchmark::State& state, const CopyIndex& index) {
    const Song asked = walk(1'000'000);
    for ([[maybe_unused]] auto iteration : state) {
        benchmark::DoNotOptimize(index.find(asked));
    }
    state.SetItemsProcessed(state.iterations() * notesOfAPiece);
}
void find(benchmark::State& state) { findIn(state, indexOf(state.range(0))); }
BENCHMARK(find)->Arg(25)->Arg(2500)->Unit(benchmark::kMillisecond);

void findInCorpus(benchmark::State& state) {
    const char* corpus = std::getenv("RICERCAR_CORPUS");
    if (corpus == nullptr) {
        state.SkipWithError("RICERCAR_CORPUS is not set");
        return;
    }
    findIn(state, indexOf(std::filesystem::path(corpus)));
}
BENCHMARK(findInCorpus)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ricercar
