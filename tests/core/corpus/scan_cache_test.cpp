#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/core/corpus/scan_fixture.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using ScanCacheTest = ScanTest;

TEST_F(ScanCacheTest, ASecondScanReadsNothing) {
    writeSong("a.mid", ladder(60));
    writeSong("b.mid", ladder(60));
    writeSong("c.mid", ladder(61));
    writeText("d.mid", "rubbish");
    fs::create_symlink("nowhere", m_music / "e.mid");
    ScanReport first = scanMusic();
    EXPECT_EQ(first.filesRead, 4U);
    const auto written = fs::last_write_time(first.shard);
    ScanReport second = scanMusic();
    EXPECT_EQ(second.filesRead, 0U);
    EXPECT_EQ(fs::last_write_time(second.shard), written);
    second.filesRead = first.filesRead;
    second.scanSeconds = first.scanSeconds;
    EXPECT_EQ(toJson(second), toJson(first));
}

TEST_F(ScanCacheTest, ReadsOnlyWhatChanged) {
    for (int i = 0; i < 6; ++i) {
        writeSong(fmt::format("{}.mid", i), ladder(60 + i));
    }
    scanMusic();
    writeSong("1.mid", ladder(80));                        // other content
    fs::rename(m_music / "2.mid", m_music / "moved.mid");  // known content
    fs::remove(m_music / "3.mid");
    writeSong("new.mid", ladder(90));
    const ScanReport report = scanMusic();
    EXPECT_EQ(report.filesRead, 3U);
    EXPECT_THAT(pieces(report), ElementsAre("0.mid", "1.mid", "4.mid", "5.mid", "moved.mid", "new.mid"));

    const TemporaryFolder otherCache;
    m_cache = otherCache.path();
    const ScanReport afresh = scanMusic();
    EXPECT_EQ(*readTextFile(afresh.shard), *readTextFile(report.shard));
}

TEST_F(ScanCacheTest, ADuplicateTakesThePlaceOfItsLostOriginal) {
    writeSong("a.mid", ladder(60));
    Song copy = ladder(60);
    copy.tempi = {tempoAt(Tick{0}, 90)};
    writeSong("b.mid", copy);
    EXPECT_THAT(pieces(scanMusic()), ElementsAre("a.mid"));
    fs::remove(m_music / "a.mid");
    const ScanReport report = scanMusic();
    EXPECT_EQ(report.filesRead, 1U);
    EXPECT_THAT(pieces(report), ElementsAre("b.mid"));
    EXPECT_GT(report.tokens, 0U);
}

TEST_F(ScanCacheTest, EachVocabularyAndLimitHasItsOwnShard) {
    writeSong("a.mid", ladder(60));
    const ScanReport house = scanMusic();
    const auto events = scan(m_music, {*findVocabulary("events-1"), m_cache, {}});
    ASSERT_TRUE(events);
    EXPECT_NE(events->shard, house.shard);
    EXPECT_EQ(TokenShard::open(events->shard)->vocabularyName(), "events-1");
    m_limits.minNotes = 9;
    EXPECT_NE(scanMusic().shard, house.shard);
    EXPECT_EQ(TokenShard::open(house.shard)->size(), 1U);
}

TEST_F(ScanCacheTest, ADamagedCacheIsMadeAnewWithAWord) {
    writeSong("a.mid", ladder(60));
    scanMusic();
    const fs::path shard = onlyShard();
    const auto whole = readTextFile(shard);
    for (const std::string& damaged : {std::string(), whole->substr(0, whole->size() / 2), std::string(500, 'x')}) {
        ASSERT_TRUE(writeFileAtomically(shard, damaged));
        const ScanReport report = scanMusic();
        EXPECT_THAT(report.cacheRemark, HasSubstr("made anew"));
        EXPECT_EQ(report.filesRead, 1U);
        EXPECT_EQ(*readTextFile(shard), *whole);
    }
    EXPECT_THAT(scanMusic().cacheRemark, IsEmpty());
}

TEST_F(ScanCacheTest, AKilledScanLeavesTheOldCacheWhole) {
    writeSong("a.mid", ladder(60));
    scanMusic();
    const auto whole = readTextFile(onlyShard());
    const fs::path shard = onlyShard();
    writeSong("b.mid", ladder(61));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        (void)tryScan(m_music, [](const Progress&) { ::raise(SIGKILL); });
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(*readTextFile(shard), *whole);
    const ScanReport report = scanMusic();
    EXPECT_THAT(report.cacheRemark, IsEmpty());
    EXPECT_EQ(report.filesRead, 1U);
    EXPECT_THAT(pieces(report), ElementsAre("a.mid", "b.mid"));
}

TEST_F(ScanCacheTest, StopsWhenAsked) {
    writeSong("a.mid", ladder(60));
    writeSong("b.mid", ladder(61));
    std::stop_source source;
    const auto stopped = tryScan(
        m_music, [&](const Progress&) { source.request_stop(); }, source.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().message, "stopped after 1 of 2 files");
    const ScanReport report = scanMusic();
    EXPECT_THAT(report.cacheRemark, IsEmpty());
    EXPECT_EQ(report.filesRead, 1U) << "what was read before the stop is read again";
    EXPECT_THAT(pieces(report), ElementsAre("a.mid", "b.mid"));
}

TEST_F(ScanCacheTest, TwoAtOnceDoNoHarm) {
    for (int i = 0; i < 20; ++i) {
        writeSong(fmt::format("{}.mid", i), ladder(40 + i));
    }
    const auto work = [&] {
        for (int time = 0; time < 5; ++time) {
            const auto report = tryScan(m_music);
            ASSERT_TRUE(report) << report.error().message;
            EXPECT_THAT(report->cacheRemark, IsEmpty());
            EXPECT_THAT(pieces(*report), SizeIs(20));
            fs::last_write_time(m_music / "3.mid", fs::file_time_type::clock::now());
        }
    };
    {
        const std::jthread one(work);
        const std::jthread two(work);
    }
    EXPECT_THAT(pieces(scanMusic()), SizeIs(20));
}

TEST_F(ScanCacheTest, AStoppedScanKeepsWhatTheLastOneKnew) {
    for (const char* name : {"b.mid", "c.mid"}) {
        writeSong(name, ladder(name[0]));
    }
    scanMusic();
    writeSong("a.mid", ladder(60));
    writeSong("d.mid", ladder(61));
    std::stop_source source;
    ASSERT_FALSE(tryScan(
        m_music, [&](const Progress&) { source.request_stop(); }, source.get_token()));
    const ScanReport report = scanMusic();
    EXPECT_EQ(report.filesRead, 1U);
    EXPECT_THAT(pieces(report), ElementsAre("a.mid", "b.mid", "c.mid", "d.mid"));
}

TEST_F(ScanCacheTest, WithoutACacheThereIsStillAReport) {
    writeSong("a.mid", ladder(60));
    const ScanReport kept = scanMusic();
    writeText("../blocked", "a file where the cache should be");
    m_cache = m_temporary.path() / "blocked";
    const ScanReport report = scanMusic();
    EXPECT_THAT(report.cacheRemark, HasSubstr("blocked"));
    EXPECT_EQ(report.accepted, 1U);
    EXPECT_EQ(report.tokens, kept.tokens);
    EXPECT_TRUE(report.shard.empty());
    EXPECT_TRUE(checkAccepted(report));
    EXPECT_THAT(checkUsable(report).error().message, AllOf(HasSubstr("needs room in the cache folder: "),
                                                           HasSubstr("blocked"), HasSubstr("XDG_CACHE_HOME")));
}

TEST_F(ScanCacheTest, OnAFullDiskThereIsStillAReport) {
    writeSong("a.mid", ladder(60));
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit full = before;
    full.rlim_cur = 100;
    ::setrlimit(RLIMIT_FSIZE, &full);
    const auto report = tryScan(m_music);
    ::setrlimit(RLIMIT_FSIZE, &before);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->accepted, 1U);
    EXPECT_THAT(report->cacheRemark, HasSubstr("cannot write"));
    EXPECT_TRUE(fs::is_empty(m_cache / "corpus"));
    EXPECT_EQ(scanMusic().filesRead, 1U);
}

TEST_F(ScanCacheTest, ProgressGoesFromFileToFile) {
    writeSong("a.mid", ladder(60));
    writeSong("b.mid", ladder(61));
    std::vector<std::string> said;
    ASSERT_TRUE(tryScan(m_music, [&](const Progress& progress) {
        said.push_back(fmt::format("{} {:.1f}", progress.what, progress.fraction));
    }));
    EXPECT_THAT(said, ElementsAre("file 1 of 2 0.5", "file 2 of 2 1.0"));
}

}  // namespace
}  // namespace ricercar
