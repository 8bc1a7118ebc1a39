#include "core/train/training.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"
#include "core/model/model.h"
#include "core/model/model_file.h"
#include "core/train/backend_loader.h"
#include "core/train/copying.h"
#include "core/train/verdict.h"
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
        settings.threads = 1;  // with which numbers repeat
    }

    Result<TrainingOutcome> trained(const TrainingEvents& events = {}, std::stop_token stop = {}) const {
        return train(settings, *loadNetworkBackend().value(), events, std::move(stop));
    }
    /// The same weights and optimiser at the end, and the same best model.
    static void expectSameNumbers(const fs::path& run, const fs::path& other) {
        for (const char* file : {"checkpoint.safetensors", "best.safetensors"}) {
            const auto a = SafeTensors::open(run / file).value();
            const auto b = SafeTensors::open(other / file).value();
            for (const StoredTensor& tensor : b.tensors()) {
                EXPECT_EQ(tensor.values(), a.find(tensor.name)->values()) << file << tensor.name;
            }
        }
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
    std::vector<double> judged;
    for (const Json& line : lines) {
        if (line["event"] == "evaluation") {
            judged.push_back(line["validNatsPerNote"]);
            const auto sample = readSmfFile(line["sample"].get<std::string>());
            ASSERT_TRUE(sample) << sample.error().message;
            EXPECT_EQ(barCount(sample->song), 12);
        }
    }
    ASSERT_GE(judged.size(), 2u);
    EXPECT_LT(*std::ranges::min_element(judged), judged.front());
    EXPECT_EQ(*std::ranges::min_element(judged), outcome->natsPerNote);
}

TEST_F(Training, WhatTheModelCopiesStandsOnItsCard) {
    Json end;
    TrainingEvents events;
    events.event = [&](const Json& event) { end = event; };
    const auto outcome = trained(events);
    ASSERT_TRUE(outcome) << outcome.error().message;
    const auto model = Model::open(outcome->model).value();
    EXPECT_EQ(model->card()["copying"]["samples"], 1);
    EXPECT_EQ(model->card()["copies"], end["copies"]);
    // Had the held-out piece been learnt from, the report would say so.
    const auto tokens = model->vocabulary().encode(readSmfFile(music / "3.mid")->song);
    Split split;
    split.train = split.valid = {tokens};
    split.trainNames = {"3.mid"};
    const auto copying = measureCopying(outcome->model, split, model->vocabulary(), {});
    ASSERT_TRUE(copying) << copying.error().message;
    EXPECT_EQ(copying->drawn, 1);
    EXPECT_GT(copying->realLongest, 10);
    EXPECT_GT(copying->realShare, 0.8);
    EXPECT_LT(copying->share, 0.8);
}

TEST_F(Training, SaysWhatItUses) {
    settings.epochs = 1;
    settings.memory = 0.5;
    std::map<std::string, Json> events;
    const auto outcome = trained({[&](const Json& event) { events[event["event"]] = event; }, {}});
    ASSERT_TRUE(outcome) << outcome.error().message;
    const Json& start = events["start"];
    EXPECT_EQ(start["device"], "cpu");
    EXPECT_EQ(start["threads"], 1);
    EXPECT_EQ(start["memoryLimit"], 0.5);
    EXPECT_EQ(start["windowsAtOnce"], 8);
    EXPECT_THAT(start["precision"], testing::AnyOf("float32", "bfloat16"));
    EXPECT_GT(events["evaluation"]["memory"], 0.01);

    settings.run = folder.path() / "another";
    settings.memory = 0.1;
    const auto refused = trained();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("--memory"));
}

TEST_F(Training, PausesOnBattery) {
    settings.epochs = 2;
    settings.pauseOnBattery = true;
    settings.powerSupplies = folder.path() / "power";
    const auto battery = [&](const char* status) {
        ASSERT_TRUE(writeFileAtomically(settings.powerSupplies / "BAT0" / "type", "Battery\n"));
        ASSERT_TRUE(writeFileAtomically(settings.powerSupplies / "BAT0" / "status", status));
    };
    std::vector<std::string> kinds;
    const auto pluggedInWhenPaused = [&](const Json& event) {
        kinds.push_back(event["event"]);
        if (kinds.back() == "step") {
            battery("Discharging\n");
        } else if (kinds.back() == "pause") {
            EXPECT_EQ(event["what"], "on battery");
            battery("Charging\n");
        }
    };
    const auto outcome = trained({pluggedInWhenPaused, {}});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->reason, "the schedule is complete");
    const auto pause = std::ranges::find(kinds, "pause");
    ASSERT_NE(pause, kinds.end());
    EXPECT_EQ(*std::next(pause), "resume");

    settings.run = folder.path() / "stopped";
    std::stop_source stop;
    battery("Discharging\n");
    const auto stoppedWhenPaused = [&](const Json& event) {
        if (event["event"] == "pause") {
            stop.request_stop();
        }
    };
    EXPECT_EQ(trained({stoppedWhenPaused, {}}, stop.get_token())->steps, 0);
}

TEST_F(Training, ARunThatAnotherProcessMadeMeanwhileIsLeftAlone) {
    TrainingEvents events;
    events.scan = [&](const Progress&) {
        if (!fs::exists(settings.run / "config.json")) {
            ASSERT_TRUE(writeFileAtomically(settings.run / "config.json", "theirs"));
        }
    };
    const auto outcome = trained(events);
    ASSERT_FALSE(outcome);
    EXPECT_THAT(outcome.error().message, HasSubstr("already holds a training run"));
    EXPECT_EQ(readTextFile(settings.run / "config.json").value(), "theirs");
    EXPECT_FALSE(fs::exists(settings.run / "checkpoint.safetensors"));
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
    ASSERT_GE(killed.size(), 3u);
    for (const fs::path& run : {killed.front(), killed[killed.size() / 2], killed.back()}) {
        settings.run = run;
        settings.resume = true;
        const auto resumed = trained();
        ASSERT_TRUE(resumed) << resumed.error().message;
        EXPECT_EQ(resumed->steps, outcome->steps);
        EXPECT_EQ(resumed->natsPerNote, outcome->natsPerNote);
        expectSameNumbers(run, folder.path() / "run");
        std::int64_t last = 0;
        for (const Json& line : metrics(run)) {
            EXPECT_GE(line["step"], last) << "a line stands twice";
            last = line["step"];
        }
    }
}

TEST_F(Training, StoppedAnywhereItLeavesAModelAndGoesOnAsBegun) {
    settings.epochs = 4;
    const auto whole = trained();
    ASSERT_TRUE(whole) << whole.error().message;
    for (const char* moment : {"start", "step", "evaluation"}) {
        settings.run = folder.path() / moment;
        settings.preset = "tiny";
        settings.epochs = 4;
        settings.resume = false;
        std::stop_source stop;
        TrainingEvents events;
        events.event = [&](const Json& event) {
            if (event["event"] == moment) {
                stop.request_stop();
            }
        };
        const auto stopped = trained(events, stop.get_token());
        ASSERT_TRUE(stopped) << stopped.error().message;
        EXPECT_EQ(stopped->reason, "stopped");
        EXPECT_LT(stopped->steps, whole->steps);
        EXPECT_EQ(stopped->natsPerNote.has_value(), moment == std::string("evaluation"));
        EXPECT_TRUE(Model::open(stopped->model));
        // Nothing has to be said again to go on.
        settings.preset.reset();
        settings.epochs.reset();
        settings.resume = true;
        const auto resumed = trained();
        ASSERT_TRUE(resumed) << resumed.error().message;
        EXPECT_EQ(resumed->steps, whole->steps);
        EXPECT_EQ(resumed->natsPerNote, whole->natsPerNote);
        expectSameNumbers(settings.run, folder.path() / "run");
    }
}

TEST_F(Training, GoesOnOnlyAsBegun) {
    settings.epochs = 1;
    ASSERT_TRUE(trained());
    settings.resume = true;
    settings.preset = "house";
    EXPECT_THAT(trained().error().message, HasSubstr("was begun with --preset tiny"));
    settings.preset = "tiny";
    settings.rng = 2;
    EXPECT_THAT(trained().error().message, HasSubstr("was begun with --rng 1"));
    settings.rng.reset();
    settings.base = "default";
    EXPECT_THAT(trained().error().message, HasSubstr("was begun without --base"));
    settings.base.reset();
    settings.epochs = 2;  // a longer schedule is no other run
    const auto longer = trained();
    ASSERT_TRUE(longer) << longer.error().message;
    EXPECT_GT(longer->steps, 1);
}

TEST_F(Training, TwoDoNotTrainInOneFolder) {
    std::optional<Result<TrainingOutcome>> second;
    TrainingEvents events;
    events.event = [&](const Json& event) {
        if (event["event"] == "start" && !second) {
            TrainingSettings same = settings;
            same.resume = true;
            second = train(same, *loadNetworkBackend().value());
        }
    };
    EXPECT_TRUE(trained(events));
    ASSERT_TRUE(second.has_value());
    ASSERT_FALSE(*second);
    EXPECT_THAT(second->error().message, HasSubstr("another process is training in it"));
}

TEST_F(Training, AFolderThatWasLeftBeforeItsFirstCheckpointCanBeUsed) {
    ASSERT_TRUE(writeFileAtomically(settings.run / "checkpoint.safetensors", "half"));
    EXPECT_TRUE(trained());
}

TEST_F(Training, GoesOnFromABase) {
    const auto first = trained();
    ASSERT_TRUE(first);
    settings.base = settings.run.string();
    settings.run = folder.path() / "tuned";
    settings.preset.reset();
    settings.epochs = 1;
    Json end;
    std::vector<Json> still;  // to be done after the last step
    TrainingEvents events;
    events.event = [&](const Json& event) {
        end = event;
        if (event["event"] == "finish") still.push_back(event["what"]);
    };
    const auto tuned = trained(events);
    ASSERT_TRUE(tuned) << tuned.error().message;
    const Json begun = metrics(settings.run).front();
    EXPECT_EQ(begun["event"], "evaluation");
    EXPECT_EQ(begun["step"], 0);
    EXPECT_EQ(begun["validNatsPerNote"], tuned->baseNatsPerNote.value());
    EXPECT_NEAR(*tuned->baseNatsPerNote, *first->natsPerNote, 0.05) << "the base is not what training begins with";
    EXPECT_LE(tuned->natsPerNote, tuned->baseNatsPerNote) << "the base was better and is lost";
    ASSERT_FALSE(still.empty());
    EXPECT_EQ(still.back(), "looking for copies in its samples");
    EXPECT_EQ(end["verdict"], verdict(*tuned->baseNatsPerNote, *tuned->natsPerNote, "1 held-out piece"));
    EXPECT_EQ(parseJson(readTextFile(settings.run / "config.json").value()).value()["preset"], "tiny");
    EXPECT_EQ(Model::open(tuned->model).value()->config(), Model::open(first->model).value()->config());
    EXPECT_LT(tuned->natsPerNote.value(), 1.1 * first->natsPerNote.value());
}

TEST_F(Training, ABaseIsKeptWhereNothingBetterIsLearnt) {
    settings.folder = music / "5.mid";
    settings.epochs = 100;
    const auto first = trained();
    ASSERT_TRUE(first);
    settings.base = settings.run.string();
    settings.run = folder.path() / "tuned";
    settings.folder = music / "3.mid";
    settings.validFolder = (music / "5.mid").string();  // the base knows it, and learning the other is of no use
    settings.epochs = 12;
    const auto tuned = trained();
    ASSERT_TRUE(tuned) << tuned.error().message;
    EXPECT_EQ(tuned->natsPerNote, tuned->baseNatsPerNote);
    const auto base = SafeTensors::open(first->model).value();
    const auto kept = SafeTensors::open(tuned->model).value();
    for (const StoredTensor& tensor : kept.tensors()) {
        EXPECT_EQ(tensor.values(), base.find(tensor.name)->values()) << tensor.name;
    }
}

TEST_F(Training, TakesOverTheStylesOfABaseAndReadsNoFurtherThanIt) {
    settings.epochs = 1;
    const auto first = trained();
    ASSERT_TRUE(first);
    auto base = ModelFile::open(first->model).value();
    base.description.network.context = 64;
    base.description.card["styles"] = {"Chorale", "Song"};
    std::vector<OwnedTensor> tensors;
    std::vector<TensorView> views;
    for (const StoredTensor& tensor : base.weights.tensors()) {
        tensors.push_back({tensor.name, tensor.shape, tensor.values()});
    }
    std::ranges::transform(tensors, std::back_inserter(views), &OwnedTensor::view);
    ASSERT_TRUE(writeModelFile(folder.path() / "base.safetensors", base.description, views));
    settings.base = (folder.path() / "base.safetensors").string();
    settings.preset.reset();
    settings.run = folder.path() / "tuned";
    const auto tuned = trained();
    ASSERT_TRUE(tuned) << tuned.error().message;
    const Json config = parseJson(readTextFile(settings.run / "config.json").value()).value();
    EXPECT_EQ(config["window"], 64);
    EXPECT_EQ(config["batch"], 16);
    EXPECT_EQ(config["dropout"], 0.1);
    EXPECT_EQ(Model::open(tuned->model).value()->card()["styles"], base.description.card["styles"]);
}

TEST_F(Training, MinutesCanBeOfTheProcessor) {
    settings.minutes = 0.02;
    settings.epochs.reset();
    settings.processorTime = true;
    const std::clock_t before = std::clock();
    const auto outcome = trained();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_GE(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 1.2);
    settings.processorTime = false;
    settings.minutes.reset();
    settings.resume = true;
    const auto resumed = trained();
    ASSERT_TRUE(resumed) << resumed.error().message;
    EXPECT_EQ(resumed->steps, outcome->steps) << "the clock of the run was forgotten";
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
    EXPECT_THAT(trained().error().message, HasSubstr("its music is no longer what it was begun with"));
}

}  // namespace
}  // namespace ricercar
