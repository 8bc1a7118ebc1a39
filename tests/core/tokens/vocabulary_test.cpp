#include "core/tokens/vocabulary.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/midi/smf_reader.h"
#include "core/music/compass.h"
#include "support/random_song.h"

namespace ricercar {
namespace {

class Vocabularies : public testing::TestWithParam<std::string_view> {
protected:
    const std::shared_ptr<const Vocabulary> vocabulary = findVocabulary(GetParam()).value();

    /// What a random song leaves that goes on.
    std::unique_ptr<Prefix> readSeed(Random& random) const {
        auto seed = vocabulary->encode(randomSong(random));
        seed.pop_back();
        auto prefix = vocabulary->emptyPrefix();
        for (const Token token : seed) {
            EXPECT_TRUE(prefix->push(token));
        }
        return prefix;
    }

    /// Draws `length` tokens evenly from what the grammar allows, never the end.
    void drawOn(Prefix& prefix, Random& random, int length, bool conditions = true) {
        std::vector<std::uint8_t> mask(static_cast<std::size_t>(vocabulary->size()));
        for (int i = 0; i < length; ++i) {
            prefix.allowed(mask);
            mask[endToken] = 0;
            std::vector<Token> choices;
            for (std::size_t token = 0; token < mask.size(); ++token) {
                if (mask[token] != 0 && (conditions || !vocabulary->isCondition(static_cast<Token>(token)))) {
                    choices.push_back(static_cast<Token>(token));
                }
            }
            ASSERT_FALSE(choices.empty()) << "dead end after " << i << " tokens";
            ASSERT_TRUE(prefix.push(choices[random.below(choices.size())]));
        }
    }
    std::unique_ptr<Prefix> drawnPrefix(Random& random, int length) {
        auto prefix = vocabulary->emptyPrefix();
        drawOn(*prefix, random, length);
        return prefix;
    }
};

TEST_P(Vocabularies, DecodeOfEncodeIsTheQuantisedSong) {
    Random random(11);
    for (int i = 0; i < 300; ++i) {
        const Song song = randomSong(random);
        const Song quantised = vocabulary->quantised(song);
        const auto decoded = decode(*vocabulary, vocabulary->encode(song));
        ASSERT_TRUE(decoded) << decoded.error().message;
        ASSERT_EQ(*decoded, quantised) << "song " << i;
        ASSERT_EQ(vocabulary->quantised(quantised), quantised) << "song " << i;
    }
}

TEST_P(Vocabularies, NotesStayWhereTheyAre) {
    Random random(12);
    for (int i = 0; i < 50; ++i) {
        const Song song = randomSong(random);
        const Song quantised = vocabulary->quantised(song);
        for (const auto& track : quantised.tracks) {
            for (const Note& note : track->notes) {
                bool found = false;
                for (const auto& original : song.tracks) {
                    for (const Note& candidate : original->notes) {
                        const double moved = static_cast<double>(candidate.onset.value) / song.ticksPerQuarter -
                                             static_cast<double>(note.onset.value) / quantised.ticksPerQuarter;
                        found =
                            found || (candidate.pitch == note.pitch && std::abs(moved) <= 0.5 / gridPerQuarter + 1e-9);
                    }
                }
                ASSERT_TRUE(found) << "a note that the song does not have";
                ASSERT_LE(note.end(), quantised.end);
                ASSERT_GT(note.duration.value, 0);
            }
        }
    }
}

TEST_P(Vocabularies, EveryDrawnPrefixIsMusic) {
    Random random(13);
    for (int i = 0; i < 40; ++i) {
        const auto prefix = drawnPrefix(random, random.between(1, 400));
        const Song song = prefix->song();
        const MeterMap meters = meterMap(song);
        EXPECT_EQ(song.end, meters.barStart(prefix->barsBegun()));
        for (const auto& track : song.tracks) {
            EXPECT_TRUE(std::is_sorted(track->notes.begin(), track->notes.end(), earlierNote));
            EXPECT_FALSE(track->notes.empty());
        }
        EXPECT_EQ(noteCount(vocabulary->quantised(song)), noteCount(song));
    }
}

TEST_P(Vocabularies, AKeptSettingStaysToTheEnd) {
    Random random(17);
    for (int i = 0; i < 20; ++i) {
        const auto prefix = readSeed(random);
        const Song before = prefix->song();
        if (before.end.value == 0) {
            continue;
        }
        prefix->keepSetting();
        prefix->keepMeter(meterMap(before).meterOfBar(prefix->barsBegun() - 1));
        drawOn(*prefix, random, 300);
        const Song after = prefix->song();
        EXPECT_EQ(after.tempi, before.tempi);
        EXPECT_EQ(after.meters, before.meters);
        if (!before.tracks.empty()) {
            EXPECT_EQ(after.tracks.size(), before.tracks.size());
        }
    }
}

TEST_P(Vocabularies, OnlyKeptPitchesAreStruckAndThereIsAlwaysAWayOn) {
    Random random(18);
    for (int i = 0; i < 60; ++i) {
        const auto prefix = readSeed(random);
        const Tick begin = prefix->lastLine();
        PitchSet drumKeys;
        for (std::size_t key = 27; key <= 87; ++key) {
            drumKeys.set(key);
        }
        for (const DrawnNote& drawn : prefix->takeNotes()) {
            if (drawn.drums) {
                drumKeys.set(static_cast<std::size_t>(drawn.note.pitch.midi()));
            }
        }
        PitchSet kept;
        for (int count = i % 4; count >= 0; --count) {  // as few as one
            kept.set(random.below(kept.size()));
        }
        prefix->keepPitches(kept);
        if (i % 2 == 0) {
            prefix->keepSetting();
        }
        drawOn(*prefix, random, 400, false);
        for (const DrawnNote& drawn : prefix->takeNotes()) {
            const auto pitch = static_cast<std::size_t>(drawn.note.pitch.midi());
            EXPECT_TRUE((drawn.drums ? drumKeys : kept)[pitch] || drawn.note.onset < begin) << pitch;
        }
    }
}

TEST_P(Vocabularies, WhoPlayedKeepsToItsCompassOrAnOctaveAroundWhatItPlayed) {
    if (GetParam() == "events-1") {
        GTEST_SKIP() << "has one instrument";
    }
    Random random(13);
    int beyond = 0;
    for (int i = 0; i < 40; ++i) {
        const auto prefix = readSeed(random);
        const Tick begin = prefix->lastLine();
        std::map<int, std::set<int>> played;  // pitches by program
        for (const DrawnNote& drawn : prefix->takeNotes()) {
            if (!drawn.drums) {
                played[drawn.program.midi()].insert(drawn.note.pitch.midi());
            }
        }
        prefix->keepPitches(PitchSet().set());
        drawOn(*prefix, random, 400, false);
        for (const DrawnNote& drawn : prefix->takeNotes()) {
            const int pitch = drawn.note.pitch.midi();
            const auto before = played.find(drawn.program.midi());
            const Compass compass = compassOf(drawn.program);
            if (drawn.drums || drawn.note.onset < begin || before == played.end() ||
                (pitch >= compass.lowest.midi() && pitch <= compass.highest.midi())) {
                continue;
            }
            ++beyond;
            EXPECT_TRUE(std::ranges::any_of(before->second, [=](int other) { return std::abs(other - pitch) <= 12; }))
                << pitch;
        }
    }
    EXPECT_GT(beyond, 0);
}

TEST_P(Vocabularies, EveryTokenIsOfOneKind) {
    for (int number = 0; number < vocabulary->size(); ++number) {
        const auto token = static_cast<Token>(number);
        const std::string text = vocabulary->text(token);
        const std::string word = text.substr(0, text.find(' '));
        const TokenKind wanted =
            word == "Pitch" || word == "On" ? TokenKind::pitch
            : word == "Velocity"            ? TokenKind::velocity
            : word == "Position" || word == "Duration" || word == "DrumPitch" || word == "Off" || word == "Wait"
                ? TokenKind::rhythm
                : TokenKind::structure;
        EXPECT_EQ(vocabulary->kind(token), wanted) << text;
    }
}

TEST_P(Vocabularies, MaskAndPushAgree) {
    Random random(14);
    std::vector<std::uint8_t> mask(static_cast<std::size_t>(vocabulary->size()));
    for (int i = 0; i < 20; ++i) {
        const auto prefix = drawnPrefix(random, random.between(1, 120));
        prefix->allowed(mask);
        for (int token = 0; token < vocabulary->size(); ++token) {
            EXPECT_EQ(prefix->clone()->push(static_cast<Token>(token)), mask[static_cast<std::size_t>(token)] != 0)
                << vocabulary->text(static_cast<Token>(token));
        }
        EXPECT_FALSE(prefix->allows(static_cast<Token>(vocabulary->size())));
    }
}

TEST_P(Vocabularies, StreamedNotesAreTheSong) {
    Random random(15);
    const Song song = randomSong(random);
    const auto prefix = vocabulary->emptyPrefix();
    std::size_t streamed = 0;
    for (const Token token : vocabulary->encode(song)) {
        ASSERT_TRUE(prefix->push(token));
        streamed += prefix->takeNotes().size();
    }
    EXPECT_TRUE(prefix->ended());
    EXPECT_EQ(streamed, noteCount(prefix->song()));
}

TEST_P(Vocabularies, TranspositionMovesThePitchesAndNothingElse) {
    Random random(16);
    for (int i = 0; i < 20; ++i) {
        const Song song = randomSong(random);
        std::vector<Token> moved;
        for (const Token token : vocabulary->encode(song)) {
            moved.push_back(vocabulary->transposed(token, 3).value());
        }
        const Song up = decode(*vocabulary, moved).value();
        const Song original = vocabulary->quantised(song);
        ASSERT_EQ(up.tracks.size(), original.tracks.size());
        for (std::size_t t = 0; t < up.tracks.size(); ++t) {
            const int semitones = up.tracks[t]->isDrums() ? 0 : 3;
            ASSERT_EQ(up.tracks[t]->notes.size(), original.tracks[t]->notes.size());
            for (std::size_t n = 0; n < up.tracks[t]->notes.size(); ++n) {
                EXPECT_EQ(up.tracks[t]->notes[n].pitch.midi(), original.tracks[t]->notes[n].pitch.midi() + semitones);
                EXPECT_EQ(up.tracks[t]->notes[n].onset, original.tracks[t]->notes[n].onset);
            }
        }
    }
}

TEST_P(Vocabularies, EveryTokenHasItsOwnText) {
    std::set<std::string> texts;
    for (int token = 0; token < vocabulary->size(); ++token) {
        texts.insert(vocabulary->text(static_cast<Token>(token)));
    }
    EXPECT_EQ(static_cast<int>(texts.size()), vocabulary->size());
}

TEST_P(Vocabularies, RoundTripOverTheCorpus) {
    const char* corpus = std::getenv("RICERCAR_CORPUS");
    if (corpus == nullptr) {
        GTEST_SKIP() << "RICERCAR_CORPUS is not set";
    }
    int index = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
        if (entry.path().extension() != ".mid" || ++index % 20 != 0) {
            continue;
        }
        const auto reading = readSmfFile(entry.path());
        if (!reading) {
            continue;
        }
        const auto decoded = decode(*vocabulary, vocabulary->encode(reading->song));
        ASSERT_TRUE(decoded) << entry.path() << decoded.error().message;
        ASSERT_EQ(*decoded, vocabulary->quantised(reading->song)) << entry.path();
    }
    EXPECT_GT(index, 0);
}

INSTANTIATE_TEST_SUITE_P(All, Vocabularies, testing::ValuesIn(vocabularyNames()), [](const auto& vocabulary) {
    std::string name(vocabulary.param);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(Vocabulary, UnknownNameListsWhatExists) {
    EXPECT_THAT(findVocabulary("x").error().message, testing::HasSubstr("house-1, events-1"));
}

TEST(Vocabulary, DecodeNamesTheFirstWrongToken) {
    const auto vocabulary = findVocabulary("house-2").value();
    const std::vector<Token> tokens = {startToken, 500};
    EXPECT_THAT(decode(*vocabulary, tokens).error().message, testing::HasSubstr("at place 1"));
}

}  // namespace
}  // namespace ricercar
