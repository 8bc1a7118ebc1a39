#include "core/analysis/comparison.h"

#include <cmath>

#include <gtest/gtest.h>

#include "support/song_builder.h"

namespace ricercar {
namespace {

constexpr double none = Features::none;

TEST(Quantile, LiesBetweenTheValues) {
    EXPECT_DOUBLE_EQ(quantile({5}, 0.95), 5);
    EXPECT_DOUBLE_EQ(quantile({3, 1, 2}, 0.5), 2);
    EXPECT_DOUBLE_EQ(quantile({1, 2, 3, 4}, 0.25), 1.75);
    EXPECT_DOUBLE_EQ(quantile({4, none, 2}, 0.5), 3);
    EXPECT_DOUBLE_EQ(quantile({1, 2, 3}, 1), 3);
    EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
    EXPECT_TRUE(std::isnan(quantile({none}, 0.5)));
}

TEST(Quartiles, HoldTheirEnds) {
    const Quartiles range = quartiles({1, 2, 3, 4, 5});
    EXPECT_TRUE(range.hold(2));
    EXPECT_TRUE(range.hold(4));
    EXPECT_FALSE(range.hold(1.9));
    EXPECT_FALSE(range.hold(4.1));
    EXPECT_FALSE(range.hold(none));
    EXPECT_FALSE(quartiles({}).hold(1));
}

TEST(OverlappingArea, IsOneForTheSameAndNoneForFarSets) {
    EXPECT_NEAR(overlappingArea({1, 2, 3, 4}, {4, 3, 2, 1}), 1, 1e-3);
    EXPECT_NEAR(overlappingArea({1, 2, 3}, {1001, 1002, 1003}), 0, 1e-6);
    EXPECT_TRUE(std::isnan(overlappingArea({1, 1, 1}, {1, 2})));
    EXPECT_TRUE(std::isnan(overlappingArea({1}, {1, 2})));
}

TEST(OverlappingArea, OfTwoShiftedSets) {
    // Values 2 apart have the deviation sqrt(2). The kernels at 2 are the same; of those at 0 and 4 both tails beyond 2
    // are common, and all have half the weight.
    const double width = std::sqrt(2.0) * std::pow(2.0, -0.2);
    EXPECT_NEAR(overlappingArea({0, 2}, {2, 4}), 0.5 + std::erfc(2 / width / std::sqrt(2.0)) / 2, 1e-5);
}

TEST(PieceFigures, CountSilentBarsAtTheEnd) {
    Song song = SongBuilder().note(60, 4).note(62, 4).build();
    song.end = Tick{4 * 1920};
    const PieceFigures figures = pieceFigures(song);
    EXPECT_DOUBLE_EQ(figures.features.emptyBarRate, 0.5);
    EXPECT_DOUBLE_EQ(figures.features.notesPerBar, 0.5);
    EXPECT_TRUE(figures.endsOnBarLine);
    EXPECT_EQ(figures.timesRunning, 1);
    EXPECT_FALSE(figures.copies);
    song.end = Tick{4 * 1920 - 1};
    EXPECT_FALSE(pieceFigures(song).endsOnBarLine);
}

TEST(PieceFigures, AreStuckBeyondWhatIsAllowed) {
    PieceFigures figures;
    figures.timesRunning = 4;
    EXPECT_FALSE(figures.stuck());
    figures.timesRunning = 5;
    EXPECT_TRUE(figures.stuck());
    figures.timesAllowed = 6;
    EXPECT_FALSE(figures.stuck());
}

PieceFigures withDensity(double notesPerBar) {
    PieceFigures figures;
    figures.features.notesPerBar = notesPerBar;
    return figures;
}

TEST(CompareFeatures, AsksWhetherTheMedianLiesInTheRange) {
    const std::vector real = {withDensity(1), withDensity(2), withDensity(3), withDensity(4), withDensity(5)};
    const std::vector takes = {withDensity(2), withDensity(4), withDensity(9), withDensity(none)};
    for (const FeatureComparison& comparison : compareFeatures(real, takes)) {
        if (comparison.field.name == "notesPerBar") {
            EXPECT_TRUE(comparison.judged);
            EXPECT_DOUBLE_EQ(comparison.real.lower, 2);
            EXPECT_DOUBLE_EQ(comparison.real.upper, 4);
            EXPECT_DOUBLE_EQ(comparison.takes.median, 4);
            EXPECT_DOUBLE_EQ(comparison.insideShare, 2.0 / 3);
            EXPECT_TRUE(comparison.alike());
        } else {
            EXPECT_FALSE(comparison.alike()) << comparison.field.name;
            EXPECT_TRUE(std::isnan(comparison.insideShare));
        }
    }
    const auto denser = compareFeatures(real, std::vector{withDensity(4.5)});
    EXPECT_TRUE(std::none_of(denser.begin(), denser.end(), [](const auto& feature) { return feature.alike(); }));
}

TEST(SummariseCopies, IsOverThePiecesThatWereSearched) {
    std::vector<PieceFigures> pieces(4);
    for (std::size_t index = 0; index < 3; ++index) {
        CopiedRun run;
        run.notes = 10 * index + 5;
        run.firstBar = 1;
        run.lastBar = 3;
        std::vector<bool> inCopy(100);
        std::fill_n(inCopy.begin(), 10 * index, true);
        pieces[index].copies = Copies{run, std::move(inCopy)};
    }
    const CopySummary summary = summariseCopies(pieces);
    EXPECT_DOUBLE_EQ(summary.medianNotes, 15);
    EXPECT_DOUBLE_EQ(summary.highNotes, 24);
    EXPECT_DOUBLE_EQ(summary.highBars, 3);
    EXPECT_DOUBLE_EQ(summary.medianShare, 0.1);
    EXPECT_EQ(summary.longest, &*pieces[2].copies->longest);
    EXPECT_DOUBLE_EQ(shareWithLongerCopies(pieces, 15), 0.25);
    EXPECT_EQ(summariseCopies({}).longest, nullptr);
}

}  // namespace
}  // namespace ricercar
