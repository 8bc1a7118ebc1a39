#include "core/analysis/copies.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "support/song_builder.h"

namespace ricercar {
namespace {

CopyIndex indexOf(const std::vector<Song>& pieces) {
    CopyIndex::Builder builder;
    for (const Song& piece : pieces) {
        builder.add(piece);
    }
    return std::move(builder).finish();
}

/// Eighths.
Song tune(const std::vector<int>& pitches, double quarters = 0.5) {
    SongBuilder song;
    for (const int pitch : pitches) {
        song.note(pitch, quarters);
    }
    return song.build();
}

TEST(Copies, AreFoundInAnotherKeyAndTempo) {
    // The second piece has the last five notes of the first, a fourth higher and twice as slow, in its third bar.
    const CopyIndex index = indexOf({tune({60, 61, 62, 63, 60, 65, 61, 70})});
    const Copies copies = index.find(
        SongBuilder().note(50, 8).note(68, 1).note(65, 1).note(70, 1).note(66, 1).note(75, 1).note(30, 3).build());
    ASSERT_TRUE(copies.longest);
    EXPECT_EQ(copies.longest->notes, 4);  // the step to the first of the five is another
    EXPECT_EQ(copies.longest->firstBar, 2);
    EXPECT_EQ(copies.longest->lastBar, 3);
    EXPECT_EQ(copies.longest->bars(), 2);
    EXPECT_EQ(copies.notes(), 7);
    EXPECT_EQ(copies.copied(), 0);
}

TEST(Copies, SayWhereTheyComeFrom) {
    SongBuilder source;
    source.note(40, 4).track().rest(4);
    for (const int pitch : {60, 64, 67, 63, 61, 60, 66, 71, 72}) {
        source.note(pitch, 0.5);
    }
    const CopyIndex index = indexOf({tune({60, 60, 60}), source.build(), tune({60, 72})});
    const Copies copies = index.find(tune({62, 66, 69, 65, 63, 62, 68, 73, 74}));
    ASSERT_TRUE(copies.longest);
    EXPECT_EQ(copies.longest->notes, 9);
    EXPECT_EQ(copies.longest->piece, 1);
    EXPECT_EQ(copies.longest->pieceFirstBar, 1);
    EXPECT_EQ(copies.longest->pieceLastBar, 2);
    EXPECT_EQ(copies.copied(), 9);
    EXPECT_DOUBLE_EQ(copies.copiedShare(), 1);
}

TEST(Copies, NotesOfOverlappingRunsCountOnce) {
    // Eight notes of one piece, the last four of which are the first of eight of another.
    const CopyIndex index =
        indexOf({tune({50, 52, 60, 62, 65, 61, 70, 71, 75, 60}), tune({90, 50, 70, 71, 75, 60, 72, 62, 63, 64})});
    const Copies copies = index.find(tune({1, 3, 60, 62, 65, 61, 70, 71, 75, 60, 72, 62, 63, 64, 99}));
    EXPECT_EQ(copies.longest->notes, 8);
    EXPECT_EQ(copies.notes(), 15);
    EXPECT_EQ(copies.copied(), 12);
}

TEST(Copies, OfSeveralIndexesAreThoseOfOne) {
    const std::vector<Song> pieces = {tune({50, 52, 60, 62, 65, 61, 70, 71, 75, 60}), tune({1, 2, 1}),
                                      tune({90, 50, 70, 71, 75, 60, 72, 62, 63, 64, 70})};
    const Song asked = tune({1, 3, 60, 62, 65, 61, 70, 71, 75, 60, 72, 62, 63, 64, 70, 99});
    const Copies whole = indexOf(pieces).find(asked);
    Copies copies = indexOf({pieces[0]}).find(asked);
    copies.add(indexOf({pieces[1], pieces[2]}).find(asked), 1);
    EXPECT_EQ(copies.inCopy, whole.inCopy);
    EXPECT_EQ(copies.longest->notes, 9);
    EXPECT_EQ(copies.longest->piece, whole.longest->piece);
}

TEST(Copies, AnotherRhythmIsNoCopy) {
    const CopyIndex index = indexOf({SongBuilder().note(60, 1).note(62, 1).note(64, 1).note(65, 1).build()});
    EXPECT_EQ(index.find(SongBuilder().note(60, 1).note(62, 0.5).note(64, 0.5).note(65, 1).build()).longest->notes, 2);
    EXPECT_EQ(index.find(SongBuilder().note(60, 1).note(62, 0.75).note(64, 0.5).note(65, 1).build()).longest->notes, 2);
}

TEST(Copies, ChordsAreReadUpwards) {
    const CopyIndex index = indexOf({SongBuilder().note(67, 1).chordNote(60, 1).chordNote(64, 1).note(65, 1).build()});
    EXPECT_EQ(
        index.find(SongBuilder().note(62, 1).chordNote(66, 1).chordNote(69, 1).note(67, 1).build()).longest->notes, 4);
    EXPECT_EQ(index.find(SongBuilder().note(62, 1).note(66, 1).note(69, 1).build()).longest, std::nullopt);
}

TEST(Copies, DrumsAreComparedByDrumAndNeverWithPitches) {
    const CopyIndex index = indexOf({SongBuilder().drums().note(36, 1).note(38, 1).note(36, 1).build()});
    EXPECT_EQ(index.find(SongBuilder().drums().note(42, 2).note(38, 2).note(36, 2).build()).longest->notes, 3);
    EXPECT_EQ(index.find(SongBuilder().drums().note(37, 1).note(39, 1).note(37, 1).build()).longest, std::nullopt);
    EXPECT_EQ(index.find(SongBuilder().note(36, 1).note(38, 1).note(36, 1).build()).longest, std::nullopt);
}

TEST(Copies, ThePieceItselfCanBeLeftOut) {
    const std::vector<Song> pieces = {tune({60, 62, 64, 65, 67}), tune({60, 62, 64, 70}), tune({60, 62, 64, 65, 67})};
    const CopyIndex index = indexOf({pieces[0], pieces[1]});
    EXPECT_EQ(index.find(pieces[0]).longest->notes, 5);
    EXPECT_EQ(index.find(pieces[0], 0).longest->notes, 3);
    EXPECT_EQ(index.find(pieces[0], 0).longest->piece, 1);
    EXPECT_EQ(indexOf(pieces).find(pieces[0], 0).longest->piece, 2);
    EXPECT_EQ(indexOf({pieces[0]}).find(pieces[0], 0).longest, std::nullopt);
}

TEST(Copies, OfAndInNothing) {
    EXPECT_EQ(indexOf({}).find(tune({60, 62})).longest, std::nullopt);
    EXPECT_EQ(indexOf({}).find(tune({60, 62})).notes(), 2);
    EXPECT_EQ(indexOf({tune({60, 62}), Song{}}).find(Song{}).longest, std::nullopt);
    EXPECT_DOUBLE_EQ(indexOf({}).find(Song{}).copiedShare(), 0);
}

struct PlainNote {
    int pitch;
    double time;  // since the note before
};

std::vector<PlainNote> randomLine(Random& random) {
    std::vector<PlainNote> line(random.below(40));
    for (PlainNote& note : line) {
        note = {60 + random.between(0, 2), 0.25 * (1 << random.between(0, 1))};
    }
    return line;
}

Song songOf(const std::vector<std::vector<PlainNote>>& lines) {
    SongBuilder song;
    for (const auto& line : lines) {
        song.track();
        for (std::size_t note = 0; note < line.size(); ++note) {
            song.note(line[note].pitch, note + 1 < line.size() ? line[note + 1].time : 1);
        }
    }
    return song.build();
}

/// How many notes of `a` from `i` on and of `b` from `j` on are one run.
std::size_t runAt(const std::vector<PlainNote>& a, std::size_t i, const std::vector<PlainNote>& b, std::size_t j) {
    const auto proportion = [](const auto& line, std::size_t note) {
        return note < 2 ? 0 : line[note].time / line[note - 1].time;
    };
    std::size_t notes = 1;
    while (i + notes < a.size() && j + notes < b.size() &&
           a[i + notes].pitch - a[i + notes - 1].pitch == b[j + notes].pitch - b[j + notes - 1].pitch &&
           proportion(a, i + notes) == proportion(b, j + notes)) {
        ++notes;
    }
    return notes;
}

TEST(Copies, AgreeWithSearchingEverywhere) {
    Random random(1);
    for (int trial = 0; trial < 300; ++trial) {
        std::vector<std::vector<std::vector<PlainNote>>> pieces(random.below(5));
        std::vector<Song> songs;
        for (auto& piece : pieces) {
            piece = {randomLine(random), randomLine(random)};
            songs.push_back(songOf(piece));
        }
        const auto asked = randomLine(random);
        const std::size_t except = random.below(5);
        std::size_t longest = 1;
        std::vector<bool> copied(asked.size());
        for (std::size_t i = 0; i < asked.size(); ++i) {
            for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
                for (const auto& line : pieces[piece]) {
                    for (std::size_t j = 0; j < line.size() && piece != except; ++j) {
                        const std::size_t notes = runAt(asked, i, line, j);
                        longest = std::max(longest, notes);
                        for (std::size_t note = 0; notes >= shortestCopy && note < notes; ++note) {
                            copied[i + note] = true;
                        }
                    }
                }
            }
        }
        const Copies copies = indexOf(songs).find(songOf({asked}), except);
        EXPECT_EQ(copies.longest ? copies.longest->notes : 1, longest) << "trial " << trial;
        EXPECT_EQ(copies.copied(), static_cast<std::size_t>(std::count(copied.begin(), copied.end(), true)));
        EXPECT_EQ(copies.notes(), asked.size());
    }
}

}  // namespace
}  // namespace ricercar
