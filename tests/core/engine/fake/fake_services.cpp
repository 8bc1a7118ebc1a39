#include "tests/core/engine/fake/fake_services.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "core/edit/resolution.h"

namespace ricercar::fake {

namespace {

constexpr int notesPerBar = 4;

/// Takes as long as drawing a token does, and like it cannot be interrupted.
void compute(std::chrono::milliseconds time) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, time, [] { return false; });
}

struct FakeSeed : PreparedSeed {
    std::optional<FillIn> fill;
    Song stays;
};

Take takeOf(int number, const std::vector<Note>& notes, const FakeSeed& seed, const GenerateSettings& settings) {
    const std::size_t whole = notes.size() / notesPerBar * notesPerBar;
    auto track = std::make_shared<Track>();
    track->name = "Piano";
    track->notes.assign(notes.begin(), notes.begin() + static_cast<std::ptrdiff_t>(whole));
    track->programs = {{Tick{0}, Program{}}};
    Take take;
    take.number = number;
    take.song = seed.stays;
    take.song.ticksPerQuarter = gridPerQuarter;
    take.song.tracks.push_back(std::move(track));
    take.song.end = Tick{static_cast<std::int64_t>(whole) * gridPerQuarter};
    take.recipe = {{"model", "5e1f"}, {"rng", settings.rng}, {"take", number}, {"temperature", settings.temperature}};
    // What was asked for, as the real one has it.
    if (settings.key) take.recipe["key"] = settings.key->text();
    if (settings.lowestPitch > 0) take.recipe["lowestPitch"] = settings.lowestPitch;
    if (settings.highestPitch < 127) take.recipe["highestPitch"] = settings.highestPitch;
    if (!settings.style.empty()) take.recipe["style"] = settings.style;
    if (settings.density) take.recipe["density"] = *settings.density;
    if (settings.polyphony) take.recipe["polyphony"] = *settings.polyphony;
    if (settings.ending) take.recipe["ending"] = true;
    if (settings.minP) take.recipe["minP"] = *settings.minP;
    if (seed.fill) take.recipe["fill"] = toJson(*seed.fill);
    return take;
}

Result<std::vector<Take>> generate(Pace& pace, const FakeSeed& seed, const GenerateSettings& settings,
                                   const GenerateEvents& events, const std::stop_token& stop) {
    const int bars = seed.fill ? seed.fill->lastBar - seed.fill->firstBar + 1 : settings.bars;
    ++pace.generationsRunning;
    std::vector<std::vector<Note>> notes(static_cast<std::size_t>(settings.takes));
    for (int step = 0; step < bars * notesPerBar && !stop.stop_requested(); ++step) {
        compute(pace.token);
        for (int take = 0; take < settings.takes; ++take) {
            const int first = 36 + static_cast<int>(settings.rng % 48) + 7 * take;
            DrawnNote drawn;
            drawn.track = static_cast<int>(seed.stays.tracks.size());
            drawn.note = {Tick{step * gridPerQuarter}, TickDelta{gridPerQuarter}, Pitch::clamped(first + step % 8),
                          Velocity::clamped(80)};
            notes[static_cast<std::size_t>(take)].push_back(drawn.note);
            ++pace.drawn;
            events.note(take, drawn);
        }
    }
    std::vector<Take> takes;
    for (int take = 0; take < settings.takes; ++take) {
        if (notes[static_cast<std::size_t>(take)].size() >= notesPerBar) {
            takes.push_back(takeOf(take, notes[static_cast<std::size_t>(take)], seed, settings));
            events.take(takes.back());
        }
    }
    --pace.generationsRunning;
    return takes;
}

Result<Json> scan(const std::filesystem::path& folder, const ProgressSink& progress, const std::stop_token& stop) {
    if (folder.filename() == "missing") {
        return failure("{}: no such folder", folder.string());
    }
    for (int file = 0; file < 100 && !stop.stop_requested(); ++file) {
        progress({file / 100.0, fmt::format("file {} of 100", file)});
    }
    return Json{{"folder", folder.string()}, {"accepted", 99}, {"rejected", 1}};
}

}  // namespace

Services services(Pace& pace, const std::filesystem::path& takesFolder) {
    Services services;
    services.facts = [] { return EngineFacts{"0.1.0", {"cpu"}, "OpenBLAS 0.3.21", 2, "studio"}; };
    services.listModels = [] {
        return std::vector<ModelEntry>{
            {"default", "/usr/share/ricercar/models/default.safetensors", "fast", {{"licence", "CC BY 4.0"}}, 4612352}};
    };
    services.findModel = [](const std::string& name) -> Result<std::filesystem::path> {
        if (name != "default" && name != "broken") {
            return failure("there is no model \"{}\"; known models: default", name);
        }
        return "/usr/share/ricercar/models/" + name + ".safetensors";
    };
    services.openModel = [&pace](const std::filesystem::path& path) -> Result<std::shared_ptr<const Model>> {
        ++pace.opened;
        if (path.stem() == "broken") {
            return failure("{}: the checksum is wrong", path.string());
        }
        return nullptr;
    };
    services.prepare = [&pace](const std::shared_ptr<const Model>&, const Song& song,
                               const std::optional<FillIn>& fill) -> Result<std::shared_ptr<const PreparedSeed>> {
        if (pace.beforePrepare) {
            pace.beforePrepare();
        }
        ++pace.prepared;
        auto seed = std::make_shared<FakeSeed>();
        seed->fill = fill;
        if (fill) seed->stays = withResolution(staying(song, *fill), gridPerQuarter);
        return seed;
    };
    services.generate = [&pace](const PreparedSeed& seed, const GenerateSettings& settings,
                                const GenerateEvents& events, const std::stop_token& stop) {
        return generate(pace, dynamic_cast<const FakeSeed&>(seed), settings, events, stop);
    };
    services.scan = scan;
    services.program = FAKE_ENGINE;
    services.stopPatience = std::chrono::milliseconds(300);
    services.takesFolder = takesFolder;
    services.dataFolder = takesFolder.parent_path() / "data";
    services.cacheFolder = takesFolder.parent_path() / "cache";
    return services;
}

}  // namespace ricercar::fake
