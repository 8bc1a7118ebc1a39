#pragma once

#include <memory>
#include <string>

namespace ricercar {

/// Fills `frames` frames of both buffers; called on the output's own thread.
using FillBuffers = void (*)(void* context, float* left, float* right, int frames);

/// Something that asks for samples at its own pace, until it is destroyed.
class Output {
public:
    virtual ~Output() = default;
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    double sampleRate() const { return m_sampleRate; }
    /// Why nothing is heard; empty when something is.
    const std::string& silentBecause() const { return m_silentBecause; }
    /// Once: begins to ask for samples.
    virtual void start(FillBuffers fill, void* context) = 0;

protected:
    Output(double sampleRate, std::string silentBecause)
        : m_sampleRate(sampleRate), m_silentBecause(std::move(silentBecause)) {}

private:
    double m_sampleRate;
    std::string m_silentBecause;
};

/// Opens the driver that the environment variable RICERCAR_AUDIO_DRIVER, else `driver` names; when both are empty the
/// first of jack (when its server runs), pulseaudio, pipewire and alsa that opens. "file" writes to the WAV file that
/// RICERCAR_AUDIO_FILE names, in real time, whole after every buffer. "silent", and whatever does not open, gives an
/// output that asks for samples by the clock and drops them.
std::unique_ptr<Output> openOutput(const std::string& driver);

}  // namespace ricercar
