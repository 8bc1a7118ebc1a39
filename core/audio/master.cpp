#include "core/audio/master.h"

#include <algorithm>
#include <cmath>

namespace ricercar {

Reverb::Reverb(double sampleRate) {
    constexpr std::array lengths{0.0297, 0.0371, 0.0411, 0.0437, 0.0479, 0.0533, 0.0599, 0.0673};  // seconds
    constexpr double decaySeconds = 1.3;                                                           // by 60 dB
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        m_lines[i].samples.resize(static_cast<std::size_t>(lengths[i] * sampleRate));
        m_lines[i].gain = static_cast<float>(std::pow(10.0, -3.0 * lengths[i] / decaySeconds));
    }
}

void Reverb::process(float* left, float* right, int frames) {
    constexpr float wet = 0.06F;
    constexpr float damping = 0.35F;
    constexpr float notDenormal = 1e-18F;
    for (int frame = 0; frame < frames; ++frame) {
        const float input = left[frame] + right[frame] + notDenormal;
        std::array<float, 8> out{};
        float sum = 0;
        for (std::size_t i = 0; i < m_lines.size(); ++i) {
            Line& line = m_lines[i];
            line.damped += (1 - damping) * (line.samples[line.place] * line.gain - line.damped);
            out[i] = line.damped;
            sum += out[i];
        }
        for (std::size_t i = 0; i < m_lines.size(); ++i) {
            Line& line = m_lines[i];
            line.samples[line.place] = input + out[i] - sum / 4;
            line.place = line.place + 1 == line.samples.size() ? 0 : line.place + 1;
        }
        left[frame] += wet * (out[0] - out[2] + out[4] - out[6]);
        right[frame] += wet * (out[1] - out[3] + out[5] - out[7]);
    }
}

void Master::process(float* left, float* right, int frames) {
    constexpr float ceiling = 0.98F;
    const float step = (m_wantedGain - m_gain) / static_cast<float>(std::max(frames, 1));
    for (int frame = 0; frame < frames; ++frame) {
        m_gain += step;
        left[frame] *= m_gain;
        right[frame] *= m_gain;
    }
    m_gain = m_wantedGain;
    m_reverb.process(left, right, frames);
    for (int frame = 0; frame < frames; ++frame) {
        const float peak = std::max(std::abs(left[frame]), std::abs(right[frame]));
        m_reduction = std::min(1.0F, m_reduction + m_recovery);
        if (peak * m_reduction > ceiling) {
            m_reduction = ceiling / peak;
        }
        left[frame] *= m_reduction;
        right[frame] *= m_reduction;
    }
}

}  // namespace ricercar
