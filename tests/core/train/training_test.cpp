#include "core/train/training.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"
#include "core/model/model.h"
#include "core/train/backend_loader.h"
#include "support/random_song.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Training : public testing::Test {
protected:
    Training() {
        ::setenv("XDG_CACHE_HOME", (folder.path() / "cache").c_str(), 1);
        Random random(2);
        for (int i = 0; i < 8; ++i) {
            Song song = randomSong(random);
            while (noteCount(song) < 100 || barCount(song) < 12) {
                song = randomSong(random);
            }
            EXPECT_TRUE(writeSmfFile(music / fmt::format("{}.mid", i), song));
        }
        settings.folder = music;
        settings.run = folder.path() / "run";
        settings.preset = "tiny";
        settings.epochs = 3;
        settings.device = "cpu";
    }

    Result<TrainingOutcome> trained(const TrainingEvents& events = {}, std::stop_token stop = {}) const {
        return train(settings, *loadNetworkBackend().value(), events, std::move(stop));
    }
    std::vector<Json> metrics(const fs::path& run) const {
        std::vector<Json> lines;
        std::istringstream text(readTextFile(run / "metrics.jsonl").value());
        for (std::string line; std::getline(text, line);) {
            lines.push_back(parseJson(line).value());
        }
        return lines;
    }

    const TemporaryFolder folder;
    const fs::path music = folder.path() / "music";
    TrainingSettings settings;
};

TEST_F(Training, LeavesAModelMetricsAndASample) {
    const auto outcome = trained();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(Model::open(outcome->model));
    const auto lines = metrics(settings.run);
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines.back()["event"], "evaluation");
    for (const char* name : {"step", "epoch", "trainNatsPerToken", "trainNatsPerNote", "validNatsPerToken",
                             "validNatsPerNote", "accuracy", "tokensPerSecond", "learningRate"}) {
        EXPECT_TRUE(lines.back().contains(name)) << name;
    }
    const auto sample = readSmfFile(lines.back().value("sample", lines.front().value("sample", "")));
    if (lines.back().contains("sample")) {
        ASSERT_TRUE(sample);
        EXPECT_EQ(barCount(sample->song), 12);
    }
    EXPECT_LT(lines.back()["validNatsPerNote"], lines.front().value("validNatsPerNote", 1e9));
}

TEST_F(Training, KilledAnywhereItEndsInTheSameWeights) {
    // What a kill at any moment leaves on disk is what lies there at that moment.
    std::vector<fs::path> killed;
    TrainingEvents events;
    events.event = [&](const Json& event) {
        if (event["event"] == "step" || event["event"] == "start") {
            killed.push_back(folder.path() / fmt::format("killed-{}", killed.size()));
            fs::copy(settings.run, killed.back(), fs::copy_options::recursive);
        }
    };
    const auto outcome = trained(events);
    ASSERT_TRUE(outcome) << outcome.error().message;
    const auto expected = readFile(settings.run / "checkpoint.safetensors").value();
    ASSERT_GE(killed.size(), 3u);
    for (const fs::path& run : {killed.front(), killed[killed.size() / 2], killed.back()}) {
        settings.run = run;
        settings.resume = true;
        const auto resumed = trained();
        ASSERT_TRUE(resumed) << resumed.error().message;
        EXPECT_EQ(resumed->steps, outcome->steps);
        EXPECT_EQ(resumed->natsPerNote, outcome->natsPerNote);
        const auto a = SafeTensors::open(run / "checkpoint.safetensors").value();
        const auto b = SafeTensors::open(folder.path() / "run/checkpoint.safetensors").value();
        for (const TensorView& tensor : b.tensors()) {
            EXPECT_TRUE(std::equal(tensor.values.begin(), tensor.values.end(), a.find(tensor.name)->values.begin()))
                << tensor.name;
        }
        std::int64_t last = 0;
        for (const Json& line : metrics(run)) {
            EXPECT_GE(line["step"], last) << "a line stands twice";
            last = line["step"];
        }
    }
}

TEST_F(Training, StoppedAtOnceItStillLeavesAModel) {
    settings.epochs = 1000;
    std::stop_source stop;
    TrainingEvents events;
    events.event = [&](const Json& event) {
        if (event["event"] == "step") {
            stop.request_stop();
        }
    };
    const auto outcome = trained(events, stop.get_token());
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->reason, "stopped");
    EXPECT_TRUE(Model::open(outcome->model));
}

TEST_F(Training, GoesOnFromABase) {
    const auto first = trained();
    ASSERT_TRUE(first);
    settings.base = settings.run.string();
    settings.run = folder.path() / "tuned";
    settings.preset = "fast";  // the base's network wins
    settings.epochs = 1;
    const auto tuned = trained();
    ASSERT_TRUE(tuned) << tuned.error().message;
    EXPECT_EQ(Model::open(tuned->model).value()->config(), Model::open(first->model).value()->config());
    EXPECT_LT(tuned->natsPerNote, 1.1 * first->natsPerNote);
}

TEST_F(Training, OneFileIsHeldOutInPart) {
    settings.folder = music / "3.mid";
    const auto outcome = trained();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_THAT(Model::open(outcome->model).value()->card()["heldOut"], HasSubstr("the last fifth of each piece"));
}

TEST_F(Training, WrongRequestsAreSentences) {
    settings.preset = "grand";
    EXPECT_THAT(trained().error().message, HasSubstr("choose one of fast, house"));
    settings.preset = "tiny";
    settings.resume = true;
    EXPECT_THAT(trained().error().message, HasSubstr("holds no training run to resume"));
    settings.resume = false;
    settings.folder = folder.path() / "empty";
    fs::create_directories(settings.folder);
    EXPECT_FALSE(trained());
    EXPECT_FALSE(fs::exists(settings.run / "config.json"));
    settings.folder = music;
    ASSERT_TRUE(trained());
    EXPECT_THAT(trained().error().message, HasSubstr("already holds a training run"));
    settings.resume = true;
    fs::remove(music / "0.mid");
    EXPECT_THAT(trained().error().message, HasSubstr("was begun with another music"));
}

}  // namespace
}  // namespace ricercar
