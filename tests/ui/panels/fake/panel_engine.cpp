// The engine of the panels' tests: the server with services that compose scales, scan any folder and train by telling a
// short story. A folder's name says what happens in it: "empty" has nothing to learn from, "small" has little,
// "missing" cannot be scanned; training fails in "broken", gains nothing in "useless" and "useless-endless", and does
// not end by itself in "endless", which is told of held-out music, "unjudged", which is not, "late", after its
// last step, "early", which has only a checkpoint, and "waiting", where nothing is learnt.

#include <signal.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/files.h"
#include "core/engine/server.h"
#include "core/midi/smf_writer.h"
#include "tests/core/engine/fake/fake_services.h"
#include "tests/support/song_builder.h"

namespace {

using namespace ricercar;

Result<Json> scan(const std::filesystem::path& folder, const ProgressSink& progress, const std::stop_token&) {
    const std::string name = folder.filename().string();
    progress({0.5, "file 1 of 2"});
    if (name == "missing") {
        return failure("{}: no such folder", folder.string());
    }
    const int accepted = name == "empty" ? 0 : 38;
    const int notes = name == "empty" ? 0 : name == "small" ? 900 : 80'000;
    return Json{{"files", {{"midi", accepted + 1}, {"other", 2}, {"accepted", accepted}, {"rejected", 1}}},
                {"rejected", {{{"path", "sub/torn.mid"}, {"outcome", "broken"}, {"reason", "broken at byte 12"}}}},
                {"notes", notes},
                {"hours", 2.5},
                {"keys", {{"D minor", 20}, {"F major", 18}}},
                {"instruments", {{"Acoustic Grand Piano", 38}}}};
}

void print(const Json& event) {
    std::puts(event.dump().c_str());
    std::fflush(stdout);
}

std::string option(const std::vector<std::string>& arguments, const std::string& name) {
    for (const std::string& argument : arguments) {
        if (argument.starts_with(name + "=")) return argument.substr(name.size() + 1);
    }
    return {};
}

int train(const std::vector<std::string>& arguments) {
    const std::string folder = std::filesystem::path(arguments.back()).filename().string();
    const std::filesystem::path run = option(arguments, "--out");
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, nullptr);
    print({{"event", "scan"}, {"fraction", 0.5}, {"what", "file 1 of 2"}});
    if (folder == "broken") {
        std::fputs("too little music to learn from\n", stderr);
        return 1;
    }
    const auto wait = [&] {
        int signal = 0;
        sigwait(&interrupt, &signal);
    };
    if (folder == "waiting") {
        wait();
        return 0;
    }
    std::filesystem::create_directories(run);
    const std::filesystem::path sample = run / "sample.mid";
    const Song song = SongBuilder().track().note(60, 4).build();
    if (!writeSmfFile(sample, song) || !writeFileAtomically(run / "checkpoint.safetensors", "checkpoint") ||
        (folder != "early" && !writeFileAtomically(run / "best.safetensors", "weights"))) {
        return 1;
    }
    const bool useless = folder.starts_with("useless");
    if (folder != "unjudged") {
        print({{"event", "evaluation"},
               {"step", 0},
               {"validNatsPerNote", 2.86},
               {"fraction", 0.0},
               {"secondsLeft", 0.0}});
    }
    print({{"event", "start"}, {"device", "cpu"}, {"threads", 2}, {"trainPieces", 38}});
    for (int step = 10; step <= 100; step += 10) {
        const Json line{{"event", "step"},
                        {"step", step},
                        {"trainNatsPerNote", 2.0 + std::exp(-step / 30.0)},
                        {"tokensPerSecond", 2400.0},
                        {"memory", 0.84},
                        {"fraction", step / 200.0},
                        {"secondsLeft", 200.0 - step}};
        print(line);
        if (const auto written = appendLine(run / "metrics.jsonl", line.dump()); !written) return 1;
    }
    if (folder == "unplugged") {
        print({{"event", "pause"}, {"what", "on battery"}});
        wait();
        return 0;
    }
    if (folder == "killed") {
        raise(SIGKILL);
    }
    if (folder == "early" || folder == "unjudged") {
        wait();
        return 0;
    }
    print({{"event", "evaluation"},
           {"step", 100},
           {"validNatsPerNote", useless ? 3.01 : 2.29},
           {"best", !useless},
           {"fraction", 0.5},
           {"secondsLeft", 100.0},
           {"sample", sample.string()}});
    if (folder == "late") {
        print({{"event", "finish"}, {"what", "looking for copies"}});
        print({{"event", "step"}, {"step", 100}, {"secondsLeft", 0.0}});
    }
    if (folder == "endless" || folder == "late" || folder == "useless-endless") {
        wait();
    }
    if (folder == "useless-endless") {
        return 0;
    }
    print({{"event", "end"},
           {"reason", "the schedule is complete"},
           {"copies", "In 1 sample there is nothing to be found again."},
           {"verdict", useless ? "Base model 2.86 nats a note: nothing that was learnt made it better."
                               : "Base model 2.86 -> yours 2.29 nats a note: each note surprises it 20 % less."}});
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && arguments[0] == "train") {
        return train(arguments);
    }
    signal(SIGPIPE, SIG_IGN);
    fake::Pace pace;
    pace.token = std::chrono::milliseconds(arguments.size() > 1 ? std::atoi(arguments[1].c_str()) : 1);
    Services services = fake::services(pace, cacheFolder() / "takes");
    services.findModel = [](const std::string& name) -> Result<std::filesystem::path> { return name; };
    services.listModels = [] {
        std::vector<ModelEntry> models{
            {"House model",
             "house.safetensors",
             "house",
             {{"summary", "open data only"},
              {"styles", {"Chorale", "Lullaby"}},
              {"obeys", {"style", "density", "polyphony"}}},
             8'120'000},
            {"mine", "mine.safetensors", "fast", {{"trainedOn", "songs"}, {"trainPieces", 3}}, 0}};
        std::error_code error;
        for (const auto& file : std::filesystem::directory_iterator(userDataFolder() / "models", error)) {
            models.push_back({file.path().stem().string(), file.path(), "fast", Json::object(), 0});
        }
        return models;
    };
    services.scan = scan;
    services.dataFolder = userDataFolder();
    services.cacheFolder = cacheFolder();
    services.program = std::filesystem::read_symlink("/proc/self/exe");
    return serve(std::move(services), STDIN_FILENO, STDOUT_FILENO);
}
