#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ricercar {

/// Song time against frames of output: where the song is, and how many frames away a moment is. Counts whole frames
/// from the last jump, so that nothing drifts and the size of buffers changes nothing.
class Transport {
public:
    explicit Transport(double sampleRate) : m_sampleRate(sampleRate) {}

    double sampleRate() const { return m_sampleRate; }
    double secondsPerFrame() const { return m_speed / m_sampleRate; }  ///< of the song
    double seconds() const { return m_start + static_cast<double>(m_frames) * secondsPerFrame(); }

    void moveTo(double seconds) {
        m_start = seconds;
        m_frames = 0;
    }
    void advance(std::int64_t frames) { m_frames += frames; }
    void setSpeed(double speed) {
        moveTo(seconds());
        m_speed = speed;
    }
    void setSampleRate(double sampleRate) {
        moveTo(seconds());
        m_sampleRate = sampleRate;
    }

    /// Frames from here to the first frame at or after `seconds`, 0 when that has passed, at most `limit`.
    int framesUntil(double seconds, int limit) const {
        constexpr double tolerance = 1e-6;  // of a frame, for the rounding of the division
        const double frame = std::ceil((seconds - m_start) / secondsPerFrame() - tolerance);
        return static_cast<int>(std::clamp(frame - static_cast<double>(m_frames), 0.0, static_cast<double>(limit)));
    }

private:
    double m_sampleRate;
    double m_speed = 1;
    double m_start = 0;         ///< seconds of the song at the last jump
    std::int64_t m_frames = 0;  ///< since then
};

}  // namespace ricercar
