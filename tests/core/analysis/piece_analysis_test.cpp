#include "core/analysis/piece_analysis.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/analysis/bars.h"
#include "support/song_builder.h"

namespace ricercar {
namespace {

using testing::HasSubstr;

Song melody(Meter meter, std::initializer_list<std::pair<int, double>> notes) {
    SongBuilder song;
    song.meter(0, meter);
    for (const auto& [pitch, quarters] : notes) {
        song.note(pitch, quarters);
    }
    return song.build();
}

TEST(FindKey, OfKnownMelodies) {
    const Song odeToJoy = melody(
        {4, 4}, {{66, 1}, {66, 1}, {67, 1},   {69, 1},   {69, 1}, {67, 1}, {66, 1}, {64, 1},   {62, 1},   {62, 1},
                 {64, 1}, {66, 1}, {66, 1.5}, {64, 0.5}, {64, 2}, {66, 1}, {66, 1}, {67, 1},   {69, 1},   {69, 1},
                 {67, 1}, {66, 1}, {64, 1},   {62, 1},   {62, 1}, {64, 1}, {66, 1}, {64, 1.5}, {62, 0.5}, {62, 2}});
    EXPECT_EQ(analyse(odeToJoy).summary.key->key.text(), "D major");
    const Song greensleeves =
        melody({6, 8}, {{69, 0.5},  {72, 1},    {74, 0.5},  {76, 0.75}, {77, 0.25}, {76, 0.5},  {74, 1},    {71, 0.5},
                        {67, 0.75}, {69, 0.25}, {71, 0.5},  {72, 1},    {69, 0.5},  {69, 0.75}, {68, 0.25}, {69, 0.5},
                        {71, 1},    {68, 0.5},  {64, 1},    {69, 0.5},  {72, 1},    {74, 0.5},  {76, 0.75}, {77, 0.25},
                        {76, 0.5},  {74, 1},    {71, 0.5},  {67, 0.75}, {69, 0.25}, {71, 0.5},  {72, 0.75}, {71, 0.25},
                        {69, 0.5},  {68, 0.75}, {66, 0.25}, {68, 0.5},  {69, 3}});
    EXPECT_EQ(analyse(greensleeves).summary.key->key.text(), "A minor");
}

TEST(Summarise, TellsLengthMetreAndInstruments) {
    SongBuilder song;
    song.tempo(0, 60).tempo(8, 120).meter(0, {2, 4}).meter(2, {4, 4});
    for (int i = 0; i < 12; ++i) {
        song.note(60 + i % 3, 1);
    }
    song.track(40).note(67, 1).track(40).note(72, 1).drums().note(36, 1).track(3);
    const PieceSummary summary = summarise(song.build());
    EXPECT_EQ(summary.notes, 15U);
    EXPECT_EQ(summary.tracks, 4);
    EXPECT_EQ(summary.emptyTracks, 1);
    EXPECT_DOUBLE_EQ(summary.quarters, 12);
    EXPECT_DOUBLE_EQ(summary.seconds, 10);
    EXPECT_DOUBLE_EQ(summary.quartersPerMinute(), 72);
    EXPECT_EQ(summary.bars, 4);
    EXPECT_EQ(summary.meter, (Meter{4, 4}));
    EXPECT_EQ(summary.instruments, (std::vector<Instrument>{{0, 12}, {40, 2}, {drumKit, 1}}));
    EXPECT_FALSE(summary.onlyDrums());
    EXPECT_TRUE(summarise(SongBuilder().drums().note(36, 1).track(0).build()).onlyDrums());
}

TEST(BarLines, EndWithTheBarOfTheLastNote) {
    const Song song = SongBuilder().meter(0, {3, 4}).note(60, 3).note(60, 0.5).build();
    EXPECT_EQ(barLines(song), (std::vector<Tick>{Tick{0}, Tick{1440}, Tick{2880}}));
    EXPECT_EQ(barLines(Song{}), std::vector<Tick>{Tick{0}});
}

TEST(BarLines, AreBounded) {
    Song song = SongBuilder().meter(0, {1, 128}).note(60, 1).build();
    Track track = *song.tracks.front();
    track.notes.front().duration = TickDelta{std::int64_t{1} << 40};
    song.tracks = {std::make_shared<const Track>(track)};
    EXPECT_EQ(static_cast<int>(barLines(song).size()), mostBars + 1);
    EXPECT_EQ(analyse(song).summary.bars, mostBars);
}

TEST(PieceAnalysis, JsonHasEverything) {
    const Song song = SongBuilder().tempo(0, 90).meter(0, {3, 4}).note(60, 1).chordNote(64, 1).note(67, 1).build();
    const Json json = toJson(analyse(song));
    EXPECT_EQ(json["notes"], 3);
    EXPECT_EQ(json["bars"], 1);
    EXPECT_EQ(json["key"]["key"], "C major");
    EXPECT_EQ(json["keys"].size(), 1U);
    EXPECT_EQ(json["keys"][0]["firstBar"], 1);
    EXPECT_EQ(json["keys"][0]["lastBar"], 1);
    EXPECT_NEAR(json["tempi"][0]["quartersPerMinute"].get<double>(), 90, 0.001);
    EXPECT_EQ(json["meters"], (Json::array({{{"quarters", 0.0}, {"meter", "3/4"}}})));
    EXPECT_EQ(json["chords"][0], (Json{{"pitches", {60, 64}}, {"count", 1}}));
    EXPECT_EQ(json["chords"][1], (Json{{"pitches", Json::array({67})}, {"count", 1}}));
    EXPECT_EQ(json["instruments"][0]["name"], "Acoustic Grand Piano");
    EXPECT_EQ(json["histograms"]["pitches"]["C4"], 1);
    EXPECT_EQ(json["features"]["maxPolyphony"], 2);
}

TEST(PieceAnalysis, TextIsOneScreen) {
    SongBuilder song;
    for (int i = 0; i < 400; ++i) {
        song.tempo(i, 60 + i % 50).meter(4 * i, i % 2 == 0 ? Meter{4, 4} : Meter{2, 4});
        song.note(30 + i * 7 % 60, 0.1 * (1 + i % 40));
    }
    const std::string text = reportText(analyse(song.build()));
    EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 50);
    EXPECT_THAT(text, HasSubstr("400 notes in 1 track"));
    EXPECT_THAT(text, HasSubstr("Metre          4/4, 2/4 from bar"));
    EXPECT_THAT(text, HasSubstr("… and "));
}

TEST(PieceAnalysis, TracksAreNumberedAsTheyAreChosen) {
    const Song song = SongBuilder().track(3).track(40).note(67, 1).drums().note(36, 1).note(38, 1).build();
    const std::string text = reportText(analyse(song));
    EXPECT_THAT(text, HasSubstr("3 notes in 2 tracks and 1 empty\n"));
    EXPECT_THAT(text, HasSubstr("   1  Honky-tonk Piano, 0 notes\n   2  Violin, 1 note\n   3  Drums, 2 notes\n"));
    const Json last{{"number", 3}, {"name", ""}, {"instrument", "Drums"}, {"notes", 2}};
    EXPECT_EQ(toJson(analyse(song))["trackList"][2], last);
}

TEST(PieceAnalysis, ASongWithoutNotesHasAReportToo) {
    const std::string text = reportText(analyse(Song{}));
    EXPECT_THAT(text, HasSubstr("0 notes in 0 tracks"));
    EXPECT_THAT(text, HasSubstr("Key            none"));
    EXPECT_TRUE(toJson(analyse(Song{}))["key"].is_null());
}

}  // namespace
}  // namespace ricercar
