#include "core/corpus/scan.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/core/corpus/scan_fixture.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(ScanTest, PutsTheTokensOfEachPieceIntoTheShard) {
    writeSong("b.mid", ladder(60));
    writeSong("a/deep/down.MIDI", ladder(50));
    const ScanReport report = scanMusic();
    EXPECT_EQ(report.accepted, 2U);
    EXPECT_EQ(report.notes, 16U);
    EXPECT_DOUBLE_EQ(report.seconds, 8);
    const auto shard = TokenShard::open(report.shard);
    ASSERT_TRUE(shard) << shard.error().message;
    EXPECT_EQ(shard->vocabularyName(), "house-2");
    ASSERT_EQ(shard->size(), 2U);
    EXPECT_EQ(shard->tokenCount(), report.tokens);
    EXPECT_EQ(shard->piece(0).path, "a/deep/down.MIDI");
    EXPECT_EQ(shard->piece(1).path, "b.mid");
    EXPECT_EQ(shard->piece(1).noteCount, 8U);
    EXPECT_DOUBLE_EQ(shard->piece(1).lengthQuarters, 8);
    EXPECT_DOUBLE_EQ(shard->piece(1).lengthSeconds, 4);
    const auto bytes = readFile(m_music / "b.mid");
    EXPECT_EQ(shard->piece(1).content, contentHash(*bytes));
    const auto vocabulary = *findVocabulary("house-2");
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
    writeText("a.mid", whole->substr(0, whole->size() - 74));
    const ScanReport report = scanMusic();
    ASSERT_THAT(paths(report.rejected.at(FileOutcome::broken)), ElementsAre("a.mid"));
    EXPECT_THAT(report.rejected.at(FileOutcome::broken).front().text, HasSubstr("there is no note in it; byte "));
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

}  // namespace
}  // namespace ricercar
