#pragma once

#include <fluidsynth.h>

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "core/audio/patch.h"
#include "core/base/result.h"

namespace ricercar {

/// Owns an object of FluidSynth.
template <auto destroy>
struct FluidDeleter {
    template <typename T>
    void operator()(T* object) const {
        destroy(object);
    }
};
template <typename T, auto destroy>
using FluidPointer = std::unique_ptr<T, FluidDeleter<destroy>>;

/// Keeps FluidSynth from writing to standard error; what goes wrong is told by our own errors.
void quietFluidSynth();

/// FluidSynth with a sound font and the samples of some instruments. Loading is slow; every other call is made by one
/// thread at a time and neither locks nor allocates. Channels are 0 to `synthChannels`-1, pitches and values as in
/// MIDI.
class Synth {
public:
    /// An instrument that the font lacks is replaced by the nearest that it has.
    static Result<std::unique_ptr<Synth>> load(const std::filesystem::path& font, double sampleRate,
                                               std::span<const Patch> patches);

    bool has(Patch patch) const;

    /// An instrument that was not loaded is silent.
    void select(int channel, Patch patch);
    void noteOn(int channel, int pitch, int velocity) { fluid_synth_noteon(m_synth.get(), channel, pitch, velocity); }
    void noteOff(int channel, int pitch) { fluid_synth_noteoff(m_synth.get(), channel, pitch); }
    void control(int channel, int controller, int value) { fluid_synth_cc(m_synth.get(), channel, controller, value); }
    /// As if the controller had never been moved.
    void resetControl(int channel, int controller) {
        control(channel, controller, m_controlDefaults[static_cast<std::size_t>(controller)]);
    }
    void bend(int channel, int value) { fluid_synth_pitch_bend(m_synth.get(), channel, value + 8192); }
    void bendRange(int channel, int semitones) { fluid_synth_pitch_wheel_sens(m_synth.get(), channel, semitones); }
    /// At once, without release.
    void silence() { fluid_synth_all_sounds_off(m_synth.get(), -1); }

    int soundingVoices() const { return fluid_synth_get_active_voice_count(m_synth.get()); }
    /// Overwrites the buffers.
    void write(float* left, float* right, int frames) {
        fluid_synth_write_float(m_synth.get(), frames, left, 0, 1, right, 0, 1);
    }

private:
    /// A preset of the font that stands for an instrument.
    struct Preset {
        Patch patch;
        int bank = 0;
        int program = 0;
    };

    Synth(double sampleRate);
    void loadPatch(Patch patch);
    const Preset* find(Patch patch) const;

    FluidPointer<fluid_settings_t, delete_fluid_settings> m_settings;
    FluidPointer<fluid_synth_t, delete_fluid_synth> m_synth;
    int m_font = FLUID_FAILED;
    std::vector<Preset> m_presets;
    std::array<int, 128> m_controlDefaults{};
};

}  // namespace ricercar
