#include "core/audio/sound_file.h"

#include <sndfile.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstring>

namespace ricercar {

namespace {

SNDFILE* handle(void* file) { return static_cast<SNDFILE*>(file); }

int libraryFormat(SoundFormat format) {
    switch (format) {
        case SoundFormat::flac:
            return SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
        case SoundFormat::ogg:
            return SF_FORMAT_OGG | SF_FORMAT_VORBIS;
        case SoundFormat::wav:
            break;
    }
    return SF_FORMAT_WAV | SF_FORMAT_PCM_16;
}

/// Why the library failed after `errno` was set to 0: the system's reason where there is one, which the library does
/// not always hand on.
tl::unexpected<Error> cannotBeWritten(const std::filesystem::path& name, const char* reason) {
    return failure("{}: cannot be written: {}", name.string(), errno != 0 ? std::strerror(errno) : reason);
}

}  // namespace

std::optional<SoundFormat> soundFormatOf(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    if (ending == ".wav") return SoundFormat::wav;
    if (ending == ".flac") return SoundFormat::flac;
    if (ending == ".ogg") return SoundFormat::ogg;
    return std::nullopt;
}

void SoundFile::Closer::operator()(void* file) const { sf_close(handle(file)); }

Result<SoundFile> SoundFile::create(const std::filesystem::path& path, SoundFormat format, double sampleRate,
                                    const std::filesystem::path& name) {
    SF_INFO info{};
    info.samplerate = static_cast<int>(std::lround(sampleRate));
    info.channels = 2;
    info.format = libraryFormat(format);
    errno = 0;
    SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
    if (file == nullptr) {
        return cannotBeWritten(name, sf_strerror(nullptr));
    }
    double quality = 0.7;
    sf_command(file, SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof quality);
    sf_command(file, SFC_SET_CLIPPING, nullptr, SF_TRUE);
    return SoundFile(name, file);
}

void SoundFile::keepWhole() { sf_command(handle(m_file.get()), SFC_SET_UPDATE_HEADER_AUTO, nullptr, SF_TRUE); }

Result<void> SoundFile::write(std::span<const float> left, std::span<const float> right) {
    m_interleaved.resize(2 * left.size());
    for (std::size_t frame = 0; frame < left.size(); ++frame) {
        m_interleaved[2 * frame] = left[frame];
        m_interleaved[2 * frame + 1] = right[frame];
    }
    const auto frames = static_cast<sf_count_t>(left.size());
    errno = 0;
    if (sf_writef_float(handle(m_file.get()), m_interleaved.data(), frames) != frames) {
        return cannotBeWritten(m_name, sf_strerror(handle(m_file.get())));
    }
    return {};
}

Result<void> SoundFile::close() {
    errno = 0;
    if (const int error = sf_close(handle(m_file.release())); error != 0) {
        return cannotBeWritten(m_name, sf_error_number(error));
    }
    return {};
}

}  // namespace ricercar
