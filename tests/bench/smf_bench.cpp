#include <benchmark/benchmark.h>

#include "core/base/random.h"
#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"

namespace ricercar {
namespace {

/// 16 tracks of 100,000 notes with pedal, as dense as large orchestral files are.
Song bigSong() {
    Random random(1);
    Song song;
    for (int channel = Channel::min; channel <= Channel::max; ++channel) {
        Track track;
        track.channel = Channel::clamped(channel);
        Tick onset;
        for (int i = 0; i < 100'000; ++i) {
            onset = onset + TickDelta{random.between(0, 240)};
            track.notes.push_back({onset, TickDelta{random.between(1, 240)}, Pitch::clamped(random.between(30, 90)),
                                   Velocity::clamped(random.between(30, 110))});
            if (i % 4 == 0) {
                track.controls.push_back({onset, 64, static_cast<std::uint8_t>(random.below(128))});
            }
        }
        sortEvents(track);
        song.end = std::max(song.end, onset + TickDelta{240});
        song.tracks.push_back(std::make_shared<const Track>(std::move(track)));
    }
    return song;
}

void readBigSong(benchmark::State& state) {
    const auto bytes = writeSmf(bigSong());
    while (state.KeepRunning()) {
        benchmark::DoNotOptimize(readSmf(bytes));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(readBigSong)->Unit(benchmark::kMillisecond);

void readSmallSong(benchmark::State& state) {
    Song song = bigSong();
    for (auto& shared : song.tracks) {
        Track track = *shared;
        track.notes.resize(100);
        track.controls.clear();
        shared = std::make_shared<const Track>(std::move(track));
    }
    song.end = lastNoteEnd(song);
    const auto bytes = writeSmf(song);
    while (state.KeepRunning()) {
        benchmark::DoNotOptimize(readSmf(bytes));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(readSmallSong)->Unit(benchmark::kMicrosecond);

void writeBigSong(benchmark::State& state) {
    const Song song = bigSong();
    std::size_t size = 0;
    while (state.KeepRunning()) {
        size = writeSmf(song).size();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}
BENCHMARK(writeBigSong)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ricercar
