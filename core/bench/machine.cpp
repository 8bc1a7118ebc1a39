#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <string>
#include <thread>

#include "core/bench/bench.h"
#include "core/bench/processor_time.h"
#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"
#include "core/model/kernels/kernels.h"

namespace ricercar {

namespace {

/// How often `work` runs in a second, for half a second.
template <typename Work>
double rate(Work work) {
    work();  // warms up
    const double start = processorSeconds();
    int times = 0;
    for (; processorSeconds() - start < 0.5; ++times) {
        work();
    }
    return times / (processorSeconds() - start);
}

std::string processorName() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("model name")) {
            return line.substr(line.find(':') + 2);
        }
    }
    return "unknown";
}

Song busySong() {
    Track track;
    for (int note = 0; note < 100'000; ++note) {
        track.notes.push_back({Tick{std::int64_t{note} * 60}, TickDelta{55 + note % 7},
                               Pitch::clamped(30 + note * 7 % 60), Velocity::clamped(40 + note * 11 % 80)});
    }
    Song song;
    song.tracks.push_back(std::make_shared<const Track>(std::move(track)));
    song.end = lastNoteEnd(song);
    return song;
}

}  // namespace

Json describeMachine(const Peers& peers) {
    double load = 0;
    ::getloadavg(&load, 1);
    Json machine{{"processor", processorName()},
                 {"cores", std::thread::hardware_concurrency()},
                 {"load", std::round(10 * load) / 10},
                 {"decoding", kernels().name},
                 {"plainPyTorch", peers.plainTorch != nullptr}};
    if (peers.torch != nullptr) {
        machine["learning"] = peers.torch->description();
        machine["blas"] = peers.torch->blas();
        machine["threads"] = peers.torch->threads();
        machine["devices"] = peers.torch->devices();
    }
    return machine;
}

double memoryBandwidth() {
    const std::vector<std::uint64_t> numbers(std::size_t{256} << 17, 1);  // 256 MiB
    std::uint64_t sum = 0;
    const double times = rate([&] { sum += std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}); });
    return sum == 0 ? 0 : times * static_cast<double>(numbers.size() * sizeof(std::uint64_t)) * 1e-9;
}

void measureMachine(const Peers& peers, const FigureSink& sink, const std::stop_token& stop) {
    sink({"reading memory, one core", memoryBandwidth(), "GB/s"});
    for (const std::string& device : peers.torch != nullptr ? peers.torch->devices() : std::vector<std::string>()) {
        for (const bool half : {false, true}) {
            if (stop.stop_requested()) {
                return;
            }
            sink({fmt::format("matrix products, {}, {}", device, half ? "bfloat16" : "32 bits"),
                  peers.torch->matrixRate(device, half) * 1e-9, "GFLOP/s"});
        }
    }
    const auto bytes = writeSmf(busySong());
    sink({"reading MIDI files", rate([&] { readSmf(bytes); }) * static_cast<double>(bytes.size()) * 1e-6, "MB/s"});
}

}  // namespace ricercar
