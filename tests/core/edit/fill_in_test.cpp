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

TEST(FillIn, StandsInThePlaceOfItsBars) {
    const Song song = fourBarsOfTwo();
    for (const auto& [first, last] : {std::pair(0, 1), std::pair(1, 2), std::pair(2, 3), std::pair(0, 3)}) {
        const FillIn fill{.firstBar = first, .lastBar = last, .tracks = {}, .added = {}};
        const Song same = filled(song, fill, barsOf(song, first, last));
        ASSERT_EQ(same.tracks.size(), 2U);
        EXPECT_EQ(same.tracks[0]->notes, song.tracks[0]->notes);
        EXPECT_EQ(same.tracks[1]->notes, song.tracks[1]->notes);
        EXPECT_EQ(same.end, barsOf(song, 0, 3).end);
    }
    const FillIn fill{.firstBar = 1, .lastBar = 2, .tracks = {0}, .added = {}};
    Song bars = staying(song, fill);
    auto melody = std::make_shared<Track>(*barsOf(song, 1, 2).tracks[0]);
    melody->notes[0].pitch = Pitch::clamped(72);
    bars.tracks.push_back(melody);  // written ones come last
    const Song result = filled(song, fill, bars);
    EXPECT_EQ(barCount(result), 4);
    ASSERT_EQ(result.tracks.size(), 2U);
    EXPECT_EQ(pitches(*result.tracks[0]), (std::vector{60, 72, 64, 65}));
    EXPECT_EQ(pitches(*result.tracks[1]), (std::vector{36, 38, 40, 41}));
}

}  // namespace
}  // namespace ricercar
