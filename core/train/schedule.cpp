#include "core/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ricercar {

namespace {

constexpr double lowestRate = 0.05;  // of the peak, at the end
constexpr std::int64_t warmUpSteps = 50;

}  // namespace

double Schedule::fraction(std::int64_t step, double seconds) const {
    const double ofSteps = static_cast<double>(step) / static_cast<double>(lastStep);
    if (!minutes) {
        return ofSteps;
    }
    const double ofTime = seconds / (*minutes * 60);
    return std::min(1.0, epochsToo ? std::max(ofTime, ofSteps) : ofTime);
}

double Schedule::secondsLeft(std::int64_t step, double seconds) const {
    const double done = fraction(step, seconds);
    return done > 0 ? seconds / done * (1 - done) : 0;
}

double Schedule::learningRate(std::int64_t step, double seconds) const {
    const auto warmUp = std::min(warmUpSteps, std::max<std::int64_t>(1, lastStep / 10));
    const double warm = std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(warmUp));
    const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * fraction(step, seconds)));
    return peak * warm * (lowestRate + (1 - lowestRate) * cosine);
}

}  // namespace ricercar
