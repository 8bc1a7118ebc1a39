#include "core/frames/frame_training.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/frames/frame_data.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using testing::HasSubstr;

class FrameTraining : public testing::Test {
protected:
    FrameTraining() {
        settings.data = folder.path() / "data.json";
        settings.run = folder.path() / "run";
        write(R"({"train": [[[60], [62], [60], [62]], [[60, 64], [62], [60, 64]]],
                  "valid": [[[60], [62], [60]], [[60]]], "test": []})");
    }
    void write(const std::string& text) const { ASSERT_TRUE(writeFileAtomically(settings.data, text)); }
    std::string refusal(std::stop_token stop = {}) const {
        const auto outcome = trainFrames(settings, {}, stop);
        return outcome ? std::string() : outcome.error().message;
    }

    const TemporaryFolder folder;
    FrameTrainingSettings settings;
};

TEST_F(FrameTraining, LeavesAModelThatJudgesAsItsMetricsSay) {
    settings.card = {{"data", "toy"}};
    const auto outcome = trainFrames(settings, {}, {});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->valid.frames, 2);
    auto model = FrameModel::open(outcome->model);
    ASSERT_TRUE(model) << model.error().message;
    const auto data = readFrameData(settings.data);
    EXPECT_EQ(judgeFrames(*model, data->valid, false, {}, {})->nats, outcome->valid.nats);
    const auto metrics = readTextFile(settings.run / "metrics.jsonl");
    ASSERT_TRUE(metrics);
    EXPECT_EQ(std::count(metrics->begin(), metrics->end(), '\n'), 3);
    EXPECT_THAT(*metrics, HasSubstr(Json(outcome->valid.perFrame()).dump()));
}

TEST_F(FrameTraining, TheSameSettingsGiveTheSameModel) {
    ASSERT_EQ(refusal(), "");
    const auto first = readFile(settings.run / "best.safetensors");
    settings.run = folder.path() / "again";
    ASSERT_EQ(refusal(), "");
    EXPECT_EQ(readFile(settings.run / "best.safetensors"), first);
}

TEST_F(FrameTraining, Refusals) {
    ASSERT_EQ(refusal(), "");
    EXPECT_THAT(refusal(), HasSubstr("already holds a training run"));
    settings.run = folder.path() / "other";
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(refusal(stop.get_token()), "stopped");
    write(R"({"train": [[[]]], "valid": [], "test": []})");
    EXPECT_THAT(refusal(), HasSubstr("no notes"));
    EXPECT_FALSE(std::filesystem::exists(settings.run / "config.json"));
}

}  // namespace
}  // namespace ricercar
