#include "core/frames/frame_model.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/model/safetensors.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using testing::HasSubstr;

Frame frameOf(std::initializer_list<int> keys) {
    Frame frame;
    for (const int key : keys) {
        frame.add(key);
    }
    return frame;
}

constexpr int lowest = 40;
constexpr int highest = 42;

/// A tune of three keys that repeats itself with changes.
FramePiece tune(Random& random, std::size_t length) {
    FramePiece piece;
    while (piece.size() < length) {
        Frame frame;
        if (piece.size() >= 8 && random.below(5) != 0) {
            frame = piece[piece.size() - 8];
        } else {
            for (int key = lowest; key <= highest; ++key) {
                if (random.below(3) == 0) {
                    frame.add(key);
                }
            }
        }
        piece.push_back(frame);
    }
    return piece;
}

class FrameModelTest : public testing::Test {
protected:
    FrameModelTest() {
        for (int index = 0; index < 6; ++index) {
            model.learn(tune(random, 40));
        }
    }
    Random random{1};
    FrameModel model{lowest, highest};
};

/// Computed by hand: a model that learns no key takes each of the 88 to sound half a time in the frames that it
/// remembers, 4 here, so with a chance of 0.5 / 5. The frames that count, which are not the first of their piece, hold
/// 3, 0 and 2 keys.
TEST(FrameLoss, LeavesOutFirstFramesAndPoolsTheOthers) {
    FrameModel model(0, -1);
    model.learn({Frame(), Frame(), Frame(), Frame()});
    FrameLoss loss;
    loss += model.judge({frameOf({1, 2, 3, 4, 5, 6, 7, 8}), frameOf({10, 50, 87}), Frame()});
    loss += model.judge({frameOf({20})});
    loss += model.judge({Frame(), frameOf({0, 1})});
    EXPECT_EQ(loss.frames, 3);
    const double sounding = -std::log(0.1);
    const double silent = -std::log(0.9);
    EXPECT_NEAR(loss.nats, (3 + 0 + 2) * sounding + (85 + 88 + 86) * silent, 1e-9);
    EXPECT_NEAR(loss.perFrame(), (5 * 2.302585 + 259 * 0.1053605) / 3, 1e-5);
}

/// The chances of all the ways in which a piece may go on for two frames: were a frame, or the key of a frame, seen
/// before it is foretold, they would be more than one.
TEST_F(FrameModelTest, IsADistributionOverSets) {
    constexpr int sets = 8;
    for (const std::size_t length : {1u, 7u, 24u}) {
        FramePiece piece = tune(random, length);
        const double before = model.judge(piece).nats;
        double sum = 0;
        for (int next = 0; next < sets * sets; ++next) {
            FramePiece longer = piece;
            for (const int set : {next % sets, next / sets}) {
                Frame frame;
                for (int bit = 0; bit < 3; ++bit) {
                    if ((set >> bit & 1) != 0) {
                        frame.add(lowest + bit);
                    }
                }
                longer.push_back(frame);
            }
            sum += std::exp(before - model.judge(longer).nats);
        }
        const double othersSilent = std::pow(1 - 0.5 / (6 * 40 + 1), 2 * (keyCount - 3));
        EXPECT_NEAR(sum, othersSilent, 1e-5) << length;
    }
}

TEST_F(FrameModelTest, LearnsFromPiecesAndFromThePieceAtHand) {
    const FramePiece piece = tune(random, 200);
    FrameModel untaught(lowest, highest);
    const double atOnce = untaught.judge(piece).perFrame();
    const double taught = model.judge(piece).perFrame();
    EXPECT_LT(taught, 0.9 * atOnce);
    const FramePiece first(piece.begin(), piece.begin() + 40);
    const FrameLoss beginning = model.judge(first);
    const double later = (model.judge(piece).nats - beginning.nats) / 160;
    EXPECT_LT(later, beginning.perFrame());
}

TEST_F(FrameModelTest, NothingOfAJudgedPieceStays) {
    const FramePiece piece = tune(random, 50);
    const FramePiece other = tune(random, 50);
    const double nats = model.judge(piece).nats;
    model.judge(other);
    EXPECT_EQ(model.judge(piece).nats, nats);
    EXPECT_NE(model.judge(piece, true).nats, nats);
}

TEST_F(FrameModelTest, AnOpenedModelJudgesAsTheOneWritten) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "model.safetensors";
    ASSERT_TRUE(model.write(path, {{"name", "toy"}}));
    auto opened = FrameModel::open(path);
    ASSERT_TRUE(opened) << opened.error().message;
    const FramePiece piece = tune(random, 60);
    EXPECT_EQ(opened->judge(piece).nats, model.judge(piece).nats);
}

TEST_F(FrameModelTest, AFileThatIsNoModelOfFramesIsRefused) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "model.safetensors";
    const std::vector<float> weights(static_cast<std::size_t>(model.weightCount()));
    const auto refusal = [&](const char* description, std::vector<float> frames, std::vector<float> lengths) {
        const std::vector<TensorView> tensors = {{"weights", {model.weightCount()}, weights},
                                                 {"frames", {static_cast<std::int64_t>(frames.size())}, frames},
                                                 {"lengths", {static_cast<std::int64_t>(lengths.size())}, lengths}};
        EXPECT_TRUE(writeSafeTensors(path, {{"ricercar-frames", description}}, tensors));
        const auto opened = FrameModel::open(path);
        return opened ? std::string() : opened.error().message;
    };
    constexpr const char* good = R"({"version": 1, "lowestKey": 40, "highestKey": 42})";
    EXPECT_EQ(refusal(good, {0, 0, 0, 0}, {1}), "");
    EXPECT_THAT(refusal("", {}, {}), HasSubstr("is no model of frames"));
    EXPECT_THAT(refusal(R"({"version": 0, "lowestKey": 40, "highestKey": 42})", {}, {}), HasSubstr("another version"));
    EXPECT_THAT(refusal(R"({"version": 1, "lowestKey": 40, "highestKey": 88})", {}, {}), HasSubstr("another version"));
    EXPECT_THAT(refusal(good, {0, 0.5, 0, 0}, {1}), HasSubstr("piece 1: 0.5"));
    EXPECT_THAT(refusal(good, {0, 1 << 22, 0, 0}, {1}), HasSubstr("piece 1: 4194304"));
    for (const float length : {-1.0F, 0.0F, 2.0F, 1e30F, NAN}) {
        EXPECT_THAT(refusal(good, {0, 0, 0, 0}, {length}), HasSubstr("piece 1")) << length;
    }
    EXPECT_THAT(refusal(good, {0, 0, 0, 0, 0, 0, 0, 0}, {1}), HasSubstr("goes on after the last piece"));
}

}  // namespace
}  // namespace ricercar
