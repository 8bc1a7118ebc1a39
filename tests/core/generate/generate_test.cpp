#include "core/generate/generate.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/analysis/cadence.h"
#include "core/edit/bars.h"
#include "core/generate/calibration.h"
#include "core/midi/smf_writer.h"
#include "core/tokens/grid.h"
#include "support/random_model.h"
#include "support/random_song.h"
#include "support/song_builder.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

class Generating : public testing::TestWithParam<std::string_view> {
protected:
    Generating() {
        const auto vocabulary = findVocabulary(GetParam()).value();
        EXPECT_TRUE(writeRandomModel(path, smallLstm(vocabulary->size()), std::string(GetParam())));
        model = Model::open(path).value();
        settings.bars = 3;
        settings.takes = 3;
        settings.rng = 7;
        Random random(3);
        seed = randomSong(random);
        seed.meters.clear();
    }
    std::shared_ptr<const PreparedSeed> prepared(const Song& song) const {
        return PreparedSeed::prepare(model, song).value();
    }

    const TemporaryFolder folder;
    const std::filesystem::path path = folder.path() / "model.safetensors";
    std::shared_ptr<const Model> model;
    GenerateSettings settings;
    Song seed;
};

TEST_P(Generating, TakesHaveTheirBarsAndEndOnALine) {
    for (const Song& song : {Song{}, seed}) {
        const auto takes = generate(*prepared(song), settings).value();
        ASSERT_EQ(takes.size(), 3u);
        for (const Take& take : takes) {
            EXPECT_EQ(barCount(take.song), 3);
            EXPECT_EQ(take.song.end, meterMap(take.song).barStart(3));
            for (const auto& track : take.song.tracks) {
                EXPECT_FALSE(track->notes.empty());
            }
        }
    }
}

TEST_P(Generating, TheModelsNameNeedNotBeText) {
    const NetworkConfig config = smallLstm(findVocabulary(GetParam()).value()->size());
    ASSERT_TRUE(writeRandomModel(path, config, std::string(GetParam()), 1, {{"name", 5}}));
    model = Model::open(path).value();
    EXPECT_EQ(generate(*prepared(seed), settings).value().at(0).recipe["modelName"], "");
}

TEST_P(Generating, TheSameRecipeGivesTheSameBytes) {
    const auto first = generate(*prepared(seed), settings).value();
    const auto second = generate(*prepared(seed), settings).value();
    settings.takes = 1;
    const auto alone = generate(*prepared(seed), settings).value();
    for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_EQ(writeSmf(first[i].song), writeSmf(second[i].song));
        EXPECT_EQ(first[i].recipe, second[i].recipe);
    }
    EXPECT_EQ(writeSmf(first[0].song), writeSmf(alone[0].song)) << "a take depends on how many are drawn";
    EXPECT_NE(writeSmf(first[0].song), writeSmf(first[1].song));
    settings.rng = 8;
    EXPECT_NE(writeSmf(first[0].song), writeSmf(generate(*prepared(seed), settings).value()[0].song));
}

TEST_P(Generating, StreamedNotesAreTheTakes) {
    std::map<std::pair<int, int>, std::vector<Note>> streamed;
    GenerateEvents events;
    events.note = [&](int take, const DrawnNote& drawn) { streamed[{take, drawn.track}].push_back(drawn.note); };
    const auto takes = generate(*prepared(seed), settings, events).value();
    for (const Take& take : takes) {
        for (std::size_t track = 0; track < take.song.tracks.size(); ++track) {
            auto notes = streamed[{take.number, static_cast<int>(track)}];
            std::sort(notes.begin(), notes.end(), earlierNote);
            std::erase_if(notes, [&](const Note& note) { return note.onset >= take.song.end; });
            for (Note& note : notes) {
                note.duration = std::min(note.duration, take.song.end - note.onset);
            }
            EXPECT_EQ(notes, take.song.tracks[track]->notes);
        }
    }
}

/// The notes of each bar, counted from its line.
std::vector<std::vector<Note>> barsWithNotes(const Song& song) {
    const MeterMap meters = meterMap(song);
    std::vector<std::vector<Note>> bars(static_cast<std::size_t>(barCount(song)));
    for (const auto& track : song.tracks) {
        for (Note note : track->notes) {
            const int bar = meters.positionAt(note.onset).bar;
            note.onset = note.onset - (meters.barStart(bar) - Tick{});
            bars[static_cast<std::size_t>(bar)].push_back(note);
        }
    }
    return bars;
}

TEST_P(Generating, AModelThatLoopsIsLedOut) {
    settings.bars = 40;
    settings.temperature = lowestTemperature;
    settings.minP = 1;  // always the likeliest
    std::map<int, std::size_t> streamed;
    GenerateEvents events;
    events.note = [&](int take, const DrawnNote&) { ++streamed[take]; };
    const auto takes = generate(*prepared(seed), settings, events).value();
    ASSERT_EQ(takes.size(), 3u);
    for (const Take& take : takes) {
        const auto bars = barsWithNotes(take.song);
        std::size_t run = 1;
        for (std::size_t bar = 1; bar < bars.size(); ++bar) {
            run = !bars[bar].empty() && bars[bar] == bars[bar - 1] ? run + 1 : 1;
            EXPECT_LE(run, 4u) << "bar " << bar;
        }
        EXPECT_EQ(barCount(take.song), 40);
        EXPECT_EQ(streamed[take.number], noteCount(take.song)) << "notes that were taken back are not told";
    }
}

TEST_P(Generating, OnlyNotesOfTheKeyAndTheRange) {
    settings.takes = 6;
    settings.bars = 6;
    settings.temperature = 2;
    for (const int tonic : {0, 2, 9}) {
        for (const Mode mode : {Mode::major, Mode::minor}) {
            settings.key = Key{tonic, mode};
            settings.lowestPitch = 55;
            settings.highestPitch = tonic == 9 ? 58 : 79;  // few pitches: they soon all sound
            const auto takes = generate(*prepared(seed), settings).value();
            ASSERT_EQ(takes.size(), 6u);
            for (const Take& take : takes) {
                EXPECT_EQ(barCount(take.song), 6);
                EXPECT_EQ(take.recipe["key"], settings.key->text());
                for (const auto& track : take.song.tracks) {
                    for (const Note& note : track->notes) {
                        const int degree = (pitchClass(note.pitch) - tonic + 12) % 12;
                        EXPECT_TRUE(track->isDrums() || settings.key->contains(pitchClass(note.pitch)) ||
                                    (mode == Mode::minor && degree == 11));
                        EXPECT_TRUE(track->isDrums() || (note.pitch.midi() >= settings.lowestPitch &&
                                                         note.pitch.midi() <= settings.highestPitch));
                    }
                }
            }
        }
    }
}

TEST_P(Generating, TheKeyOfTheSeedIsFound) {
    settings.keyOfSeed = true;
    const Song scale = SongBuilder().note(62, 2).note(64, 1).note(66, 1).note(67, 1).note(69, 2).note(71, 1).build();
    const auto takes = generate(*prepared(scale), settings).value();
    EXPECT_EQ(takes.at(0).recipe["key"], "D major");
    EXPECT_FALSE(generate(*prepared(Song{}), settings).value().at(0).recipe.contains("key"));
    settings.lowestPitch = settings.highestPitch = 60;
    EXPECT_EQ(generate(*prepared(scale), settings).error().message, "key D major has no note from C4 to C4");
}

TEST_P(Generating, AnEndingIsTheOneOfSeveralThatClosesBest) {
    settings.takes = 12;
    settings.bars = 4;
    settings.key = Key{0, Mode::major};
    double better = 0;
    std::map<int, std::size_t> streamed;
    GenerateEvents events;
    events.note = [&](int take, const DrawnNote&) { ++streamed[take]; };
    const auto plain = generate(*prepared(Song{}), settings).value();
    settings.ending = true;
    const auto ended = generate(*prepared(Song{}), settings, events).value();
    ASSERT_EQ(ended.size(), plain.size());
    for (std::size_t take = 0; take < ended.size(); ++take) {
        EXPECT_EQ(barCount(ended[take].song), 4);
        EXPECT_EQ(ended[take].song.end, meterMap(ended[take].song).barStart(4));
        EXPECT_EQ(streamed[ended[take].number], noteCount(ended[take].song)) << "only the ending chosen is told";
        const double gain = cadence(ended[take].song, *settings.key) - cadence(plain[take].song, *settings.key);
        EXPECT_GE(gain, 0) << "the first one drawn is that of the take without";
        better += gain / static_cast<double>(ended.size());
    }
    EXPECT_GT(better, 0.05);
}

TEST_P(Generating, StopWhileEndingsAreDrawnKeepsWholeBars) {
    settings.bars = 30;
    settings.takes = 1;
    settings.ending = true;
    std::stop_source stop;
    GenerateEvents events;
    std::size_t streamed = 0;
    events.note = [&](int, const DrawnNote& drawn) {
        ++streamed;
        if (drawn.note.onset.value > 27 * gridPerQuarter) {
            stop.request_stop();
        }
    };
    const auto takes = generate(*prepared(seed), settings, events, stop.get_token()).value();
    for (const Take& take : takes) {
        EXPECT_EQ(take.song.end, meterMap(take.song).barStart(barCount(take.song)));
    }
}

TEST_P(Generating, StopKeepsWholeBars) {
    settings.bars = 200;
    std::stop_source stop;
    int late = 0;
    GenerateEvents events;
    events.note = [&](int, const DrawnNote& drawn) {
        // Two bars of any metre, so that at least one is whole.
        if (drawn.note.onset.value > 2 * longestGridBar) {
            stop.request_stop();
        }
        late += drawn.note.onset.value > 20 * longestGridBar ? 1 : 0;
    };
    const auto takes = generate(*prepared(Song{}), settings, events, stop.get_token()).value();
    ASSERT_FALSE(takes.empty());
    for (const Take& take : takes) {
        EXPECT_GE(barCount(take.song), 1);
        EXPECT_LT(barCount(take.song), 200);
        EXPECT_EQ(take.song.end, meterMap(take.song).barStart(barCount(take.song)));
        EXPECT_EQ(take.recipe["bars"], barCount(take.song));
    }
    EXPECT_EQ(late, 0);
}

/// Whether something sounds in each bar.
std::vector<bool> sounding(const Song& song) {
    const MeterMap meters = meterMap(song);
    std::vector<bool> bars(static_cast<std::size_t>(barCount(song)));
    for (int bar = 0; bar < barCount(song); ++bar) {
        for (const auto& track : song.tracks) {
            for (const Note& note : track->notes) {
                if (note.onset < meters.barStart(bar + 1) && note.end() > meters.barStart(bar)) {
                    bars[static_cast<std::size_t>(bar)] = true;
                }
            }
        }
    }
    return bars;
}

TEST_P(Generating, NoTakeIsSilent) {
    Song silence;
    silence.end = Tick{6 * 4 * silence.ticksPerQuarter};
    settings.takes = 32;
    for (const Song& song : {Song{}, silence, seed}) {
        for (const int bars : {1, 6}) {
            settings.bars = bars;
            const auto takes = generate(*prepared(song), settings).value();
            EXPECT_EQ(takes.size(), 32U);
            for (const Take& take : takes) {
                EXPECT_GT(noteCount(take.song), 0U);
                const auto heard = sounding(take.song);
                const std::array<bool, 2> pause = {false, false};
                EXPECT_EQ(std::search(heard.begin(), heard.end(), pause.begin(), pause.end()), heard.end());
            }
        }
    }
}

TEST_P(Generating, FromNothingTheMetreStays) {
    settings.takes = 8;
    const auto takes = generate(*prepared(Song{}), settings).value();
    for (const Take& take : takes) {
        EXPECT_EQ(take.song.meters.size(), 1U);
    }
}

TEST_P(Generating, AMetreWithoutATokenIsReplacedByTheNearestAndSaid) {
    const std::map<Meter, Meter> nearest = {{{255, 1}, {8, 4}}, {{1, 128}, {1, 16}}, {{5, 4}, {5, 4}}};
    for (const auto& [wanted, written] : nearest) {
        seed.meters = {{Tick{0}, wanted}};
        const auto takes = generate(*prepared(seed), settings).value();
        for (const Take& take : takes) {
            const std::string remark = take.recipe.value("remark", "");
            if (GetParam() == "house-2") {
                EXPECT_EQ(take.song.meters.at(0).meter, written);
            }
            EXPECT_EQ(remark.empty(), take.song.meters.at(0).meter == wanted);
            EXPECT_TRUE(remark.empty() || remark.ends_with(wanted.text())) << remark;
        }
    }
}

TEST_P(Generating, ALongSeedIsCutToItsEnd) {
    Random random(9);
    Song longSeed = randomSong(random);
    for (int i = 0; i < 40; ++i) {
        longSeed.tracks.push_back(longSeed.tracks.empty() ? randomSong(random).tracks.front()
                                                          : longSeed.tracks.front());
    }
    EXPECT_EQ(generate(*prepared(longSeed), settings).value().size(), 3u);
}

TEST_P(Generating, TakesKeepTheTempoThatTheSeedEndsWith) {
    seed.tempi = {tempoAt(Tick{0}, 120), tempoAt(Tick{480}, 92)};
    const auto takes = generate(*prepared(seed), settings).value();
    for (const Take& take : takes) {
        EXPECT_THAT(take.song.tempi, testing::ElementsAre(tempoAt(Tick{0}, 92)));
    }
}

INSTANTIATE_TEST_SUITE_P(All, Generating, testing::ValuesIn(vocabularyNames()));

TEST(GenerateSettings, WrongOnesAreNamed) {
    const auto message = [](auto change) {
        GenerateSettings settings;
        change(settings);
        return check(settings).error().message;
    };
    using testing::HasSubstr;
    EXPECT_THAT(message([](auto& s) { s.bars = 0; }), HasSubstr("bars is 0"));
    EXPECT_THAT(message([](auto& s) { s.takes = 65; }), HasSubstr("takes is 65"));
    EXPECT_THAT(message([](auto& s) { s.temperature = std::nan(""); }), HasSubstr("temperature"));
    EXPECT_THAT(message([](auto& s) { s.topP = 0; }), HasSubstr("top-p"));
    EXPECT_THAT(message([](auto& s) { s.minP = 1.1; }), HasSubstr("min-p is 1.1"));
    EXPECT_THAT(message([](auto& s) { s.lowestPitch = -1; }), HasSubstr("lowest is -1"));
    EXPECT_THAT(message([](auto& s) { s.highestPitch = 128; }), HasSubstr("highest is 128"));
    EXPECT_THAT(message([](auto& s) { s.lowestPitch = 1 + (s.highestPitch = 60); }), HasSubstr("61 (the lowest)"));
    EXPECT_THAT(message([](auto& s) { s.keyOfSeed = (s.key = Key{}).has_value(); }), HasSubstr("not both"));
    EXPECT_THAT(message([](auto& s) { s.key = Key{}, s.lowestPitch = s.highestPitch = 61; }),
                HasSubstr("key C major has no note from C#4 to C#4"));
    EXPECT_TRUE(check(GenerateSettings{}));
}

class FillingIn : public testing::Test {
protected:
    FillingIn() {
        const auto vocabulary = findVocabulary("house-2").value();
        const auto path = folder.path() / "model.safetensors";
        EXPECT_TRUE(writeRandomModel(path, smallLstm(vocabulary->size()), "house-2", 1,
                                     {{"styles", {"Chorale", "Video game"}}}));
        model = Model::open(path).value();
        settings.takes = 3;
        Random random(4);
        do {
            seed = randomSong(random);
            seed.meters = {{Tick{}, {3, 4}}};
        } while (seed.tracks.size() < 2 || barCount(seed) < 6 || seed.tracks[1]->notes.size() < 5);
    }
    std::vector<Take> filled(const FillIn& fill) const {
        return generate(*PreparedSeed::prepare(model, seed, fill).value(), settings).value();
    }
    /// The tracks of `song` but for those in `without`.
    static std::vector<Track> tracksOf(const Song& song, const std::set<std::size_t>& without = {}) {
        std::vector<Track> tracks;
        for (std::size_t index = 0; index < song.tracks.size(); ++index) {
            if (!without.contains(index)) {
                tracks.push_back(*song.tracks[index]);
            }
        }
        return tracks;
    }

    const TemporaryFolder folder;
    std::shared_ptr<const Model> model;
    GenerateSettings settings;
    Song seed;
};

TEST_F(FillingIn, WhatStaysIsUntouchedAndOneTrackIsWrittenAnew) {
    const Song bars = barsOf(seed, 2, 4);
    for (const Take& take : filled({.firstBar = 2, .lastBar = 4, .tracks = {1}, .added = {}})) {
        EXPECT_EQ(take.song.ticksPerQuarter, seed.ticksPerQuarter);
        EXPECT_EQ(take.song.tempi, bars.tempi);
        EXPECT_EQ(take.song.meters, bars.meters);
        EXPECT_EQ(take.song.end, bars.end);
        const auto stayed = tracksOf(bars, {1});
        auto tracks = tracksOf(take.song);
        ASSERT_GT(tracks.size(), stayed.size());
        tracks.resize(stayed.size());
        EXPECT_EQ(tracks, stayed);
        for (std::size_t index = stayed.size(); index < take.song.tracks.size(); ++index) {
            EXPECT_EQ(take.song.tracks[index]->isDrums(), seed.tracks[1]->isDrums());
        }
        EXPECT_EQ(take.recipe["fill"], (Json{{"firstBar", 3}, {"lastBar", 5}, {"tracks", {1}}}));
    }
}

TEST_F(FillingIn, AnInstrumentIsAddedToTheWholePiece) {
    const FillIn fill{.firstBar = 0,
                      .lastBar = barCount(seed) - 1,
                      .tracks = {},
                      .added = FillIn::Instrument{false, Program::clamped(32)}};
    const auto takes = filled(fill);
    ASSERT_EQ(takes.size(), 3u);
    for (const Take& take : takes) {
        ASSERT_EQ(take.song.tracks.size(), seed.tracks.size() + 1);
        EXPECT_EQ(take.song.tracks.back()->program(), Program::clamped(32));
        EXPECT_FALSE(take.song.tracks.back()->notes.empty());
        EXPECT_EQ(barCount(take.song), barCount(seed));
    }
    EXPECT_NE(writeSmf(takes[0].song), writeSmf(takes[1].song));
}

TEST_F(FillingIn, StreamedNotesAreThoseThatWereWritten) {
    std::map<int, std::size_t> streamed;
    GenerateEvents events;
    events.note = [&](int take, const DrawnNote& drawn) {
        EXPECT_EQ(drawn.track, static_cast<int>(seed.tracks.size()));
        ++streamed[take];
    };
    const FillIn fill{
        .firstBar = 1, .lastBar = 2, .tracks = {}, .added = FillIn::Instrument{false, Program::clamped(7)}};
    const auto takes = generate(*PreparedSeed::prepare(model, seed, fill).value(), settings, events).value();
    for (const Take& take : takes) {
        EXPECT_EQ(take.song.tracks.back()->notes.size(), streamed[take.number]);
    }
    EXPECT_EQ(streamed.size(), 3u);
}

TEST_F(FillingIn, ConstraintsHoldForWhatIsWrittenAlone) {
    settings.lowestPitch = 90;
    settings.highestPitch = 95;
    const FillIn fill{
        .firstBar = 0, .lastBar = 3, .tracks = {}, .added = FillIn::Instrument{false, Program::clamped(7)}};
    for (const Take& take : filled(fill)) {
        for (const Note& note : take.song.tracks.back()->notes) {
            EXPECT_GE(note.pitch.midi(), 90);
            EXPECT_LE(note.pitch.midi(), 95);
        }
    }
}

TEST_F(FillingIn, DescriptionsAreReadByTheModel) {
    settings.bars = 3;
    const auto plain = generate(*PreparedSeed::prepare(model, seed).value(), settings).value();
    settings.density = 6;
    settings.polyphony = 1;
    settings.style = "Video game";
    const auto described = generate(*PreparedSeed::prepare(model, seed).value(), settings).value();
    EXPECT_NE(writeSmf(plain[0].song), writeSmf(described[0].song));
    EXPECT_EQ(described[0].recipe["style"], "Video game");
    EXPECT_EQ(described[0].recipe["density"], 6);
    settings.style = "Polka";
    EXPECT_THAT(generate(*PreparedSeed::prepare(model, seed).value(), settings).error().message,
                testing::HasSubstr("choose one of Chorale, Video game"));
    settings.style = "";
    settings.density = densityClasses;
    EXPECT_THAT(generate(*PreparedSeed::prepare(model, seed).value(), settings).error().message,
                testing::HasSubstr("density is 8, outside 0 to 7"));
}

TEST_F(FillingIn, AModelWithoutConditionsSaysSo) {
    const auto path = folder.path() / "first.safetensors";
    const auto vocabulary = findVocabulary("house-1").value();
    ASSERT_TRUE(writeRandomModel(path, smallLstm(vocabulary->size()), "house-1"));
    settings.density = 3;
    const auto takes = generate(*PreparedSeed::prepare(Model::open(path).value(), seed).value(), settings);
    ASSERT_FALSE(takes);
    EXPECT_THAT(takes.error().message, testing::HasSubstr("knows no style, density or polyphony"));
}

TEST_F(FillingIn, WhatCannotBeFilledInIsAnError) {
    const auto prepared =
        PreparedSeed::prepare(model, seed, FillIn{.firstBar = 5, .lastBar = 5000, .tracks = {}, .added = {}});
    ASSERT_FALSE(prepared);
    EXPECT_THAT(prepared.error().message, testing::HasSubstr("not all there"));
}

}  // namespace
}  // namespace ricercar
