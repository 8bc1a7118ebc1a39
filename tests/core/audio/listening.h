#pragma once

#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <filesystem>
#include <memory>
#include <numbers>
#include <span>
#include <vector>

#include "core/audio/sequencer.h"
#include "core/audio/sound_fonts.h"

namespace ricercar {

inline constexpr double testRate = 48000;

/// The small sound font where it is installed, else any; empty when there is none.
inline std::filesystem::path testSoundFont() {
    const auto fonts = installedSoundFonts();
    const auto isSmall = [](const auto& font) { return font.filename() == "TimGM6mb.sf2"; };
    const auto small = std::find_if(fonts.begin(), fonts.end(), isSmall);
    if (small != fonts.end()) return *small;
    return fonts.empty() ? std::filesystem::path() : fonts.front();
}

/// Tests that listen.
class Listening : public ::testing::Test {
protected:
    void SetUp() override {
        if (testSoundFont().empty()) {
            GTEST_SKIP() << "no sound font is installed (sudo apt install timgm6mb-soundfont)";
        }
    }
};

inline std::unique_ptr<Synth> synthFor(const Plan& plan) {
    return std::move(Synth::load(testSoundFont(), testRate, plan.patches).value());
}

inline Score scoreOf(const Song& song) {
    auto plan = std::make_unique<Plan>(makePlan(song));
    auto synth = synthFor(*plan);
    return {std::move(plan), std::move(synth)};
}

inline Score planOf(const Song& song) { return {std::make_unique<Plan>(makePlan(song)), nullptr}; }

/// Renders in buffers of `bufferFrames`; both channels summed.
inline std::vector<float> listen(Sequencer& sequencer, double seconds, int bufferFrames = 256) {
    std::vector<float> sound;
    std::vector<float> left(static_cast<std::size_t>(bufferFrames));
    std::vector<float> right(left.size());
    for (auto frames = static_cast<int>(std::lround(seconds * testRate)); frames > 0; frames -= bufferFrames) {
        const int count = std::min(frames, bufferFrames);
        sequencer.render(left.data(), right.data(), count);
        for (int frame = 0; frame < count; ++frame) {
            const auto at = static_cast<std::size_t>(frame);
            sound.push_back(left[at] + right[at]);
        }
    }
    return sound;
}

/// The sum of the channels of a sound file; nothing when it cannot be read.
inline std::vector<float> readSound(const std::filesystem::path& file) {
    SF_INFO info{};
    SNDFILE* sound = sf_open(file.c_str(), SFM_READ, &info);
    if (sound == nullptr || info.channels != 2 || info.samplerate != static_cast<int>(testRate)) {
        return {};
    }
    std::vector<float> interleaved(static_cast<std::size_t>(2 * info.frames));
    sf_readf_float(sound, interleaved.data(), info.frames);
    sf_close(sound);
    std::vector<float> sum(interleaved.size() / 2);
    for (std::size_t frame = 0; frame < sum.size(); ++frame) {
        sum[frame] = interleaved[2 * frame] + interleaved[2 * frame + 1];
    }
    return sum;
}

inline std::span<const float> between(std::span<const float> sound, double begin, double end) {
    const auto frame = [&](double seconds) {
        return std::min(sound.size(), static_cast<std::size_t>(std::lround(std::max(0.0, seconds) * testRate)));
    };
    return sound.subspan(frame(begin), frame(end) - frame(begin));
}

inline float peakOf(std::span<const float> sound) {
    float peak = 0;
    for (const float sample : sound) peak = std::max(peak, std::abs(sample));
    return peak;
}

/// The strength of one frequency, by the Fourier sum under a Hann window.
inline double strengthAt(std::span<const float> sound, double hertz) {
    std::complex<double> sum;
    const auto size = static_cast<double>(sound.size());
    for (std::size_t i = 0; i < sound.size(); ++i) {
        const auto place = static_cast<double>(i);
        const double window = 1 - std::cos(2 * std::numbers::pi * place / size);
        sum += window * sound[i] * std::polar(1.0, -2 * std::numbers::pi * hertz * place / testRate);
    }
    return std::abs(sum) / size;
}

inline double hertzOf(double pitch) { return 440 * std::exp2((pitch - 69) / 12); }

/// Near `pitch`, a quarter tone up and down: where the sound is strongest, as a pitch with its fraction.
inline double pitchNear(std::span<const float> sound, int pitch) {
    double best = pitch;
    double strongest = 0;
    for (int cents = -50; cents <= 50; ++cents) {
        const double candidate = pitch + cents / 100.0;
        if (const double strength = strengthAt(sound, hertzOf(candidate)); strength > strongest) {
            strongest = strength;
            best = candidate;
        }
    }
    return best;
}

/// Seconds to the first sample above a tenth of the peak.
inline double onsetIn(std::span<const float> sound) {
    const float threshold = peakOf(sound) / 10;
    const auto first = std::find_if(sound.begin(), sound.end(), [&](float s) { return std::abs(s) > threshold; });
    return static_cast<double>(first - sound.begin()) / testRate;
}

}  // namespace ricercar
