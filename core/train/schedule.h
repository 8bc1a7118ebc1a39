#pragma once

#include <cstdint>
#include <optional>

namespace ricercar {

/// When a training run ends, and how its learning rate goes until then: up in a few steps, then down along half a
/// cosine (Loshchilov and Hutter 2017, "SGDR", section 3, without restarts) to a twentieth of the peak.
struct Schedule {
    double peak = 0;                     ///< of the learning rate
    std::int64_t lastStep = 1;           ///< of all epochs
    std::optional<double> minutes = {};  ///< none: the epochs alone count
    bool epochsToo = false;              ///< beside the minutes: what comes first ends the run

    /// 0 at the start, 1 at the end. `seconds` were spent training.
    double fraction(std::int64_t step, double seconds) const;
    double secondsLeft(std::int64_t step, double seconds) const;
    /// Of the step that follows `step` steps.
    double learningRate(std::int64_t step, double seconds) const;
};

}  // namespace ricercar
