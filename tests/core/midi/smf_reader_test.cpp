#include "core/midi/smf_reader.h"

#include <gmock/gmock.h>

#include "core/midi/smf_bytes.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

SmfReading reading(const Bytes& bytes) {
    const auto result = readSmf(bytes);
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(SmfReading{});
}

Note note(std::int64_t onset, std::int64_t duration, int pitch, int velocity = 64) {
    return {Tick{onset}, TickDelta{duration}, Pitch::clamped(pitch), Velocity::clamped(velocity)};
}

/// The notes of the first track.
std::vector<Note> notesOf(const SmfReading& reading) {
    return reading.song.tracks.empty() ? std::vector<Note>{} : reading.song.tracks.front()->notes;
}

TEST(SmfReader, ReadsNotesAndStates) {
    const auto file = reading(fileOf({"00 FF 51 03 07 A1 20  00 FF 58 04 03 02 18 08  00 FF 59 02 FD 01  00 FF 2F 00",
                                      "00 FF 03 04 \"Lute\"  00 C3 18  00 B3 07 64  00 E3 00 50"
                                      "60 93 3C 40  60 83 3C 00  00 FF 2F 00"}));
    EXPECT_THAT(file.warnings, IsEmpty());
    EXPECT_EQ(file.format, 1);
    EXPECT_EQ(file.song.ticksPerQuarter, 96);
    EXPECT_THAT(file.song.tempi, ElementsAre(TempoChange{Tick{0}, 500'000}));
    EXPECT_THAT(file.song.meters, ElementsAre(MeterChange{Tick{0}, {3, 4}}));
    EXPECT_THAT(file.song.keys, ElementsAre(KeyChange{Tick{0}, -3, true}));
    EXPECT_EQ(file.song.end, Tick{192});
    ASSERT_THAT(file.song.tracks, SizeIs(1));
    EXPECT_EQ(*file.song.tracks[0], (Track{"Lute",
                                           Channel::clamped(3),
                                           {note(96, 96, 60)},
                                           {{Tick{0}, Program::clamped(24)}},
                                           {{Tick{0}, 7, 100}},
                                           {{Tick{0}, 0x50 * 128 - 8192}}}));
}

TEST(SmfReader, RunningStatusAndNoteOnWithoutVelocity) {
    const auto file = reading(fileOf({"00 90 3C 40  00 40 40  60 3C 00  00 40 00  00 FF 2F 00"}));
    EXPECT_THAT(file.warnings, IsEmpty());
    EXPECT_THAT(notesOf(file), ElementsAre(note(0, 96, 60), note(0, 96, 64)));
}

TEST(SmfReader, NoteOffEndsTheOldestNoteOfItsPitch) {
    const auto file =
        reading(fileOf({"00 90 3C 41  10 90 3C 42  10 90 3C 43  10 80 3C 00  10 80 3C 00  10 80 3C 00  00 FF 2F 00"}));
    EXPECT_THAT(notesOf(file), ElementsAre(note(0, 48, 60, 65), note(16, 48, 60, 66), note(32, 48, 60, 67)));
}

TEST(SmfReader, NotesOfOneOnsetAreInTheirOrder) {
    const auto file = reading(fileOf({"00 90 40 40  00 3C 40  10 3C 00  00 40 00  00 FF 2F 00"}));
    EXPECT_THAT(notesOf(file), ElementsAre(note(0, 16, 60), note(0, 16, 64)));
}

TEST(SmfReader, ZeroLengthNotesStay) {
    const auto file = reading(fileOf({"05 90 3C 40  00 80 3C 00  00 FF 2F 00"}));
    EXPECT_THAT(file.warnings, IsEmpty());
    EXPECT_THAT(notesOf(file), ElementsAre(note(5, 0, 60)));
}

TEST(SmfReader, EachChannelOfAChunkIsATrack) {
    const auto file =
        reading(fileOf({"00 FF 03 01 \"T\"  00 99 24 40  00 91 3C 40  60 81 3C 00  00 89 24 00  00 FF 2F 00"}, "00"));
    EXPECT_EQ(file.song.title, "T");
    ASSERT_THAT(file.song.tracks, SizeIs(2));
    EXPECT_EQ(file.song.tracks[0]->channel.midi(), 1);
    EXPECT_TRUE(file.song.tracks[1]->isDrums());
}

TEST(SmfReader, NamesGoToTitleTracksAndChannels) {
    const auto file = reading(fileOf({"00 FF 03 01 \"P\"  00 FF 2F 00",  // conductor
                                      "00 FF 03 01 \"Q\"  00 FF 2F 00",  // only a name
                                      "00 FF 03 01 \"R\"  00 FF 03 01 \"S\"  00 B0 07 01  00 B1 07 01  00 FF 2F 00",
                                      "00 FF 03 02 E9 41  00 B0 07 01  00 FF 2F 00",     // Latin-1
                                      "00 FF 03 02 C3 A9  00 B0 07 01  00 FF 2F 00"}));  // UTF-8
    EXPECT_THAT(file.warnings, IsEmpty());
    EXPECT_EQ(file.song.title, "P");
    std::vector<std::string> names;
    for (const auto& track : file.song.tracks) {
        names.push_back(track->name);
    }
    EXPECT_THAT(names, ElementsAre("Q", "R", "S", "\u00e9A", "\u00e9"));
}

TEST(SmfReader, ProgramsOfOtherChunksApplyUntilATrackHasItsOwn) {
    const auto file = reading(fileOf({"00 C0 05  10 C0 06  10 C0 07  00 FF 2F 00",        // set-up
                                      "00 90 3C 40  10 3C 00  00 FF 2F 00",               // hears 5 only
                                      "10 90 3C 40  00 C0 20  10 90 3C 00  00 FF 2F 00",  // has its own in time
                                      "00 90 3C 40  40 C0 20  00 90 3D 40  10 3C 00  00 3D 00  00 FF 2F 00",
                                      "00 FF 21 01 01  00 90 3C 40  10 3C 00  00 FF 2F 00"}));  // another port
    const auto programs = [&](std::size_t track) { return file.song.tracks.at(track)->programs; };
    const auto change = [](int tick, int program) { return ProgramChange{Tick{tick}, Program::clamped(program)}; };
    EXPECT_THAT(programs(0), ElementsAre(change(0, 5), change(16, 6), change(32, 7)));
    EXPECT_THAT(programs(1), ElementsAre(change(0, 5)));
    EXPECT_THAT(programs(2), ElementsAre(change(16, 32)));
    EXPECT_THAT(programs(3), ElementsAre(change(0, 5), change(64, 32)));
    EXPECT_THAT(programs(4), IsEmpty());
}

TEST(SmfReader, SysexIsSkipped) {
    const auto file =
        reading(fileOf({"00 F0 03 43 12 00  10 F7 02 01 F7  00 F7 02 F3 01  00 90 3C 40  10 80 3C 00  00 FF 2F 00"}));
    EXPECT_THAT(file.warnings, IsEmpty());
    EXPECT_THAT(notesOf(file), ElementsAre(note(16, 16, 60)));
}

TEST(SmfReader, UnknownChunksAreSkipped) {
    Bytes bytes = bytesOf("\"MThd\" 00 00 00 06 00 01 00 01 00 60  \"XFIH\" 00 00 00 03 01 02 03");
    appendBytes(bytes, trackOf("00 90 3C 40  10 80 3C 00  00 FF 2F 00"));
    const auto file = reading(bytes);
    EXPECT_THAT(file.warnings, IsEmpty());
    EXPECT_THAT(notesOf(file), SizeIs(1));
}

TEST(SmfReader, RiffIsUnwrapped) {
    Bytes bytes = bytesOf("\"RIFF\" 00 00 00 00 \"RMID\"  \"LIST\" 03 00 00 00 01 02 03 00  \"data\"");
    const Bytes inside = fileOf({"00 90 3C 40  10 80 3C 00  00 FF 2F 00", "00 FF 2F 00 00"});
    appendBytes(bytes, bytesOf("2F 00 00 00"));
    ASSERT_EQ(inside.size(), 0x2fU);
    appendBytes(bytes, inside);
    appendBytes(bytes, bytesOf("00"));
    const auto file = reading(bytes);
    EXPECT_THAT(notesOf(file), SizeIs(1));
    EXPECT_THAT(file.warnings, ElementsAre(SmfWarning{bytes.size() - 2, "data after the end of a track is ignored"}));
}

TEST(SmfReader, FormatTwoPatternsAllStartAtZero) {
    const auto file =
        reading(fileOf({"00 90 3C 40  10 80 3C 00  00 FF 2F 00", "00 90 3D 40  10 80 3D 00  00 FF 2F 00"}, "02"));
    EXPECT_EQ(file.format, 2);
    ASSERT_THAT(file.song.tracks, SizeIs(2));
    EXPECT_EQ(file.song.tracks[1]->notes.front(), note(0, 16, 61));
}

struct Division {
    const char* bytes;
    double secondsOf1000Ticks;
};
class SmpteDivision : public testing::TestWithParam<Division> {};

TEST_P(SmpteDivision, GivesEachTickItsLength) {
    const auto file =
        reading(fileOf({"00 FF 51 03 00 00 01  00 90 3C 40  87 68 3C 00  00 FF 2F 00"}, "01", GetParam().bytes));
    EXPECT_DOUBLE_EQ(lengthSeconds(file.song), GetParam().secondsOf1000Ticks);
    EXPECT_THAT(file.warnings, ElementsAre(SmfWarning{22, "a tempo is ignored: the file counts seconds"}));
}

INSTANTIATE_TEST_SUITE_P(Frames, SmpteDivision,
                         testing::Values(Division{"E8 28", 1000 / (24.0 * 40)}, Division{"E7 19", 1000 / (25.0 * 25)},
                                         Division{"E3 64", 1000 * 1.001 / (30.0 * 100)},
                                         Division{"E2 FF", 1000 / (30.0 * 255)}));

TEST(SmfReader, NothingIsReadBeyondCountableBars) {
    std::string events = "00 FF 58 04 01 07 18 08  00 90 3C 40 ";
    for (int i = 0; i < 64; ++i) {
        events += "FF FF FF 7F 90 3D 40  00 80 3D 00 ";
    }
    const auto file = reading(fileOf({events + "00 FF 2F 00"}));
    EXPECT_THAT(file.warnings, Contains(Field(&SmfWarning::message, "what comes after tick 2^30 is left out")));
    EXPECT_THAT(notesOf(file), SizeIs(5));
    EXPECT_EQ(file.song.end, Tick{4 * 0x0fffffffLL});
    EXPECT_GT(barCount(file.song), 0);
}

struct Fault {
    const char* name;
    Bytes bytes;
    SmfWarning warning;
    std::size_t notes = 1;
};
void PrintTo(const Fault& fault, std::ostream* stream) { *stream << fault.name; }
class SmfFault : public testing::TestWithParam<Fault> {};

TEST_P(SmfFault, IsAWarningWithItsPlace) {
    const auto file = reading(GetParam().bytes);
    EXPECT_THAT(file.warnings, ElementsAre(GetParam().warning));
    EXPECT_EQ(noteCount(file.song), GetParam().notes);
}

constexpr const char* goodTrack = "00 90 3C 40  10 80 3C 00  00 FF 2F 00";

/// A file with one good track and its bytes from `at` on replaced.
Bytes patched(std::size_t at, std::string_view replacement) {
    Bytes bytes = fileOf({goodTrack});
    const Bytes patch = bytesOf(replacement);
    std::copy(patch.begin(), patch.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    return bytes;
}

Bytes extended(Bytes bytes, std::string_view more) {
    appendBytes(bytes, bytesOf(more));
    return bytes;
}

INSTANTIATE_TEST_SUITE_P(
    All, SmfFault,
    testing::Values(
        Fault{"headerTooLong", patched(4, "7F 00 00 06"), {4, "the header's length is 2130706438 instead of 6"}},
        Fault{"headerTooShort", patched(4, "00 00 00 00"), {4, "the header's length is 0 instead of 6"}},
        Fault{"format", patched(8, "00 07"), {8, "format 7 does not exist; read as format 1"}},
        Fault{"frameRate", patched(12, "F6 0A"), {12, "10 frames a second are not in the standard"}},
        Fault{"trackCount", patched(10, "00 03"), {10, "the header promises 3 tracks, the file has 1"}},
        Fault{"lengthTooLong", patched(18, "7F FF FF FF"), {18, "a track's length goes beyond the end of the file"}},
        Fault{"lengthTooShort", patched(18, "00 00 00 02"), {18, "a track's length is wrong"}},
        Fault{"lengthSwallowsATrack",
              extended(patched(10, "00 02 00 60 \"MTrk\" 00 00 00 20"),
                       "\"MTrk\" 00 00 00 0C 00 90 3C 40 10 80 3C 00 00 FF 2F 00"),
              {18, "a track's length is wrong"},
              2},
        Fault{"bytesAfterTheEnd",
              extended(fileOf({goodTrack}), "00 00 00"),
              {34, "bytes that belong to no chunk are skipped"}},
        Fault{"eventsAfterTheEnd",
              fileOf({"00 90 3C 40  10 80 3C 00  00 FF 2F 00  00 90 3D 40"}),
              {34, "data after the end of a track is ignored"}},
        Fault{"noEnd", fileOf({"00 90 3C 40  10 80 3C 00"}), {30, "a track has no end-of-track event"}},
        Fault{"hangingNote",
              fileOf({"00 90 3C 40  10 FF 2F 00"}),
              {30, "a channel's notes that never end are ended with their track"}},
        Fault{"noteOffAlone",
              fileOf({"00 80 3D 00  00 90 3C 40  10 80 3C 00  00 80 3C 00  00 FF 2F 00"}),
              {22, "a note-off for a note that does not sound is ignored (2 times)"}},
        Fault{"dataOver127",
              fileOf({"00 90 3C C8  10 80 3C 00  00 FF 2F 00"}),
              {22, "a data byte over 127 is read as 127"}},
        Fault{"dataWithoutStatus",
              fileOf({"00 3C 40  90 3C 40  10 80 3C 00  00 FF 2F 00"}),
              {22, "data without a status byte is skipped"}},
        Fault{"cancelledRunningStatus",
              fileOf({"00 90 3C 40  00 FF 01 00  10 3C 00  00 FF 2F 00"}),
              {30, "running status goes on after a meta or system event"}},
        Fault{"systemMessage",
              fileOf({"00 F2 01 02  00 90 3C 40  10 80 3C 00  00 FF 2F 00"}),
              {22, "a system message that may not stand in a file is skipped"}},
        Fault{"longNumber",
              fileOf({"80 80 80 80  90 3C 40  10 80 3C 00  00 FF 2F 00"}),
              {22, "a number is longer than four bytes"}},
        Fault{"tempoZero",
              fileOf({"00 FF 51 03 00 00 00  00 90 3C 40  10 80 3C 00  00 FF 2F 00"}),
              {22, "a tempo of 0 or of a wrong length is ignored"}},
        Fault{"tempoCut",
              fileOf({"00 FF 51 02 07 A1  00 90 3C 40  10 80 3C 00  00 FF 2F 00"}),
              {22, "a tempo of 0 or of a wrong length is ignored"}},
        Fault{"meterOfNothing",
              fileOf({"00 FF 58 04 00 02 18 08  00 90 3C 40  10 80 3C 00  00 FF 2F 00"}),
              {22, "a time signature that makes no sense is ignored"}},
        Fault{"meterOf256ths",
              fileOf({"00 FF 58 04 04 08 18 08  00 90 3C 40  10 80 3C 00  00 FF 2F 00"}),
              {22, "a time signature that makes no sense is ignored"}},
        Fault{"keyOfEightSharps",
              fileOf({"00 FF 59 02 08 00  00 90 3C 40  10 80 3C 00  00 FF 2F 00"}),
              {22, "a key signature that makes no sense is ignored"}},
        Fault{"severalNames",
              fileOf({"00 90 3C 40  10 80 3C 00  00 FF 03 01 41  00 FF 03 01 42  00 FF 2F 00"}),
              {44, "a track has several names; the first is kept"}}),
    [](const auto& fault) { return fault.param.name; });

TEST(SmfReader, ACutFileKeepsWhatItHas) {
    Bytes bytes = fileOf({"00 90 3C 40  10 80 3C 00  00 90 3D 40  10 80 3D 00  00 FF 2F 00"});
    bytes.resize(36);
    const auto file = reading(bytes);
    EXPECT_THAT(notesOf(file), ElementsAre(note(0, 16, 60), note(16, 0, 61)));
    EXPECT_THAT(file.warnings,
                ElementsAre(SmfWarning{34, "an event is cut off by the end of its track"},
                            SmfWarning{36, "a channel's notes that never end are ended with their track"},
                            SmfWarning{36, "a track has no end-of-track event"},
                            SmfWarning{18, "a track's length goes beyond the end of the file"}));
}

TEST(SmfReader, EveryCutOfAFileIsReadOrRefused) {
    const Bytes whole = fileOf({"00 FF 03 02 \"ab\"  00 F0 02 01 F7  00 90 3C 40  10 80 3C 00  00 FF 2F 00"});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto result = readSmf(std::span(whole).first(size));
        EXPECT_EQ(result.has_value(), size >= 14) << size;
        EXPECT_TRUE(!result || !result->warnings.empty()) << size;
    }
}

TEST(SmfReader, RefusesWhatIsNoMidiFile) {
    const auto message = [](std::string_view description) {
        const auto result = readSmf(bytesOf(description));
        return result ? std::string() : result.error().message;
    };
    EXPECT_EQ(message(""), "not a MIDI file: there is no \"MThd\" at byte 0");
    EXPECT_EQ(message("\"MThd\" 00 00 00 06 00 01"), "the MIDI header is cut off at byte 10");
    EXPECT_EQ(message("\"MThd\" 00 00 00 06 00 01 00 00 00 00"), "the MIDI header's division is 0 at byte 12");
    EXPECT_EQ(message("\"MThd\" 00 00 00 06 00 01 00 00 E8 00"), "the MIDI header's division is 0 at byte 12");
    EXPECT_EQ(message("\"RIFF\" 00 00 00 00 \"RMID\" \"data\" 04 00 00 00 00 00 00 00"),
              "not a MIDI file: there is no \"MThd\" at byte 20");
}

TEST(SmfReader, ErrorsOfFilesNameThem) {
    const TemporaryFolder folder;
    EXPECT_THAT(readSmfFile(folder.path() / "none.mid").error().message, HasSubstr("none.mid"));
}

TEST(SmfReader, AFileOfFaultsGivesFewWarnings) {
    std::string events;
    for (int i = 0; i < 1000; ++i) {
        events += "00 80 3C 00 ";
    }
    EXPECT_THAT(reading(fileOf({events + "00 FF 2F 00"})).warnings, SizeIs(1));
}

}  // namespace
}  // namespace ricercar
