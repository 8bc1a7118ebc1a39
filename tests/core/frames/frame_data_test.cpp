#include "core/frames/frame_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using testing::HasSubstr;

Result<FrameData> read(const std::string& text) {
    const TemporaryFolder folder;
    EXPECT_TRUE(writeFileAtomically(folder.path() / "data.json", text));
    return readFrameData(folder.path() / "data.json");
}

TEST(FrameData, Splits) {
    const auto data = read(R"({"train": [[[21, 108], []], [[60]]], "valid": [[[61]]], "test": []})");
    ASSERT_TRUE(data) << data.error().message;
    ASSERT_EQ(data->train.size(), 2u);
    ASSERT_EQ(data->train[0].size(), 2u);
    EXPECT_TRUE(data->train[0][0].sounds(0));
    EXPECT_TRUE(data->train[0][0].sounds(87));
    EXPECT_EQ(data->train[0][0].size(), 2);
    EXPECT_EQ(data->train[0][1], Frame());
    EXPECT_TRUE(data->split("valid")[0][0].sounds(40));
    EXPECT_TRUE(data->split("test").empty());
}

TEST(FrameData, ErrorsNameThePlace) {
    for (const auto& [text, what] : std::vector<std::pair<std::string, std::string>>{
             {"", "data.json"},
             {"[]", "\"train\""},
             {R"({"train": [[[60]]], "test": []})", "\"valid\""},
             {R"({"train": {}, "valid": [], "test": []})", "\"train\""},
             {R"({"train": [[[60]], []], "valid": [], "test": []})", "train, piece 2"},
             {R"({"train": [[60]], "valid": [], "test": []})", "train, piece 1, frame 1: not a list"},
             {R"({"train": [], "valid": [[[60], [60, 20]]], "test": []})", "valid, piece 1, frame 2: 20"},
             {R"({"train": [], "valid": [], "test": [[[109]]]})", "109 is no MIDI pitch from 21 to 108"},
             {R"({"train": [[[60.5]]], "valid": [], "test": []})", "60.5"},
             {R"({"train": [[["C"]]], "valid": [], "test": []})", "\"C\""},
             {R"({"train": [[[99999999999]]], "valid": [], "test": []})", "99999999999"}}) {
        const auto data = read(text);
        ASSERT_FALSE(data) << text;
        EXPECT_THAT(data.error().message, HasSubstr(what));
        EXPECT_THAT(data.error().message, HasSubstr("data.json"));
    }
    EXPECT_FALSE(readFrameData("/nowhere/data.json"));
}

}  // namespace
}  // namespace ricercar
