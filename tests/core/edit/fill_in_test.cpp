#include "core/edit/fill_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/edit/bars.h"
#include "support/song_builder.h"

namespace ricercar {
namespace {

Song fourBarsOfTwo() {
    Song song = SongBuilder().note(60, 4).note(62, 4).note(64, 4).note(65, 4).build();
    const Song bass = SongBuilder().note(36, 4).note(38, 4).note(40, 4).note(41, 4).build();
    auto track = std::make_shared<Track>(*bass.tracks[0]);
    track->name = "Bass";
    song.tracks.push_back(track);
    return song;
}

std::vector<int> pitches(const Track& track) {
    std::vector<int> found;
    for (const Note& note : track.notes) {
        found.push_back(note.pitch.midi());
    }
    return found;
}

TEST(FillIn, GoesThroughJson) {
    for (const FillIn& fill :
         {FillIn{.firstBar = 2, .lastBar = 5, .tracks = {1, 3}, .added = {}},
          FillIn{.firstBar = 0, .lastBar = 0, .tracks = {}, .added = FillIn::Instrument{true, {}}},
          FillIn{
              .firstBar = 0, .lastBar = 7, .tracks = {}, .added = FillIn::Instrument{false, Program::clamped(32)}}}) {
        EXPECT_EQ(fillInFromJson(toJson(fill)).value(), fill);
    }
    EXPECT_EQ(toJson(FillIn{.firstBar = 2, .lastBar = 5, .tracks = {}, .added = {}}),
              Json::parse(R"({"firstBar": 3, "lastBar": 6})"));
}

TEST(FillIn, WholeNumbersMayBeWrittenAsFractions) {
    EXPECT_EQ(fillInFromJson(Json::parse(R"({"firstBar": 3.0, "lastBar": 6})"))->firstBar, 2);
    EXPECT_FALSE(fillInFromJson(Json::parse(R"({"firstBar": 3.5, "lastBar": 6})")));
}

TEST(FillIn, TheErrorNamesTheField) {
    using testing::HasSubstr;
    const auto message = [](const char* text) { return fillInFromJson(Json::parse(text)).error().message; };
    EXPECT_THAT(message("7"), HasSubstr("\"firstBar\""));
    EXPECT_THAT(message(R"({"firstBar": 0, "lastBar": 6})"), HasSubstr("\"firstBar\""));
    EXPECT_THAT(message(R"({"firstBar": 1})"), HasSubstr("\"lastBar\""));
    EXPECT_THAT(message(R"({"firstBar": 1, "lastBar": 6, "tracks": [-1]})"), HasSubstr("\"tracks\""));
    EXPECT_THAT(message(R"({"firstBar": 1, "lastBar": 6, "tracks": 1})"), HasSubstr("\"tracks\""));
    EXPECT_THAT(message(R"({"firstBar": 1, "lastBar": 6, "add": "horns"})"), HasSubstr("\"add\""));
}

TEST(FillIn, WhatIsNotWrittenAnewStays) {
    const Song song = fourBarsOfTwo();
    const Song both = staying(song, {.firstBar = 1, .lastBar = 2, .tracks = {}, .added = FillIn::Instrument{}});
    ASSERT_EQ(both.tracks.size(), 2U);
    EXPECT_EQ(pitches(*both.tracks[1]), (std::vector{38, 40}));
    const Song one = staying(song, {.firstBar = 1, .lastBar = 2, .tracks = {0}, .added = {}});
    ASSERT_EQ(one.tracks.size(), 1U);
    EXPECT_EQ(pitches(*one.tracks[0]), (std::vector{38, 40}));
    const Song none = staying(song, {.firstBar = 1, .lastBar = 2, .tracks = {}, .added = {}});
    EXPECT_TRUE(none.tracks.empty());
    EXPECT_EQ(barCount(none), 2);
}

/// One track of a piece with other pitches.
std::shared_ptr<const Track> higher(const Song& song, std::size_t track) {
    auto changed = std::make_shared<Track>(*song.tracks[track]);
    for (Note& note : changed->notes) {
        note.pitch = Pitch::clamped(note.pitch.midi() + 12);
    }
    return changed;
}

TEST(FillIn, WhatIsWrittenStandsInTheRightBarsOfItsTrack) {
    const Song song = fourBarsOfTwo();
    for (const auto& [first, last] : {std::pair(0, 1), std::pair(1, 2), std::pair(2, 3), std::pair(0, 3)}) {
        const FillIn fill{.firstBar = first, .lastBar = last, .tracks = {0}, .added = {}};
        Song bars = staying(song, fill);
        bars.tracks.push_back(higher(barsOf(song, first, last), 0));
        const Song result = filled(song, fill, bars);
        EXPECT_EQ(barCount(result), 4);
        ASSERT_EQ(result.tracks.size(), 2U);
        std::vector<int> expected = {60, 62, 64, 65};
        for (int bar = first; bar <= last; ++bar) {
            expected[static_cast<std::size_t>(bar)] += 12;
        }
        EXPECT_EQ(pitches(*result.tracks[0]), expected);
        EXPECT_EQ(result.tracks[1]->notes, song.tracks[1]->notes);
    }
}

TEST(FillIn, ANewInstrumentComesLastAndAllElseIsAsItWas) {
    const Song song = fourBarsOfTwo();
    const FillIn fill{
        .firstBar = 2, .lastBar = 2, .tracks = {}, .added = FillIn::Instrument{false, Program::clamped(40)}};
    Song bars = staying(song, fill);
    bars.tracks.push_back(SongBuilder().track(40).note(79, 4).build().tracks[0]);
    const Song result = filled(song, fill, bars);
    ASSERT_EQ(result.tracks.size(), 3U);
    EXPECT_EQ(*result.tracks[0], *song.tracks[0]);
    EXPECT_EQ(*result.tracks[1], *song.tracks[1]);
    EXPECT_EQ(result.tracks[2]->program(), Program::clamped(40));
    EXPECT_EQ(result.tracks[2]->notes[0].onset, Tick{2 * 4 * 480});

    Song withSilence = song;
    withSilence.tracks.insert(withSilence.tracks.begin(), std::make_shared<const Track>());
    EXPECT_EQ(filled(withSilence, fill, bars).tracks.size(), 4U) << "a MIDI file has no track that holds nothing";
}

TEST(FillIn, WhatSoundsIntoBarsThatAreWrittenAnewEndsOnTheirLine) {
    const Song song = SongBuilder().note(60, 6).note(62, 6).note(64, 4).build();
    const FillIn fill{.firstBar = 1, .lastBar = 1, .tracks = {0}, .added = {}};
    const Song result = filled(song, fill, staying(song, fill));
    EXPECT_EQ(pitches(*result.tracks[0]), (std::vector{60, 64}));
    EXPECT_EQ(result.tracks[0]->notes[0].end(), Tick{4 * 480});
    const Song all = filled(song, {.firstBar = 0, .lastBar = 2, .tracks = {}, .added = {}}, barsOf(song, 0, 2));
    EXPECT_EQ(all.tracks[0]->notes, song.tracks[0]->notes);
}

}  // namespace
}  // namespace ricercar
