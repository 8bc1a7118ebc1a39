#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/result.h"

namespace ricercar {

enum class SoundFormat { wav, flac, ogg };

/// By the ending of the name, in any case; nothing when there is no such format.
std::optional<SoundFormat> soundFormatOf(const std::filesystem::path& path);

/// A stereo sound file that is being written: WAV and FLAC with 16 bits, Ogg Vorbis at quality 7 of 10.
class SoundFile {
public:
    /// Errors, here and later, speak of `name` and say the system's reason.
    static Result<SoundFile> create(const std::filesystem::path& path, SoundFormat format, double sampleRate,
                                    const std::filesystem::path& name);

    /// From now on the file can be read after every `write`. WAV only.
    void keepWhole();
    /// Both of one length.
    Result<void> write(std::span<const float> left, std::span<const float> right);
    /// Writes what is still buffered.
    Result<void> close();

private:
    struct Closer {
        void operator()(void* file) const;
    };

    SoundFile(std::filesystem::path name, void* file) : m_name(std::move(name)), m_file(file) {}

    std::filesystem::path m_name;
    std::unique_ptr<void, Closer> m_file;  ///< libsndfile's SNDFILE
    std::vector<float> m_interleaved;
};

}  // namespace ricercar
