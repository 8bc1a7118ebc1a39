#include "core/audio/render.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <system_error>

#include "core/audio/sequencer.h"
#include "core/audio/sound_file.h"

namespace ricercar {

namespace {

namespace fs = std::filesystem;

constexpr double sampleRate = 48000;
constexpr double longestSeconds = 6 * 3600;  // what a WAV file can hold
constexpr double longestTailSeconds = 12;
constexpr double quietSeconds = 0.25;
constexpr float quiet = 1e-4F;  // -80 dB
constexpr int blockFrames = 2048;

/// Removes the file unless it was kept.
class TemporaryFile {
public:
    explicit TemporaryFile(const fs::path& target)
        : m_path(target.parent_path() / fmt::format(".{}.{}", target.filename().string(), getpid())) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        std::error_code ignored;
        fs::remove(m_path, ignored);
    }

    const fs::path& path() const { return m_path; }
    Result<void> renameTo(const fs::path& target) const {
        std::error_code error;
        fs::rename(m_path, target, error);
        if (error) {
            return failure("{}: cannot be written: {}", target.string(), error.message());
        }
        return {};
    }

private:
    fs::path m_path;
};

/// Renders blocks into a file.
class Recording {
public:
    Recording(Sequencer& sequencer, SoundFile& file) : m_sequencer(sequencer), m_file(file) {}

    double seconds() const { return static_cast<double>(m_frames) / sampleRate; }
    float peak() const { return m_peak; }  ///< of the last block

    Result<void> block(int frames) {
        m_sequencer.render(m_left.data(), m_right.data(), frames);
        m_frames += frames;
        m_peak = 0;
        for (int frame = 0; frame < frames; ++frame) {
            const auto at = static_cast<std::size_t>(frame);
            m_peak = std::max({m_peak, std::abs(m_left[at]), std::abs(m_right[at])});
        }
        const auto count = static_cast<std::size_t>(frames);
        return m_file.write(std::span(m_left).first(count), std::span(m_right).first(count));
    }

private:
    Sequencer& m_sequencer;
    SoundFile& m_file;
    std::array<float, blockFrames> m_left{};
    std::array<float, blockFrames> m_right{};
    std::int64_t m_frames = 0;
    float m_peak = 0;
};

Result<void> record(Sequencer& sequencer, double seconds, SoundFile& file, const ProgressSink& progress,
                    const std::stop_token& stop) {
    Recording recording(sequencer, file);
    sequencer.start();
    double quietFor = 0;
    while (recording.seconds() < seconds ||
           (quietFor < quietSeconds && recording.seconds() < seconds + longestTailSeconds)) {
        if (stop.stop_requested()) {
            return failure("stopped");
        }
        const double left = seconds - recording.seconds();
        const int frames =
            left > 0 ? static_cast<int>(std::min(std::ceil(left * sampleRate), double{blockFrames})) : blockFrames;
        if (auto written = recording.block(frames); !written) {
            return written;
        }
        if (left <= 0) {
            sequencer.stop();
            quietFor = recording.peak() < quiet ? quietFor + frames / sampleRate : 0;
        }
        if (progress && left > 0) {
            progress({std::min(1.0, recording.seconds() / seconds), "rendering"});
        }
    }
    return {};
}

}  // namespace

Result<void> renderToFile(const Song& song, const fs::path& file, const fs::path& soundFont,
                          const ProgressSink& progress, const std::stop_token& stop) {
    const auto format = soundFormatOf(file);
    if (!format) {
        return failure("{}: the name must end in .wav, .flac or .ogg", file.string());
    }
    auto plan = std::make_unique<Plan>(makePlan(song));
    const double seconds = plan->lastNoteEndSeconds;
    if (seconds <= 0) {
        return failure("there are no notes to render");
    }
    if (seconds > longestSeconds) {
        return failure("the song lasts {:.0f} hours; at most 6 can be rendered", seconds / 3600);
    }
    auto synth = Synth::load(soundFont, sampleRate, plan->patches);
    if (!synth) {
        return tl::make_unexpected(synth.error());
    }
    Sequencer sequencer(sampleRate);
    sequencer.exchange({std::move(plan), std::move(*synth)});

    const TemporaryFile temporary(file);
    auto sound = SoundFile::create(temporary.path(), *format, sampleRate, file);
    if (!sound) {
        return tl::make_unexpected(sound.error());
    }
    return record(sequencer, seconds, *sound, progress, stop).and_then([&] { return sound->close(); }).and_then([&] {
        return temporary.renameTo(file);
    });
}

}  // namespace ricercar
