#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/edit/bars.h"
#include "core/tokens/house_vocabulary.h"
#include "support/random_song.h"

namespace ricercar {
namespace {

using house::kinds;
using testing::HasSubstr;

class Filling : public testing::Test {
protected:
    /// Piano, violin and drums, a note of each in each bar of 4/4; the pitch tells the bar.
    static Song trio(int bars) {
        Song song;
        song.ticksPerQuarter = gridPerQuarter;
        for (const int index : {0, 1, 2}) {
            auto track = std::make_shared<Track>();
            track->channel = index == 2 ? drumChannel : Channel::clamped(index);
            track->programs.push_back({Tick{}, Program::clamped(index == 0 ? 0 : 40)});
            for (int bar = 0; bar < bars; ++bar) {
                track->notes.push_back({Tick{bar * 4 * gridPerQuarter}, TickDelta{gridPerQuarter},
                                        Pitch::clamped(40 + 20 * index + bar), Velocity::clamped(80)});
            }
            song.tracks.push_back(std::move(track));
        }
        song.end = Tick{std::int64_t{bars} * 4 * gridPerQuarter};
        return song;
    }

    std::vector<std::string> texts(const std::vector<Token>& tokens) const {
        std::vector<std::string> texts;
        for (const Token token : tokens) {
            texts.push_back(vocabulary.text(token));
        }
        return texts;
    }

    const HouseVocabulary vocabulary;
};

TEST_F(Filling, AGapOfOneTrackIsSeenFromBothSides) {
    const auto script = vocabulary.fill(trio(8), {.firstBar = 2, .lastBar = 3, .tracks = {1}, .added = {}}, 1000);
    ASSERT_TRUE(script) << script.error().message;
    EXPECT_EQ(decode(vocabulary, script->opening)->end.value, 2 * 4 * gridPerQuarter);
    const auto opening = texts(script->opening);  // what is beyond the gap, then the two bars before it
    EXPECT_EQ(opening[1], "After 4");
    EXPECT_EQ(std::count(opening.begin(), opening.end(), "Bar 4/4"), 6);
    EXPECT_THAT(opening, testing::Contains("Before"));
    ASSERT_EQ(script->bars.size(), 2u);
    const auto first = texts(script->bars[0]);
    EXPECT_EQ(std::count(first.begin(), first.end(), "Bar 4/4"), 1);
    EXPECT_THAT(first, testing::Contains("Pitch C5").Times(0));  // the violin's in bar 3
    EXPECT_EQ(first.back(), "Fill");
    EXPECT_THAT(texts(script->bars[1]),
                testing::ElementsAre("Bar 4/4", "Tempo 123", "Given", "Program Acoustic Grand Piano", "Position 0",
                                     "Velocity 84", "Pitch G2", "Duration 24", "Drums", "Position 0", "Velocity 84",
                                     "DrumPitch 83", "Fill"));
}

TEST_F(Filling, WholeBarsHaveNothingGiven) {
    const auto script = vocabulary.fill(trio(3), {.firstBar = 1, .lastBar = 2, .tracks = {}, .added = {}}, 1000);
    ASSERT_TRUE(script);
    EXPECT_THAT(texts(script->bars[0]), testing::ElementsAre("Bar 4/4", "Tempo 123"));
    EXPECT_THAT(texts(script->bars[1]), testing::ElementsAre("Bar 4/4", "Tempo 123"));
}

TEST_F(Filling, ALongGapSeesItsEndWhereItIsNear) {
    const auto script = vocabulary.fill(trio(24), {.firstBar = 2, .lastBar = 20, .tracks = {0}, .added = {}}, 1000);
    ASSERT_TRUE(script);
    ASSERT_EQ(script->bars.size(), 19u);
    for (std::size_t bar = 0; bar < 19; ++bar) {
        EXPECT_EQ(texts(script->bars[bar]).front(), bar == 7 ? "After 12" : "Bar 4/4");
    }
}

TEST_F(Filling, FourBarsAreReadBetweenWhatIsBeyondAndTheGap) {
    const auto script = vocabulary.fill(trio(24), {.firstBar = 10, .lastBar = 11, .tracks = {0}, .added = {}}, 1000);
    ASSERT_TRUE(script);
    const auto opening = texts(script->opening);
    const auto before = std::find(opening.begin(), opening.end(), "Before");
    EXPECT_THAT(opening, testing::Contains("After 6"));
    EXPECT_EQ(std::count(before, opening.end(), "Bar 4/4"), 4);
}

TEST_F(Filling, TheOpeningKeepsToItsLimit) {
    const auto script = vocabulary.fill(trio(30), {.firstBar = 25, .lastBar = 26, .tracks = {0}, .added = {}}, 100);
    ASSERT_TRUE(script);
    EXPECT_LE(script->opening.size(), 101u);
    EXPECT_GT(script->opening.size(), 50u);
}

TEST_F(Filling, SaysWhatCannotBe) {
    const auto error = [&](const FillIn& wanted) { return vocabulary.fill(trio(8), wanted, 1000).error().message; };
    EXPECT_THAT(error({.firstBar = 3, .lastBar = 8, .tracks = {}, .added = {}}), HasSubstr("the music has 8 bars"));
    EXPECT_THAT(error({.firstBar = 3, .lastBar = 2, .tracks = {}, .added = {}}), HasSubstr("not all there"));
    EXPECT_THAT(error({.firstBar = 0, .lastBar = 1, .tracks = {3}, .added = {}}), HasSubstr("no track 4"));
    EXPECT_THAT(error({.firstBar = 0, .lastBar = 1, .tracks = {}, .added = FillIn::Instrument{true, {}}}),
                HasSubstr("has drums already"));
    EXPECT_THAT(findVocabulary("events-1").value()->fill(trio(8), {}, 1000).error().message, HasSubstr("events-1"));
    EXPECT_THAT(findVocabulary("house-1").value()->fill(trio(8), {}, 1000).error().message, HasSubstr("house-1"));
}

TEST_F(Filling, AnAddedPartPlaysWhereOthersDoInItsCompass) {
    Song song = trio(2);
    song.end = Tick{3 * 4 * gridPerQuarter};  // a silent bar
    const FillIn bass{
        .firstBar = 0, .lastBar = 2, .tracks = {}, .added = FillIn::Instrument{false, Program::clamped(32)}};
    const auto script = vocabulary.fill(song, bass, 1000);
    ASSERT_TRUE(script) << script.error().message;
    const auto prefix = script->prefix->clone();
    for (std::size_t bar = 0; bar < 3; ++bar) {
        for (const Token token : script->bars[bar]) {
            ASSERT_TRUE(prefix->push(token)) << vocabulary.text(token);
        }
        EXPECT_EQ(prefix->allows(endToken), bar == 2) << "only what is silent may stay silent";
        for (const Token token : {kinds().program.at(32), kinds().position.at(0), kinds().velocity.at(9)}) {
            ASSERT_TRUE(prefix->push(token)) << vocabulary.text(token);
        }
        for (int pitch = 0; pitch < house::pitches; ++pitch) {
            EXPECT_EQ(prefix->allows(kinds().pitch.at(pitch)), pitch >= 28 && pitch <= 60) << pitch;
        }
        ASSERT_TRUE(prefix->push(kinds().pitch.at(40)));
        ASSERT_TRUE(prefix->push(kinds().duration.at(5)));
        EXPECT_TRUE(prefix->allows(endToken));
    }
}

TEST_F(Filling, WhatPlaysOnBothSidesOfAGapPlaysInIt) {
    Song song = trio(8);
    auto violin = std::make_shared<Track>(*song.tracks[1]);
    std::erase_if(violin->notes, [](const Note& note) { return note.onset.value >= 4 * 4 * gridPerQuarter; });
    song.tracks[1] = violin;
    const auto allowedIn = [&](int firstBar, int lastBar, std::vector<std::size_t> tracks) {
        const auto script = vocabulary.fill(song, {firstBar, lastBar, std::move(tracks), {}}, 1000);
        const auto prefix = script->prefix->clone();
        for (const Token token : script->bars[0]) {
            EXPECT_TRUE(prefix->push(token)) << vocabulary.text(token);
        }
        std::vector<std::string> allowed;
        for (const Token token : {endToken, kinds().program.at(0), kinds().program.at(40), kinds().drums.at(0)}) {
            if (prefix->allows(token)) {
                allowed.push_back(vocabulary.text(token));
            }
        }
        return allowed;
    };
    using testing::ElementsAre;
    EXPECT_THAT(allowedIn(2, 2, {}), ElementsAre("Program Acoustic Grand Piano"))
        << "the lowest first, and nobody is left out";
    EXPECT_THAT(allowedIn(2, 2, {1}), ElementsAre("Program Violin"));
    EXPECT_THAT(allowedIn(4, 4, {}), ElementsAre("Program Acoustic Grand Piano"));
    EXPECT_THAT(allowedIn(4, 4, {1}), ElementsAre("End", "Program Violin")) << "the violin rests after the gap";
    EXPECT_THAT(allowedIn(6, 7, {2}), ElementsAre("Drums")) << "a gap at the end has one side";
    EXPECT_THAT(allowedIn(0, 7, {}), ElementsAre("End", "Program Acoustic Grand Piano", "Program Violin", "Drums"))
        << "no side at all";
}

TEST_F(Filling, WhoPlayedInEachBarRestsForNoTwoOfTheNext) {
    auto seed = vocabulary.encode(trio(4));
    seed.pop_back();
    const auto prefix = vocabulary.emptyPrefix();
    for (const Token token : seed) {
        ASSERT_TRUE(prefix->push(token));
    }
    prefix->keepSetting();
    const Token bar = seed[1];
    const Token tempo = seed[2];
    const auto push = [&](std::initializer_list<Token> tokens) {
        for (const Token token : tokens) {
            EXPECT_TRUE(prefix->push(token)) << vocabulary.text(token);
        }
    };
    push({bar, tempo, kinds().program.at(0), kinds().position.at(0), kinds().velocity.at(9), kinds().pitch.at(60),
          kinds().duration.at(5)});
    EXPECT_TRUE(prefix->allows(bar)) << "violin and drums may rest for a bar";
    push({bar, tempo});
    EXPECT_TRUE(prefix->allows(kinds().program.at(0)));
    EXPECT_TRUE(prefix->allows(kinds().program.at(40)));
    EXPECT_FALSE(prefix->allows(kinds().drums.at(0))) << "the violin is due first";
    EXPECT_FALSE(prefix->allows(bar));
    push({kinds().program.at(40), kinds().position.at(0), kinds().velocity.at(9), kinds().pitch.at(60),
          kinds().duration.at(5)});
    EXPECT_FALSE(prefix->allows(bar)) << "the drums are due";
    push({kinds().drums.at(0), kinds().position.at(0), kinds().velocity.at(9), kinds().drumPitch.at(38)});
    EXPECT_TRUE(prefix->allows(bar)) << "the piano rests for the first time";
}

TEST_F(Filling, OnlyWhatWasAskedForIsDrawnAndNothingIsADeadEnd) {
    Random random(9);
    std::vector<std::uint8_t> mask(static_cast<std::size_t>(vocabulary.size()));
    int written = 0;
    for (int i = 0; i < 150; ++i) {
        const Song song = vocabulary.quantised(randomSong(random));
        const int bars = barCount(song);
        if (bars < 2 || song.tracks.empty()) {
            continue;
        }
        FillIn wanted{.firstBar = random.between(0, bars - 1), .lastBar = 0, .tracks = {}, .added = {}};
        wanted.lastBar = random.between(wanted.firstBar, bars - 1);
        if (const double kind = random.uniform(); kind < 0.4) {
            wanted.added = FillIn::Instrument{false, Program::clamped(101)};
        } else if (kind < 0.8) {
            wanted.tracks = {random.below(song.tracks.size())};
        }
        const auto script = vocabulary.fill(song, wanted, 10'000);
        ASSERT_TRUE(script) << script.error().message;
        const auto prefix = script->prefix->clone();
        prefix->takeNotes();
        const Song& origin = song;
        const Track* rewritten = wanted.tracks.empty() ? nullptr : origin.tracks[wanted.tracks.front()].get();
        for (const auto& bar : script->bars) {
            for (const Token token : bar) {
                ASSERT_TRUE(prefix->push(token)) << vocabulary.text(token);
            }
            prefix->takeNotes();
            for (int drawn = 0; drawn < 40; ++drawn) {
                prefix->allowed(mask);
                std::vector<Token> choices;
                for (std::size_t token = 2; token < mask.size(); ++token) {
                    const bool free = !vocabulary.isCondition(static_cast<Token>(token)) &&
                                      !prefix->beginsBar(static_cast<Token>(token));
                    if (mask[token] != 0 && free) {
                        choices.push_back(static_cast<Token>(token));
                    }
                }
                const bool mayEnd = prefix->allows(endToken);
                ASSERT_TRUE(mayEnd || !choices.empty());
                if (choices.empty() || (drawn > 25 && mayEnd)) {
                    break;
                }
                const Token token = choices[random.below(choices.size())];
                prefix->push(token);
                for (const DrawnNote& note : prefix->takeNotes()) {
                    ++written;
                    if (wanted.added) {
                        EXPECT_EQ(note.program.midi(), 101);
                    } else if (rewritten != nullptr) {
                        EXPECT_EQ(note.drums, rewritten->isDrums());
                    }
                }
            }
            while (!prefix->allows(endToken)) {  // an instrument without its note, say
                prefix->allowed(mask);
                for (std::size_t token = mask.size() - 1; token > 1; --token) {
                    if (mask[token] != 0 && !vocabulary.isCondition(static_cast<Token>(token))) {
                        prefix->push(static_cast<Token>(token));
                        break;
                    }
                }
            }
        }
        EXPECT_EQ(prefix->barsBegun(),
                  decode(vocabulary, script->opening).has_value()
                      ? barCount(*decode(vocabulary, script->opening)) + static_cast<int>(script->bars.size())
                      : -1);
    }
    EXPECT_GT(written, 300);
}

}  // namespace
}  // namespace ricercar
