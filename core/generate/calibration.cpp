#include "core/generate/calibration.h"

#include <algorithm>
#include <cmath>

namespace ricercar {

namespace {

struct Point {
    double temperature;
    std::array<double, tokenKinds> temperatures;  ///< structure, rhythm, pitch, velocity
    double minP;
};

/// Between its points the scale is linear.
constexpr std::array<Point, 5> scale = {{{0.05, {0.55, 0.60, 0.65, 0.65}, 0.02},
                                         {0.2, {0.70, 0.75, 0.80, 0.80}, 0.02},
                                         {1.0, {1.00, 1.00, 1.00, 1.00}, 0.02},
                                         {1.4, {1.08, 1.15, 1.40, 1.40}, 0.03},
                                         {2.0, {1.20, 1.40, 2.00, 2.00}, 0.04}}};

}  // namespace

Sampling samplingAt(double temperature) {
    const double within = std::clamp(temperature, scale.front().temperature, scale.back().temperature);
    const auto above = std::find_if(scale.begin() + 1, scale.end() - 1,
                                    [&](const Point& point) { return point.temperature >= within; });
    const Point& low = *(above - 1);
    const Point& high = *above;
    const double share = (within - low.temperature) / (high.temperature - low.temperature);
    Sampling sampling;
    for (std::size_t kind = 0; kind < tokenKinds; ++kind) {
        sampling.temperatures[kind] = std::lerp(low.temperatures[kind], high.temperatures[kind], share);
    }
    sampling.minP = std::lerp(low.minP, high.minP, share);
    return sampling;
}

}  // namespace ricercar
