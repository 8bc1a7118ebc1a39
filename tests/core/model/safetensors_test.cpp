#include "core/model/safetensors.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using testing::HasSubstr;

class SafeTensorsFile : public testing::Test {
protected:
    SafeTensorsFile() {
        const std::vector<TensorView> tensors = {{"a", {2, 2}, matrix}, {"b", {3}, row}, {"empty", {0}, {}}};
        EXPECT_TRUE(writeSafeTensors(path, {{"note", "text"}}, tensors));
        bytes = readFile(path).value();
    }
    Result<SafeTensors> reopened(const std::vector<std::byte>& changed) const {
        EXPECT_TRUE(writeFileAtomically(path, changed));
        return SafeTensors::open(path);
    }

    const TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / "file.safetensors";
    const std::vector<float> matrix = {1, 2, 3, 4};
    const std::vector<float> row = {5, 6, 7};
    std::vector<std::byte> bytes;
};

TEST_F(SafeTensorsFile, RoundTrip) {
    const auto file = SafeTensors::open(path);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->metadata("note"), "text");
    EXPECT_EQ(file->metadata("other"), "");
    ASSERT_NE(file->find("a"), nullptr);
    EXPECT_EQ(shapeText(file->find("a")->shape), "[2, 2]");
    EXPECT_EQ(file->find("b")->values(), row);
    EXPECT_EQ(file->find("c"), nullptr);
    EXPECT_EQ(file->hash().size(), 32u);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file->find("a")->bytes.data()) % 64, 0u);
}

TEST_F(SafeTensorsFile, Bfloat16HalvesTheNumbersAndRoundsToTheNearest) {
    const float infinite = std::numeric_limits<float>::infinity();
    const std::vector<float> exact = {1.0F, -2.5F, 0.0F, infinite, 0x1.02p-120F};
    // Between 1 and 1 + 2^-7: below the middle, at it (down to the even one), above it; between the next two, at the
    // middle (up to the even one).
    const std::vector<float> between = {0x1.00fp0F, 0x1.01p0F, 0x1.011p0F, 0x1.03p0F,
                                        std::numeric_limits<float>::quiet_NaN()};
    const std::vector<float> rounded = {1.0F, 1.0F, 0x1.02p0F, 0x1.04p0F};
    const std::vector<TensorView> tensors = {{"exact", {5}, exact}, {"odd", {3}, row}, {"between", {5}, between}};
    ASSERT_TRUE(writeSafeTensors(path, {}, tensors, NumberType::bfloat16));
    const auto file = SafeTensors::open(path);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->find("exact")->values(), exact);
    EXPECT_EQ(file->find("odd")->values(), row);
    const std::vector<float> read = file->find("between")->values();
    EXPECT_TRUE(std::equal(rounded.begin(), rounded.end(), read.begin()));
    EXPECT_TRUE(std::isnan(read[4]));
}

TEST_F(SafeTensorsFile, EveryChangedByteIsNoticed) {
    Random random(1);
    for (std::size_t place = 0; place < bytes.size(); ++place) {
        auto changed = bytes;
        changed[place] ^= static_cast<std::byte>(1 + random.below(255));
        const auto file = reopened(changed);
        // White space around the header's JSON means nothing.
        if (file) {
            EXPECT_EQ(bytes[place], std::byte{' '}) << "byte " << place;
        }
    }
}

TEST_F(SafeTensorsFile, EveryTruncationIsNoticed) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(reopened({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)})) << size;
    }
    auto longer = bytes;
    longer.resize(bytes.size() + 4);
    EXPECT_FALSE(reopened(longer));
}

TEST_F(SafeTensorsFile, FilesOfOtherProgramsAreRefused) {
    const std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
    std::string file = std::string(8, '\0') + header + std::string(4 - header.size() % 4, ' ');
    file[0] = static_cast<char>(file.size() - 8);
    file.append(4, '\0');
    const auto content = std::as_bytes(std::span(file));
    EXPECT_THAT(reopened({content.begin(), content.end()}).error().message, HasSubstr("no model of this program"));
}

TEST_F(SafeTensorsFile, ErrorsNameTheFile) {
    EXPECT_THAT(SafeTensors::open("/nowhere.safetensors").error().message, HasSubstr("/nowhere.safetensors"));
    EXPECT_THAT(reopened({}).error().message, HasSubstr("file.safetensors"));
    EXPECT_THAT(reopened(std::vector<std::byte>(100, std::byte{'x'})).error().message, HasSubstr("not a model file"));
}

}  // namespace
}  // namespace ricercar
