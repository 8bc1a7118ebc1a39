#include "core/train/music.h"

#include <sys/resource.h>

#include <array>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/corpus/scan.h"
#include "core/midi/smf_writer.h"
#include "core/train/holdout.h"
#include "core/train/windows.h"
#include "support/random_song.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class MusicTest : public testing::Test {
protected:
    MusicTest() {
        ::setenv("XDG_CACHE_HOME", (folder.path() / "cache").c_str(), 1);
        Random random(4);
        while (songs.size() < 8) {
            songs.push_back(randomSong(random));
            if (noteCount(songs.back()) < 20) songs.pop_back();
        }
    }

    /// A folder of MIDI files of these songs, as a shard in the folder `shards`.
    void writeShard(const std::string& name, const std::vector<std::size_t>& which, std::string_view text = "") {
        const fs::path midi = folder.path() / name;
        for (const std::size_t song : which) {
            Song named = songs[song];
            named.title = text;
            ASSERT_TRUE(writeSmfFile(midi / fmt::format("{}.mid", song), named));
        }
        ScanSettings settings;
        settings.vocabulary = vocabulary;
        const auto report = scan(midi, settings);
        ASSERT_TRUE(report) << report.error().message;
        fs::create_directories(shards);
        fs::copy(report->shard, shards / (name + ".shard"));
    }
    static std::vector<std::string> paths(const Music& music) {
        std::vector<std::string> all;
        for (std::size_t index = 0; index < music.size(); ++index) {
            all.push_back(music.piece(index).path);
        }
        return all;
    }

    const TemporaryFolder folder;
    const fs::path shards = folder.path() / "shards";
    const std::shared_ptr<const Vocabulary> vocabulary = findVocabulary("house-2").value();
    std::vector<Song> songs;
};

TEST_F(MusicTest, AShardIsDividedAsItsFolderIs) {
    writeShard("all", {0, 1, 2, 3, 4, 5, 6, 7});
    const auto ofFolder = loadMusic(folder.path() / "all", vocabulary, {}, {}).value();
    const auto ofShard = loadMusic(shards / "all.shard", vocabulary, {}, {}).value();
    EXPECT_EQ(paths(*ofShard), paths(*ofFolder));
    const Split split = holdOut(ofShard, *vocabulary);
    const Split expected = holdOut(ofFolder, *vocabulary);
    EXPECT_EQ(split.trainNames, expected.trainNames);
    EXPECT_TRUE(std::ranges::equal(split.valid[0], expected.valid[0]));
}

TEST_F(MusicTest, APieceInTwoShardsIsThereOnce) {
    writeShard("a", {0, 1, 2});
    writeShard("b", {2, 3}, "the same notes in other bytes");
    const auto music = loadMusic(shards, vocabulary, {}, {});
    ASSERT_TRUE(music) << music.error().message;
    EXPECT_THAT(paths(**music), ElementsAre("0.mid", "1.mid", "2.mid", "3.mid"));
    EXPECT_TRUE(std::ranges::equal((*music)->tokens(3), TokenShard::open(shards / "b.shard")->tokens(1)));
}

TEST_F(MusicTest, ShardsOfOtherTokensAreRefused) {
    writeShard("a", {0, 1});
    EXPECT_THAT(loadMusic(shards, findVocabulary("events-1").value(), {}, {}).error().message,
                HasSubstr("make it anew with scan --vocabulary events-1"));
    EXPECT_THAT(loadMusic(shards / "b.shard", vocabulary, {}, {}).error().message, HasSubstr("b.shard"));
    ASSERT_TRUE(writeFileAtomically(shards / "c.shard", "RICSHARD"));
    EXPECT_THAT(loadMusic(shards, vocabulary, {}, {}).error().message,
                HasSubstr("c.shard: the token shard is cut short"));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which need memory of their own
/// Memory of this process that is no mapped file, in bytes.
std::uint64_t ownMemory() {
    std::ifstream statm("/proc/self/statm");
    std::array<std::uint64_t, 6> pages{};
    for (auto& number : pages) {
        statm >> number;
    }
    return pages[5] * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

TEST_F(MusicTest, MayBeMoreThanMemoryHolds) {
    Song song;
    song.ticksPerQuarter = gridPerQuarter;
    Track track;
    for (int quarter = 0; quarter < 4'000; ++quarter) {
        track.notes.push_back({Tick{std::int64_t{quarter} * gridPerQuarter}, TickDelta{gridPerQuarter},
                               Pitch::clamped(60 + quarter % 7), Velocity::clamped(80)});
    }
    song.tracks.push_back(std::make_shared<const Track>(track));
    song.end = Tick{std::int64_t{4'000} * gridPerQuarter};
    const auto tokens = vocabulary->encode(song);
    const std::size_t pieces = 120'000'000 / tokens.size();  // 240 MB
    auto writer = ShardWriter::create(folder.path() / "much.shard", vocabulary->name());
    ASSERT_TRUE(writer);
    for (std::size_t number = 0; number < pieces; ++number) {
        const auto path = fmt::format("{}.mid", number);
        ASSERT_TRUE(writer->add({path, contentHash(path), 1, 1, 1}, tokens));
    }
    ASSERT_TRUE(writer->finish());
    const auto learn = [&] {
        const rlim_t limit = ownMemory() + 120'000'000;
        const rlimit limits{limit, limit};
        if (::setrlimit(RLIMIT_DATA, &limits) != 0) {
            return 2;
        }
        const auto music = loadMusic(folder.path() / "much.shard", vocabulary, {}, {});
        const Split split = holdOut(music.value(), *vocabulary);
        TrainingWindows windows(split.train, split.trainStyles, vocabulary, 256, 16, 1);
        for (const std::int64_t step : {0L, windows.stepsPerEpoch() / 2, windows.stepsPerEpoch() - 1}) {
            if (windows.batch(step).inputs.size() != 256 * 16) {
                return 3;
            }
        }
        return 0;
    };
    EXPECT_EXIT(std::_Exit(learn()), testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace ricercar
