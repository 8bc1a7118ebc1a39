#include "core/midi/smf_writer.h"

#include <gmock/gmock.h>

#include <map>

#include "core/midi/channel_plan.h"
#include "core/midi/smf_bytes.h"
#include "core/midi/smf_reader.h"
#include "support/random_song.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using testing::IsEmpty;

/// A song as a file can hold it: a note-off ends the oldest note of its pitch, tempo and metre are stated at tick 0,
/// tracks that hold nothing are gone, channels are as planned.
Song asInAFile(Song song) {
    const auto places = planChannels(song);
    std::vector<std::shared_ptr<const Track>> tracks;
    for (std::size_t i = 0; i < song.tracks.size(); ++i) {
        Track track = *song.tracks[i];
        track.channel = places[i].channel;
        std::map<Pitch, std::vector<std::size_t>> byPitch;
        for (std::size_t n = 0; n < track.notes.size(); ++n) {
            byPitch[track.notes[n].pitch].push_back(n);
        }
        for (const auto& [pitch, indices] : byPitch) {
            std::vector<Tick> ends;
            for (const std::size_t index : indices) {
                ends.push_back(track.notes[index].end());
            }
            std::sort(ends.begin(), ends.end());
            for (std::size_t n = 0; n < ends.size(); ++n) {
                track.notes[indices[n]].duration = ends[n] - track.notes[indices[n]].onset;
            }
        }
        sortEvents(track);
        if (track != Track{{}, track.channel, {}, {}, {}, {}}) {
            tracks.push_back(std::make_shared<const Track>(track));
        }
    }
    song.tracks = tracks;
    if (song.tempi.empty() || song.tempi.front().tick > Tick{}) {
        song.tempi.insert(song.tempi.begin(), TempoChange{});
    }
    if (song.meters.empty() || song.meters.front().tick > Tick{}) {
        song.meters.insert(song.meters.begin(), MeterChange{});
    }
    return song;
}

/// A random song with everything else that a file can hold.
Song randomFullSong(Random& random) {
    Song song = randomSong(random);
    song.title = random.below(2) == 0 ? "" : "K\u00f6chel";
    const auto anyTick = [&] { return Tick{random.between(0, static_cast<int>(song.end.value))}; };
    for (int count = random.between(0, 3); count > 0; --count) {
        song.keys.push_back({anyTick(), random.between(-7, 7), random.below(2) == 0});
    }
    std::sort(song.keys.begin(), song.keys.end(), [](const auto& a, const auto& b) { return a.tick < b.tick; });
    for (auto& shared : song.tracks) {
        Track track = *shared;
        if (track.notes.empty()) {
            track.programs.clear();  // else they would apply to other tracks of the channel
        }
        track.name = std::string(random.below(300), 'n');
        for (int count = random.between(1, 20); count > 0; --count) {
            track.controls.push_back({anyTick(), static_cast<std::uint8_t>(random.below(128)),
                                      static_cast<std::uint8_t>(random.below(128))});
            track.bends.push_back({anyTick(), static_cast<std::int16_t>(random.between(-8192, 8191))});
        }
        sortEvents(track);
        shared = std::make_shared<const Track>(track);
    }
    for (const TempoChange& change : song.tempi) {
        song.end = std::max(song.end, change.tick);
    }
    for (const MeterChange& change : song.meters) {
        song.end = std::max(song.end, change.tick);
    }
    for (const auto& track : song.tracks) {
        for (const ProgramChange& change : track->programs) {
            song.end = std::max(song.end, change.tick);
        }
    }
    return song;
}

TEST(SmfWriter, ReadOfWriteIsTheSong) {
    Random random(1);
    for (int i = 0; i < 300; ++i) {
        const Song song = randomFullSong(random);
        const auto reading = readSmf(writeSmf(song));
        ASSERT_TRUE(reading) << reading.error().message;
        EXPECT_THAT(reading->warnings, IsEmpty()) << i;
        EXPECT_EQ(reading->song, asInAFile(song)) << i;
    }
}

TEST(SmfWriter, WritesTheBytesOfTheSpecification) {
    Song song;
    song.ticksPerQuarter = 96;
    song.title = "T";
    song.keys = {{Tick{0}, -1, true}};
    song.tracks = {
        std::make_shared<const Track>(Track{"Oboe",
                                            Channel::clamped(2),
                                            {{Tick{0}, TickDelta{200}, Pitch::clamped(60), Velocity::clamped(80)},
                                             {Tick{200}, TickDelta{0}, Pitch::clamped(62), Velocity::clamped(81)}},
                                            {{Tick{0}, Program::clamped(68)}},
                                            {{Tick{0}, 0, 1}},
                                            {{Tick{0}, -8192}}})};
    song.end = Tick{384};
    Bytes expected = bytesOf("\"MThd\" 00 00 00 06 00 01 00 02 00 60");
    appendBytes(expected, trackOf("00 FF 03 01 \"T\"  00 FF 58 04 04 02 18 08  00 FF 51 03 07 A1 20  00 FF 59 02 FF 01"
                                  "83 00 FF 2F 00"));
    appendBytes(expected,
                trackOf("00 FF 03 04 \"Oboe\"  00 B2 00 01  00 C2 44  00 E2 00 00  00 92 3C 50  81 48 82 3C 40"
                        "00 92 3E 51  00 82 3E 40  81 38 FF 2F 00"));
    EXPECT_EQ(writeSmf(song), expected);
}

TEST(SmfWriter, BridgesTimesThatOneNumberCannotHold) {
    Song song;
    song.tempi = {TempoChange{}};
    song.meters = {MeterChange{}};
    song.tracks = {std::make_shared<const Track>(Track{
        "", {}, {{Tick{1LL << 29}, TickDelta{1LL << 28}, Pitch::clamped(60), Velocity::clamped(80)}}, {}, {}, {}})};
    song.end = Tick{1LL << 30};
    EXPECT_EQ(readSmf(writeSmf(song))->song, song);
}

TEST(SmfWriter, FilesComeBack) {
    const TemporaryFolder folder;
    Random random(2);
    const Song song = randomFullSong(random);
    ASSERT_TRUE(writeSmfFile(folder.path() / "new" / "song.mid", song));
    EXPECT_EQ(readSmfFile(folder.path() / "new" / "song.mid")->song, asInAFile(song));
}

TEST(SmfWriter, CorpusSurvivesWritingAndReading) {
    const char* corpus = std::getenv("RICERCAR_CORPUS");
    if (corpus == nullptr) {
        GTEST_SKIP() << "RICERCAR_CORPUS is not set";
    }
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
        const auto reading = entry.path().extension() == ".mid" ? readSmfFile(entry.path()) : Result<SmfReading>();
        if (reading && !reading->song.tracks.empty()) {
            EXPECT_EQ(readSmf(writeSmf(reading->song))->song, asInAFile(reading->song)) << entry.path();
            ++files;
        }
    }
    EXPECT_GT(files, 0U);
}

}  // namespace
}  // namespace ricercar
