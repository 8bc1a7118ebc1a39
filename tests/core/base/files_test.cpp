#include "core/base/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using testing::HasSubstr;

TEST(Files, WritesWholeAndLeavesNoTemporary) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "sub/one.txt";
    ASSERT_TRUE(writeFileAtomically(path, "first"));
    ASSERT_TRUE(writeFileAtomically(path, "second"));
    EXPECT_EQ(readTextFile(path).value(), "second");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);
}

TEST(Files, FailedWriteKeepsTheOldContent) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "taken";
    std::filesystem::create_directories(path / "inside");
    const auto written = writeFileAtomically(path, "text");
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().message, HasSubstr(path.string()));
    EXPECT_TRUE(std::filesystem::exists(path / "inside"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Files, MissingFileIsNamed) {
    EXPECT_THAT(readFile("/nowhere/at.all").error().message, HasSubstr("/nowhere/at.all"));
    EXPECT_THAT(MappedFile::open("/nowhere/at.all").error().message, HasSubstr("No such file"));
}

TEST(Files, MapsContent) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "bytes";
    ASSERT_TRUE(writeFileAtomically(path, "abc"));
    const auto mapped = MappedFile::open(path);
    ASSERT_TRUE(mapped);
    EXPECT_EQ(mapped->bytes().size(), 3u);
    EXPECT_EQ(mapped->bytes()[2], std::byte{'c'});
}

}  // namespace
}  // namespace ricercar
