#include "core/corpus/scan.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/corpus/shard.h"
#include "core/midi/smf_writer.h"
#include "support/song_builder.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Eight notes up from `pitch`, a quarter each.
Song ladder(int pitch) {
    SongBuilder song;
    for (int step = 0; step < 8; ++step) {
        song.note(pitch + step, 1);
    }
    return song.build();
}

class ScanTest : public testing::Test {
protected:
    void writeSong(const fs::path& name, const Song& song) { ASSERT_TRUE(writeSmfFile(m_music / name, song)); }
    void writeText(const fs::path& name, std::string_view text) {
        ASSERT_TRUE(writeFileAtomically(m_music / name, text));
    }
    Result<ScanReport> tryScan(const fs::path& folder, const ProgressSink& progress = {}, std::stop_token stop = {}) {
        return scan(folder, {*findVocabulary("house-1"), m_cache, m_limits}, progress, stop);
    }
    ScanReport scanMusic() {
        auto report = tryScan(m_music);
        EXPECT_TRUE(report) << report.error().message;
        return *report;
    }
    fs::path onlyShard() const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(m_cache / "corpus")) {
            files.push_back(entry.path());
        }
        EXPECT_THAT(files, SizeIs(1));
        return files.front();
    }

    TemporaryFolder m_temporary;
    fs::path m_music = m_temporary.path() / "music";
    fs::path m_cache = m_temporary.path() / "cache";
    ScanLimits m_limits;
};

std::vector<std::string> paths(const std::vector<FileRemark>& files) {
    std::vector<std::string> list;
    for (const FileRemark& file : files) {
        list.push_back(file.path);
    }
    return list;
}

std::vector<std::string> pieces(const ScanReport& report) {
    const auto shard = TokenShard::open(report.shard);
    std::vector<std::string> list;
    for (std::size_t i = 0; shard && i < shard->size(); ++i) {
        list.push_back(shard->piece(i).path);
    }
    return list;
}

TEST_F(ScanTest, PutsTheTokensOfEachPieceIntoTheShard) {
    writeSong("b.mid", ladder(60));
    writeSong("a/deep/down.MIDI", ladder(50));
    const ScanReport report = scanMusic();
    EXPECT_EQ(report.accepted, 2U);
    EXPECT_EQ(report.notes, 16U);
    EXPECT_DOUBLE_EQ(report.seconds, 8);
    const auto shard = TokenShard::open(report.shard);
    ASSERT_TRUE(shard) << shard.error().message;
    EXPECT_EQ(shard->vocabularyName(), "house-1");
    ASSERT_EQ(shard->size(), 2U);
    EXPECT_EQ(shard->tokenCount(), report.tokens);
    EXPECT_EQ(shard->piece(0).path, "a/deep/down.MIDI");
    EXPECT_EQ(shard->piece(1).path, "b.mid");
    EXPECT_EQ(shard->piece(1).noteCount, 8U);
    EXPECT_DOUBLE_EQ(shard->piece(1).lengthQuarters, 8);
    EXPECT_DOUBLE_EQ(shard->piece(1).lengthSeconds, 4);
    const auto bytes = readFile(m_music / "b.mid");
    EXPECT_EQ(shard->piece(1).content, contentHash(*bytes));
    const auto vocabulary = *findVocabulary("house-1");
    const auto song = decode(*vocabulary, shard->tokens(1));
    ASSERT_TRUE(song) << song.error().message;
    EXPECT_EQ(noteCount(*song), 8U);
}

TEST_F(ScanTest, FindsMidiFilesByNameAndByContent) {
    int pitch = 40;
    for (const char* name : {"1.mid", "2.MID", "3.midi", "4.smf", "5.Kar", "6.rmi", "no-ending", "music.bak"}) {
        writeSong(name, ladder(pitch++));
    }
    writeText("notes.txt", "a text");
    writeText("sound.wav", std::string("RIFF\x10\0\0\0WAVEfmt ", 16));
    writeText("short", "M");
    const ScanReport report = scanMusic();
    EXPECT_EQ(report.midiFiles, 8U);
    EXPECT_EQ(report.accepted, 8U);
    EXPECT_EQ(report.otherFiles, 3U);
}

TEST_F(ScanTest, GivesEachRejectionItsReason) {
    writeSong("a-good.mid", ladder(60));
    writeText("empty.mid", "");
    writeText("text.mid", "not music at all, but long enough for a header");
    writeText("cut-header.mid", "MThd");
    fs::create_directories(m_music / "folder.mid");
    writeSong("folder.mid/inside.mid", ladder(20));
    writeSong("no-notes.mid", SongBuilder().track().build());
    writeSong("short.mid", SongBuilder().note(60, 1).build());
    writeSong("long.mid", SongBuilder().note(60, 4000).note(60, 4000).build());
    Song copy = ladder(60);
    copy.tempi = {tempoAt(Tick{0}, 90)};
    writeSong("z-copy.mid", copy);
    fs::create_symlink("nowhere", m_music / "dangling.mid");
    fs::create_directory_symlink("..", m_music / "folder.mid/loop");
    ASSERT_EQ(::mkfifo((m_music / "pipe.mid").c_str(), 0600), 0);
    {
        writeSong("whole.mid", ladder(30));
        const auto whole = readTextFile(m_music / "whole.mid");
        writeText("truncated.mid", whole->substr(0, whole->size() - 40));
        fs::remove(m_music / "whole.mid");
    }
    m_limits.minNotes = 2;
    m_limits.maxMinutes = 10;
    const ScanReport report = scanMusic();

    const auto reason = [&](FileOutcome outcome, std::string_view path) {
        for (const FileRemark& file : report.rejected.at(outcome)) {
            if (file.path == path) {
                return file.text;
            }
        }
        return std::string("not listed");
    };
    EXPECT_EQ(reason(FileOutcome::notMidi, "empty.mid"), "the file is empty");
    EXPECT_THAT(reason(FileOutcome::notMidi, "text.mid"), HasSubstr("not a MIDI file"));
    EXPECT_THAT(reason(FileOutcome::broken, "cut-header.mid"), HasSubstr("byte 4"));
    EXPECT_EQ(reason(FileOutcome::noNotes, "no-notes.mid"), "there is no note in it");
    EXPECT_EQ(reason(FileOutcome::tooShort, "short.mid"), "1 of at least 2 notes");
    EXPECT_EQ(reason(FileOutcome::tooLong, "long.mid"), "67 of at most 10 minutes");
    EXPECT_EQ(reason(FileOutcome::duplicate, "z-copy.mid"), "the same notes as a-good.mid");
    EXPECT_EQ(reason(FileOutcome::unreadable, "dangling.mid"), "No such file or directory");
    EXPECT_EQ(reason(FileOutcome::unreadable, "pipe.mid"), "not a regular file");
    // Half a piece is still music, but the report tells.
    EXPECT_THAT(paths(report.faulty), ElementsAre("truncated.mid"));
    EXPECT_THAT(report.faulty.front().text, HasSubstr("byte "));
    EXPECT_THAT(pieces(report), ElementsAre("a-good.mid", "folder.mid/inside.mid", "truncated.mid"));
    EXPECT_EQ(report.midiFiles, 12U);
}

TEST_F(ScanTest, AFileThatLostItsNotesIsBroken) {
    writeSong("a.mid", ladder(60));
    const auto whole = readTextFile(m_music / "a.mid");
    writeText("a.mid", whole->substr(0, whole->size() - 55));
    const ScanReport report = scanMusic();
    ASSERT_THAT(paths(report.rejected.at(FileOutcome::broken)), ElementsAre("a.mid"));
    EXPECT_THAT(report.rejected.at(FileOutcome::broken).front().text, HasSubstr("broken at byte"));
}

TEST_F(ScanTest, NamesWhatPermissionsHide) {
    if (::geteuid() == 0) {
        GTEST_SKIP() << "the superuser may read everything";
    }
    writeSong("hidden.mid", ladder(60));
    writeSong("locked/in.mid", ladder(61));
    ASSERT_EQ(::chmod((m_music / "hidden.mid").c_str(), 0), 0);
    ASSERT_EQ(::chmod((m_music / "locked").c_str(), 0), 0);
    const ScanReport report = scanMusic();
    ASSERT_EQ(::chmod((m_music / "locked").c_str(), 0700), 0);
    EXPECT_THAT(paths(report.rejected.at(FileOutcome::unreadable)), ElementsAre("hidden.mid", "locked"));
}

TEST_F(ScanTest, DuplicatesAreFoundByNotesAlone) {
    Song original = ladder(60);
    // The same music later, at twice the resolution, in two tracks, on another instrument, at other velocities.
    SongBuilder copy;
    copy.rest(3).track(40);
    for (int step = 0; step < 8; ++step) {
        if (step == 4) {
            copy.track(41).rest(4);
        }
        copy.note(60 + step, 1, 100);
    }
    Song other = copy.build();
    Song doubled = original;
    doubled.ticksPerQuarter *= 2;
    Track track = *original.tracks.front();
    for (Note& note : track.notes) {
        note.onset.value = note.onset.value * 2 + 1920;
        note.duration.value *= 2;
    }
    doubled.tracks = {std::make_shared<const Track>(track)};
    doubled.end = lastNoteEnd(doubled);
    Song changed = ladder(60);
    track = *changed.tracks.front();
    track.notes.back().duration.value -= 1;
    changed.tracks = {std::make_shared<const Track>(track)};
    writeSong("1.mid", original);
    writeSong("2.mid", other);
    writeSong("3.mid", doubled);
    writeSong("4.mid", changed);
    const ScanReport report = scanMusic();
    EXPECT_THAT(paths(report.rejected.at(FileOutcome::duplicate)), ElementsAre("2.mid", "3.mid"));
    EXPECT_EQ(report.accepted, 2U);
}

TEST_F(ScanTest, OnlyDrumsAreAcceptedUnlessTheLimitsSayOtherwise) {
    SongBuilder drums;
    drums.drums();
    for (int i = 0; i < 8; ++i) {
        drums.note(36, 1);
    }
    writeSong("drums.mid", drums.build());
    EXPECT_EQ(scanMusic().accepted, 1U);
    EXPECT_EQ(scanMusic().instruments, (std::map<int, std::uint64_t>{{drumKit, 1}}));
    m_limits.acceptOnlyDrums = false;
    EXPECT_THAT(paths(scanMusic().rejected.at(FileOutcome::onlyDrums)), ElementsAre("drums.mid"));
}

TEST_F(ScanTest, DropsEmptyTracks) {
    Song song = ladder(60);
    Track empty;
    empty.name = "nothing here";
    song.tracks.push_back(std::make_shared<const Track>(empty));
    writeSong("a.mid", song);
    const ScanReport report = scanMusic();
    EXPECT_EQ(report.accepted, 1U);
    EXPECT_EQ(report.emptyTracks, 1U);
}

TEST_F(ScanTest, TakesASingleFile) {
    writeSong("one.mid", ladder(60));
    writeSong("two.mid", ladder(61));
    const auto report = tryScan(m_music / "one.mid");
    ASSERT_TRUE(report);
    EXPECT_EQ(report->midiFiles, 1U);
    EXPECT_THAT(pieces(*report), ElementsAre("one.mid"));
}

TEST_F(ScanTest, SaysWhyNothingIsUsable) {
    const auto missing = tryScan(m_music / "missing");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("missing: there is no such file or folder"));

    fs::create_directories(m_music);
    const auto sentence = [&] { return checkUsable(scanMusic()).error().message; };
    EXPECT_THAT(sentence(), HasSubstr("the folder is empty"));
    writeText("readme.txt", "hello");
    EXPECT_THAT(sentence(), HasSubstr("there is no MIDI file, only 1 other file"));
    writeText("bad.mid", "hello");
    writeSong("short.mid", SongBuilder().note(60, 1).build());
    EXPECT_THAT(sentence(), HasSubstr("none of 2 MIDI files can be used (1 not MIDI, 1 too short)"));
    writeSong("good.mid", ladder(60));
    EXPECT_TRUE(checkUsable(scanMusic()));
}

TEST_F(ScanTest, ASecondScanReadsNothing) {
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

TEST_F(ScanTest, ReadsOnlyWhatChanged) {
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

TEST_F(ScanTest, ADuplicateTakesThePlaceOfItsLostOriginal) {
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

TEST_F(ScanTest, EachVocabularyAndLimitHasItsOwnShard) {
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

TEST_F(ScanTest, ADamagedCacheIsMadeAnewWithAWord) {
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

TEST_F(ScanTest, AKilledScanLeavesTheOldCacheWhole) {
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

TEST_F(ScanTest, StopsWhenAsked) {
    writeSong("a.mid", ladder(60));
    writeSong("b.mid", ladder(61));
    std::stop_source source;
    const auto stopped = tryScan(
        m_music, [&](const Progress&) { source.request_stop(); }, source.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().message, "stopped after 1 of 2 files");
    EXPECT_THAT(scanMusic().cacheRemark, IsEmpty());
}

TEST_F(ScanTest, TwoAtOnceDoNoHarm) {
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

TEST_F(ScanTest, SaysWhereTheCacheCannotBeWritten) {
    writeSong("a.mid", ladder(60));
    writeText("../blocked", "a file where the cache should be");
    m_cache = m_temporary.path() / "blocked";
    const auto report = tryScan(m_music);
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().message, HasSubstr("blocked"));
}

TEST_F(ScanTest, ProgressGoesFromFileToFile) {
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
