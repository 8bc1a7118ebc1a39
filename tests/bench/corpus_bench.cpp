#include <benchmark/benchmark.h>

#include "core/base/random.h"
#include "core/corpus/scan.h"
#include "core/midi/smf_writer.h"
#include "support/song_builder.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

constexpr int pieces = 200;
constexpr int notesOfAPiece = 800;

Song randomPiece(std::uint64_t seed) {
    Random random(seed);
    SongBuilder song;
    for (int track = 0; track < 4; ++track) {
        song.track(8 * track);
        for (int note = 0; note < notesOfAPiece / 4; ++note) {
            song.note(random.between(36, 84), 0.25 * random.between(1, 4), random.between(40, 100));
        }
    }
    return song.build();
}

class Corpus {
public:
    Corpus() {
        for (int piece = 0; piece < pieces; ++piece) {
            (void)writeSmfFile(m_folder.path() / "music" / fmt::format("{}.mid", piece),
                               randomPiece(static_cast<std::uint64_t>(piece)));
        }
    }
    std::uint64_t scanNotes() const {
        const auto report = scan(m_folder.path() / "music", {*findVocabulary("house-2"), cache(), {}});
        return report ? report->notes : 0;
    }
    std::filesystem::path cache() const { return m_folder.path() / "cache"; }

private:
    TemporaryFolder m_folder;
};

void report(benchmark::State& state, std::uint64_t notes) {
    if (notes != std::uint64_t{pieces} * notesOfAPiece) {
        state.SkipWithError("the scan did not find every note");
    }
    state.SetItemsProcessed(state.iterations() * pieces);
    state.SetLabel("files");
}

void firstScan(benchmark::State& state) {
    const Corpus corpus;
    std::uint64_t notes = 0;
    for ([[maybe_unused]] auto iteration : state) {
        state.PauseTiming();
        std::filesystem::remove_all(corpus.cache());
        state.ResumeTiming();
        notes = corpus.scanNotes();
    }
    report(state, notes);
}
BENCHMARK(firstScan)->Unit(benchmark::kMillisecond);

void secondScan(benchmark::State& state) {
    const Corpus corpus;
    std::uint64_t notes = corpus.scanNotes();
    for ([[maybe_unused]] auto iteration : state) {
        notes = corpus.scanNotes();
    }
    report(state, notes);
}
BENCHMARK(secondScan)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ricercar
