#include "core/generate/calibration.h"

#include <gtest/gtest.h>

namespace ricercar {
namespace {

double of(const Sampling& sampling, TokenKind kind) { return sampling.temperatures[static_cast<std::size_t>(kind)]; }

TEST(Calibration, OneIsTheModelsOwnDistributionGentlyCut) {
    const Sampling sampling = samplingAt(1);
    for (const double temperature : sampling.temperatures) {
        EXPECT_DOUBLE_EQ(temperature, 1);
    }
    EXPECT_GT(sampling.minP, 0);
    EXPECT_LE(sampling.minP, 0.05);
    EXPECT_EQ(sampling.topP, 1);
}

TEST(Calibration, EveryKindGrowsBolderWithTheTemperature) {
    Sampling last = samplingAt(lowestTemperature);
    for (int step = 1; step <= 39; ++step) {
        const Sampling sampling = samplingAt(lowestTemperature + step * 0.05);
        for (std::size_t kind = 0; kind < tokenKinds; ++kind) {
            EXPECT_GT(sampling.temperatures[kind], last.temperatures[kind]) << step;
        }
        EXPECT_GE(sampling.minP, last.minP);
        last = sampling;
    }
    EXPECT_EQ(samplingAt(highestTemperature).temperatures, samplingAt(99).temperatures);
}

TEST(Calibration, StructureIsCoolerThanRhythmAndRhythmThanPitch) {
    for (const double temperature : {0.2, 0.5, 0.9, 1.1, 1.4, 2.0}) {
        const Sampling sampling = samplingAt(temperature);
        EXPECT_LT(of(sampling, TokenKind::structure), of(sampling, TokenKind::rhythm)) << temperature;
        EXPECT_LT(of(sampling, TokenKind::rhythm), of(sampling, TokenKind::pitch)) << temperature;
    }
}

}  // namespace
}  // namespace ricercar
