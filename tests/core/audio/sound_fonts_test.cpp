#include "core/audio/sound_fonts.h"

#include <gmock/gmock.h>

#include <fstream>

#include "support/temporary_folder.h"
#include "tests/core/audio/scoped_environment.h"

namespace ricercar {
namespace {

TEST(SoundFonts, TheUsersOwnAreFoundAndTheBestComesFirst) {
    const TemporaryFolder folder;
    const auto own = folder.path() / "ricercar" / "soundfonts";
    std::filesystem::create_directories(own);
    for (const char* name : {"mine.sf2", "FluidR3Mono_GM.sf3", "readme.txt"}) {
        std::ofstream(own / name) << name;
    }
    std::filesystem::create_symlink(own / "mine.sf2", own / "other_name.sf2");
    const ScopedEnvironment data("XDG_DATA_HOME", folder.path());
    const auto fonts = installedSoundFonts();
    ASSERT_FALSE(fonts.empty());
    EXPECT_EQ(fonts.front(), own / "FluidR3Mono_GM.sf3");
    EXPECT_THAT(fonts, testing::Contains(own / "mine.sf2"));
    EXPECT_THAT(fonts, testing::Not(testing::Contains(own / "other_name.sf2")));
    EXPECT_THAT(fonts, testing::Not(testing::Contains(own / "readme.txt")));
}

TEST(SoundFonts, EnvironmentWinsOverTheSettingAndBothMustExist) {
    const TemporaryFolder folder;
    const auto one = folder.path() / "one.sf2";
    const auto two = folder.path() / "two.sf2";
    std::ofstream(one) << "1";
    std::ofstream(two) << "2";
    const ScopedEnvironment unset("RICERCAR_SOUNDFONT", "");
    EXPECT_EQ(findSoundFont(one).value(), one);
    EXPECT_THAT(findSoundFont(folder.path() / "none.sf2").error().message, testing::HasSubstr("none.sf2"));
    const ScopedEnvironment forced("RICERCAR_SOUNDFONT", two);
    EXPECT_EQ(findSoundFont(one).value(), two);
    const ScopedEnvironment wrong("RICERCAR_SOUNDFONT", "/no/such.sf2");
    EXPECT_THAT(findSoundFont(one).error().message, testing::HasSubstr("/no/such.sf2"));
}

}  // namespace
}  // namespace ricercar
