#include "core/audio/output.h"

#include <fluidsynth.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include "core/audio/clock_output.h"
#include "core/audio/jack_server.h"
#include "core/audio/synth.h"

namespace ricercar {

namespace {

constexpr double usualSampleRate = 48000;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// A device that one of FluidSynth's drivers opens. Only the driver is FluidSynth's: it calls back into our code.
class DeviceOutput final : public Output {
public:
    /// Null when the driver does not open.
    static std::unique_ptr<Output> open(const std::string& driver, double sampleRate) {
        quietFluidSynth();
        auto output = std::make_unique<DeviceOutput>(sampleRate);
        fluid_settings_t* settings = output->m_settings.get();
        fluid_settings_setnum(settings, "synth.sample-rate", sampleRate);
        fluid_settings_setint(settings, "audio.period-size", 256);
        fluid_settings_setint(settings, "audio.periods", 4);
        fluid_settings_setint(settings, "audio.jack.autoconnect", 1);
        fluid_settings_setstr(settings, "audio.jack.id", "Ricercar");
        if (fluid_settings_setstr(settings, "audio.driver", driver.c_str()) != FLUID_OK) {
            return nullptr;
        }
        output->m_driver.reset(new_fluid_audio_driver2(settings, &DeviceOutput::callback, output.get()));
        return output->m_driver ? std::move(output) : nullptr;
    }

    explicit DeviceOutput(double sampleRate) : Output(sampleRate, ""), m_settings(new_fluid_settings()) {}

    void start(FillBuffers fill, void* context) override {
        m_context = context;
        m_fill.store(fill, std::memory_order_release);
    }

private:
    static int callback(void* self, int frames, int, float**, int channels, float** buffers) {
        auto* output = static_cast<DeviceOutput*>(self);
        if (const FillBuffers fill = output->m_fill.load(std::memory_order_acquire); fill != nullptr && channels >= 2) {
            fill(output->m_context, buffers[0], buffers[1], frames);
        }
        return FLUID_OK;
    }

    std::atomic<FillBuffers> m_fill{nullptr};  // the driver calls from the moment it is open
    void* m_context = nullptr;
    FluidPointer<fluid_settings_t, delete_fluid_settings> m_settings;
    FluidPointer<fluid_audio_driver_t, delete_fluid_audio_driver> m_driver;
};

/// In the order in which they are tried.
constexpr std::array devices{"jack", "pulseaudio", "pipewire", "alsa"};

std::unique_ptr<Output> openDevice(const std::string& driver) {
    if (driver == "jack") {
        const auto sampleRate = jackSampleRate();
        return sampleRate ? DeviceOutput::open(driver, *sampleRate) : nullptr;
    }
    return DeviceOutput::open(driver, usualSampleRate);
}

std::unique_ptr<Output> openFile() {
    const std::string path = environment("RICERCAR_AUDIO_FILE");
    if (path.empty()) {
        return silentOutput(usualSampleRate, "RICERCAR_AUDIO_FILE names no file: silent");
    }
    return fileOutput(usualSampleRate, path);
}

}  // namespace

std::unique_ptr<Output> openOutput(const std::string& preference) {
    const std::string forced = environment("RICERCAR_AUDIO_DRIVER");
    const std::string& driver = forced.empty() ? preference : forced;
    if (driver == "file") {
        return openFile();
    }
    if (driver == "silent") {
        return silentOutput(usualSampleRate, "silent");
    }
    if (std::find(devices.begin(), devices.end(), driver) != devices.end()) {
        auto output = openDevice(driver);
        return output ? std::move(output) : silentOutput(usualSampleRate, driver + " does not open: silent");
    }
    if (!driver.empty()) {
        return silentOutput(usualSampleRate, "there is no audio driver \"" + driver + "\": silent");
    }
    for (const char* device : devices) {
        // Without a sound card ALSA's library complains on standard error.
        const bool hopeless = device == std::string_view("alsa") && !std::filesystem::exists("/dev/snd");
        if (auto output = hopeless ? nullptr : openDevice(device)) {
            return output;
        }
    }
    return silentOutput(usualSampleRate, "no sound device: silent");
}

}  // namespace ricercar
