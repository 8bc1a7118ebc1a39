/// The UI thread's longest calls while the window does its heaviest work, and the time to its first frame. Every event
/// that the event loop hands out is one call: a paint, a timer, a key, what another thread sent. Meanwhile a song
/// sounds through the synthesizer in blocks that have to be there in time. Runs on any platform of Qt (offscreen
/// without a display).
///
///     window_bench [FOLDER]
///
/// With a folder of MIDI files a model is trained on it beside, as the window would let it be.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QScrollBar>
#include <QTest>

#include "core/audio/sequencer.h"
#include "core/audio/sound_fonts.h"
#include "core/edit/bars.h"
#include "core/engine/child_process.h"
#include "support/qt_whole_window.h"
#include "support/random_song.h"
#include "support/temporary_folder.h"
#include "ui/piano_roll.h"

namespace ricercar {
namespace {

constexpr double longestCall = 16;  // ms, one frame at 60 Hz

/// Times the outermost calls of its event loop.
class TimedApplication : public QApplication {
public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (m_depth++ > 0) {
            const bool taken = QApplication::notify(receiver, event);
            --m_depth;
            return taken;
        }
        const QObject* parent = receiver->parent();
        const QByteArray what = QByteArray(parent == nullptr ? "" : parent->metaObject()->className()) + '/' +
                                receiver->metaObject()->className() + ' ' + QByteArray::number(event->type());
        QElapsedTimer timer;
        timer.start();
        const bool taken = QApplication::notify(receiver, event);
        calls.push_back({static_cast<double>(timer.nsecsElapsed()) / 1e6, what});
        --m_depth;
        return taken;
    }

    struct Call {
        double milliseconds;
        QByteArray what;  ///< classes of the receiver and its parent, number of the event
    };
    std::vector<Call> calls;

private:
    int m_depth = 0;
};

/// 16 tracks that play sixteenths throughout.
std::shared_ptr<const Song> longSong(std::size_t notes) {
    Random random(1);
    auto song = std::make_shared<Song>();
    const std::size_t each = notes / 16;
    for (int index = 0; index < 16; ++index) {
        auto track = std::make_shared<Track>();
        track->channel = Channel::clamped(index);
        for (std::size_t note = 0; note < each; ++note) {
            track->notes.push_back({Tick{static_cast<std::int64_t>(note) * 120}, TickDelta{110},
                                    Pitch::clamped(24 + static_cast<int>(random.below(84))),
                                    Velocity::clamped(20 + static_cast<int>(random.below(100)))});
        }
        song->tracks.push_back(std::move(track));
    }
    song->end = lastNoteEnd(*song);
    return song;
}

/// Plays a song as a device with two buffers would ask for it, on a thread of ordinary priority.
class Sound {
public:
    explicit Sound(const Song& song) {
        auto plan = std::make_unique<Plan>(makePlan(song));
        auto synth = findSoundFont().and_then(
            [&](const std::filesystem::path& font) { return Synth::load(font, sampleRate, plan->patches); });
        if (!synth) {
            fmt::print("{}\n", synth.error().message);
            std::exit(EXIT_FAILURE);
        }
        m_sequencer.exchange({std::move(plan), std::move(*synth)});
        m_sequencer.start();
        m_thread = std::jthread([this](const std::stop_token& stop) { play(stop); });
    }

    /// Whether every block was there before the one before it had been played.
    bool finish() {
        m_thread = {};
        fmt::print("{:<32} {:6} blocks of {} frames, {:3} too late, longest {:5.1f} ms\n", "sound", m_blocks, frames,
                   m_late, std::chrono::duration<double, std::milli>(m_longest).count());
        return m_late == 0;
    }

private:
    using Clock = std::chrono::steady_clock;
    static constexpr double sampleRate = 48'000;
    static constexpr int frames = 256;

    void play(const std::stop_token& stop) {
        constexpr auto period = std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 * frames / sampleRate));
        std::array<float, frames> left{};
        std::array<float, frames> right{};
        for (auto due = Clock::now(); !stop.stop_requested(); due += period) {
            std::this_thread::sleep_until(due);
            m_sequencer.render(left.data(), right.data(), frames);
            const auto taken = Clock::now() - due;
            ++m_blocks;
            m_late += taken > period ? 1 : 0;
            m_longest = std::max(m_longest, taken);
            if (taken > period) {
                due = Clock::now();  // the device goes on from here
            }
        }
    }

    Sequencer m_sequencer{sampleRate};
    long m_blocks = 0;
    long m_late = 0;
    Clock::duration m_longest{};
    std::jthread m_thread;
};

/// A run of the house preset, as the engine starts those of the window.
class Training {
public:
    explicit Training(const char* folder) {
        const auto run = m_folder.path() / "run";
        const ChildCommand command{
            .program = RICERCAR_ENGINE,
            .arguments = {"train", folder, "--preset=house", "--minutes=60", "--json", "--out=" + run.string()},
            .idle = true};
        const Descriptor nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
        m_process = startDetached(command, nowhere, nowhere).value();
        while (going() && !std::filesystem::exists(run / "config.json")) QTest::qWait(50);
    }
    ~Training() {
        if (going()) {
            ::kill(m_process, SIGKILL);
            ::waitpid(m_process, nullptr, 0);
        }
    }
    Training(const Training&) = delete;
    Training& operator=(const Training&) = delete;

    bool going() { return m_going = m_going && ::waitpid(m_process, nullptr, WNOHANG) == 0; }

private:
    const TemporaryFolder m_folder;
    pid_t m_process = 0;
    bool m_going = true;
};

/// From the start of the process, in the middle of seven starts.
void measureStart() {
    std::vector<int> milliseconds;
    for (int run = 0; run < 7; ++run) {
        QProcess program;
        program.start(QStringLiteral(RICERCAR_PROGRAM), {QStringLiteral("--startup-time")});
        program.waitForFinished();
        milliseconds.push_back(program.readAllStandardOutput().trimmed().toInt());
    }
    std::ranges::sort(milliseconds);
    fmt::print("{:<32} {} ms from the start of the process to the first frame ({} to {})\n", "start", milliseconds[3],
               milliseconds.front(), milliseconds.back());
}

class Bench {
public:
    Bench(TimedApplication& application, WholeWindow& whole)
        : m_application(application), m_window(whole.window), m_session(whole.session), m_playback(whole.playback) {}

    void run() {
        m_window.resize(2560, 1440);
        measure("first frame", [this] { m_window.show(); });
        const auto small = longSong(2'000);
        const auto large = longSong(250'000);
        for (const auto& [name, song] : {std::pair("2,000 notes", small), std::pair("250,000 notes", large)}) {
            measure(fmt::format("seed of {}", name), [&] { setSeed(song); });
            measure("  scrolling", [this] { scroll(); });
            measure("  the whole of it in sight", [this] { call([this] { m_window.pianoRoll().showAll(); }); });
            measure("  playing", [this] { play(); });
            measure("  four takes streaming in", [this] { stream(); });
            measure("  from take to take", [this] { step(); });
        }
    }

    bool failed() const { return m_failed; }

private:
    template <typename Work>
    void measure(const std::string& name, Work work) {
        m_application.calls.clear();
        work();
        settle();
        auto& calls = m_application.calls;
        std::ranges::sort(calls, std::greater(), &TimedApplication::Call::milliseconds);
        const auto tooLong =
            std::ranges::count_if(calls, [](const auto& call) { return call.milliseconds > longestCall; });
        m_failed = m_failed || tooLong > 0;
        fmt::print("{:<32} {:6} calls, {:3} over {:.0f} ms, longest {:5.1f} ms ({})\n", name, calls.size(), tooLong,
                   longestCall, calls.front().milliseconds, calls.front().what.toStdString());
    }
    static void settle() { QTest::qWait(300); }

    /// In an event of its own, as the panels do it.
    template <typename Work>
    void call(Work work) {
        QMetaObject::invokeMethod(&m_window, work, Qt::QueuedConnection);
        QTest::qWait(5);
    }
    void setSeed(const std::shared_ptr<const Song>& song) {
        call([&] {
            m_session.setSeed(
                {.name = "long", .file = {}, .firstBar = 0, .lastBar = barCount(*song) - 1, .song = song});
        });
    }
    void scroll() {
        auto* bar = m_window.pianoRoll().findChild<QScrollBar*>();
        for (int place = 0; place <= 40; ++place) {
            call([&] { bar->setValue(bar->maximum() * place / 40); });
        }
    }
    void play() {
        call([this] { m_playback.playFrom(Tick{480 * 100}); });
        QTest::qWait(2000);
        call([this] { m_playback.stop(); });
    }
    void stream() {
        std::vector<Session::TakeId> takes;
        call([&] { takes = m_session.beginTakes(4); });
        for (int note = 0; note < 400; ++note) {
            call([&] {
                for (const auto take : takes) {
                    m_session.addNote(take, {.track = note % 4,
                                             .program = Program::clamped(note % 4),
                                             .onset = note / 8.0,
                                             .duration = 0.25,
                                             .pitch = Pitch::clamped(40 + note % 40),
                                             .velocity = Velocity::clamped(80)});
                }
            });
        }
        call([&] {
            for (const auto take : takes) m_session.finishTake(take, m_session.take(take)->song, {}, {});
        });
    }
    void step() {
        for (const int by : {1, 1, 1, -1, -1, -1}) {
            call([&] { m_session.stepTake(by); });
            QTest::qWait(100);
        }
    }

    TimedApplication& m_application;
    MainWindow& m_window;
    Session& m_session;
    Playback& m_playback;
    bool m_failed = false;
};

}  // namespace
}  // namespace ricercar

int main(int argc, char** argv) {
    using namespace ricercar;
    const HomeForTest home;
    TimedApplication application(argc, argv);
    WholeWindow whole;
    measureStart();
    const auto training = argc > 1 ? std::make_unique<Training>(argv[1]) : nullptr;
    Bench bench(application, whole);
    Sound sound(*longSong(2'000));
    bench.run();
    const bool inTime = sound.finish();
    if (training && !training->going()) {
        fmt::print("the training ended early\n");
        return EXIT_FAILURE;
    }
    return bench.failed() || !inTime ? EXIT_FAILURE : EXIT_SUCCESS;
}
