#pragma once

#include <array>
#include <vector>

namespace ricercar {

/// A room: a feedback delay network of eight lines with a Householder matrix (Jot and Chaigne, "Digital delay networks
/// for designing artificial reverberators", AES 1991). FluidSynth's own reverb is off because it opens an OpenMP
/// region, which allocates, in every call.
class Reverb {
public:
    explicit Reverb(double sampleRate);
    /// Adds the room to the sound.
    void process(float* left, float* right, int frames);

private:
    struct Line {
        std::vector<float> samples;
        std::size_t place = 0;
        float gain = 0;    ///< per passage
        float damped = 0;  ///< state of the low-pass
    };
    std::array<Line, 8> m_lines;
};

/// What the sum of all instruments passes through: gain, room, and a limiter that keeps it below full scale.
class Master {
public:
    Master(double sampleRate, float gain)
        : m_reverb(sampleRate),
          m_gain(gain),
          m_wantedGain(gain),
          m_recovery(static_cast<float>(1 / (0.3 * sampleRate))) {}

    float gain() const { return m_wantedGain; }
    /// Takes effect over the next buffer.
    void setGain(float gain) { m_wantedGain = gain; }
    void process(float* left, float* right, int frames);

private:
    Reverb m_reverb;
    float m_gain;
    float m_wantedGain;
    float m_reduction = 1;  ///< of the limiter
    float m_recovery;       ///< of the limiter, per frame
};

}  // namespace ricercar
