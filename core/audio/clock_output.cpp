#include "core/audio/clock_output.h"

#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/audio/sound_file.h"

namespace ricercar {

namespace {

class ClockOutput final : public Output {
public:
    ClockOutput(double sampleRate, std::string because, std::optional<SoundFile> file)
        : Output(sampleRate, std::move(because)), m_file(std::move(file)) {}

    void start(FillBuffers fill, void* context) override {
        m_thread = std::jthread([this, fill, context](const std::stop_token& stop) { run(stop, fill, context); });
    }

private:
    void run(const std::stop_token& stop, FillBuffers fill, void* context) {
        using Clock = std::chrono::steady_clock;
        constexpr auto period = std::chrono::milliseconds(10);
        constexpr auto longestDelay =
            std::chrono::seconds(1);  // after more, e.g. a suspended machine, nothing is made up
        const auto frames = static_cast<std::size_t>(sampleRate() * 0.010);
        std::vector<float> left(frames);
        std::vector<float> right(frames);
        for (auto next = Clock::now(); !stop.stop_requested(); next += period) {
            std::this_thread::sleep_until(next);
            if (Clock::now() - next > longestDelay) {
                next = Clock::now();
            }
            fill(context, left.data(), right.data(), static_cast<int>(frames));
            if (m_file && !m_file->write(left, right)) {
                m_file.reset();
            }
        }
    }

    std::optional<SoundFile> m_file;
    std::jthread m_thread;  // last: joined before the rest goes
};

}  // namespace

std::unique_ptr<Output> silentOutput(double sampleRate, std::string because) {
    return std::make_unique<ClockOutput>(sampleRate, std::move(because), std::nullopt);
}

std::unique_ptr<Output> fileOutput(double sampleRate, const std::filesystem::path& path) {
    auto file = SoundFile::create(path, SoundFormat::wav, sampleRate, path);
    if (!file) {
        return silentOutput(sampleRate, file.error().message + ": silent");
    }
    file->keepWhole();
    return std::make_unique<ClockOutput>(sampleRate, "", std::move(*file));
}

}  // namespace ricercar
