/// How soon the first new note is seen and heard, in the real window with the real engine: from the click on Generate
/// until the piano roll has been painted with it and until the player has it and plays.
///
///     xvfb-run window_instant_bench [--rounds N] [--training]
///
/// Each round draws four takes of eight bars after one of the example seeds; with --training a model is trained
/// meanwhile.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include <QApplication>
#include <QCommandLineParser>
#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QProcess>
#include <QTest>
#include <QTimer>

#include "core/edit/bars.h"
#include "core/midi/smf_reader.h"
#include "support/qt_whole_window.h"
#include "ui/panels/generate_button.h"
#include "ui/piano_roll.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;

const fs::path examples = fs::path(RICERCAR_SOURCE_DIR) / "resources/examples";

class Bench : public QObject {
public:
    explicit Bench(WholeWindow& whole) : m_whole(whole) {
        m_whole.window.pianoRoll().installEventFilter(this);
        connect(&m_whole.playback, &Playback::songChanged, this, [this] { note(m_handed); });
        connect(&m_whole.engine, &EngineClient::seedPrepared, this, [this] { m_prepared = true; });
        connect(&m_whole.engine, &EngineClient::generationDone, this, [this] { note(m_done); });
    }

    void run(int rounds) {
        m_whole.window.resize(1280, 800);
        m_whole.window.show();
        m_whole.engine.start();
        std::vector<fs::path> seeds(fs::directory_iterator(examples), fs::directory_iterator{});
        std::erase_if(seeds, [](const fs::path& file) { return file.extension() != ".mid"; });
        std::ranges::sort(seeds);
        for (int round = 0; round < rounds; ++round) {
            compose(seeds[static_cast<std::size_t>(round) % seeds.size()]);
        }
        print("first note drawn", m_drawn);
        print("first note handed to the player", m_handed);
        print("four takes of eight bars", m_done);
    }

private:
    /// Milliseconds of each round from the click; of the round that is on, only once.
    using Times = std::vector<double>;

    void compose(const fs::path& seed) {
        const auto song = std::make_shared<const Song>(readSmfFile(seed)->song);
        m_prepared = false;
        m_whole.playback.stop();
        m_whole.session.setSeed({.name = QString::fromStdString(seed.stem().string()),
                                 .file = {},
                                 .firstBar = 0,
                                 .lastBar = barCount(*song) - 1,
                                 .song = song});
        wait([this] { return m_prepared; });
        rest(100);
        ++m_round;
        auto* button = m_whole.window.findChild<GenerateButton*>();
        QTest::mousePress(button, Qt::LeftButton);
        m_clock.start();
        QTest::mouseRelease(button, Qt::LeftButton);
        wait([this] { return m_done.size() == m_round; });
        rest(50);
    }

    /// Runs the event loop as the program does (QTest's waiting sleeps between events).
    template <typename Condition>
    static void wait(Condition condition) {
        while (!condition()) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
    }
    static void rest(int milliseconds) {
        const QDeadlineTimer deadline(milliseconds);
        QTimer::singleShot(milliseconds, qApp, [] {});
        wait([&] { return deadline.hasExpired(); });
    }

    void note(Times& times) {
        const Session::Take* take = m_whole.session.currentTake();
        if (times.size() + 1 == m_round && take != nullptr && noteCount(*take->song) > 0) {
            times.push_back(static_cast<double>(m_clock.nsecsElapsed()) / 1e6);
        }
    }

    bool eventFilter(QObject* /*roll*/, QEvent* event) override {
        const Session::Take* take = m_whole.session.currentTake();
        if (event->type() == QEvent::Paint && take != nullptr && noteCount(*take->song) > 0) {
            // When the frame is on its way to the screen.
            QMetaObject::invokeMethod(
                this, [this] { note(m_drawn); }, Qt::QueuedConnection);
        }
        return false;
    }

    static void print(const char* name, Times& times) {
        std::ranges::sort(times);
        const auto at = [&](double share) {
            return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
        };
        fmt::print("{}: median {:.1f} ms, 99th percentile {:.1f} ms\n", name, at(0.5), at(0.99));
    }

    WholeWindow& m_whole;
    std::size_t m_round = 0;
    bool m_prepared = false;
    QElapsedTimer m_clock;
    Times m_drawn;
    Times m_handed;
    Times m_done;
};

}  // namespace
}  // namespace ricercar

int main(int argc, char** argv) {
    using namespace ricercar;
    const HomeForTest home;
    const TemporaryFolder run;
    const QApplication application(argc, argv);
    QCommandLineParser options;
    options.addOptions(
        {{QStringLiteral("rounds"), {}, QStringLiteral("N"), QStringLiteral("60")}, {QStringLiteral("training"), {}}});
    options.process(application);
    QProcess training;
    if (options.isSet(QStringLiteral("training"))) {
        training.start(
            EngineClient::defaultCommand().front(),
            {QStringLiteral("train"), QString::fromStdString(examples.string()), QStringLiteral("--out"),
             QString::fromStdString((run.path() / "run").string()), QStringLiteral("--minutes"), QStringLiteral("60")});
    }
    WholeWindow whole;
    Bench(whole).run(std::max(1, options.value(QStringLiteral("rounds")).toInt()));
    training.kill();
    training.waitForFinished();
    return EXIT_SUCCESS;
}
