#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <string>

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QIcon>
#include <QSettings>
#include <QTimerEvent>

#include "core/audio/player.h"
#include "ui/engine/engine_client.h"
#include "ui/main_window.h"
#include "ui/panels/engine_dialog.h"
#include "ui/panels/user_library.h"
#include "ui/piano_roll.h"
#include "ui/playback.h"
#include "ui/session.h"
#include "ui/theme_choice.h"

namespace {

/// Since the system made this process, in steps of its clock (10 ms).
double millisecondsSinceStart() {
    std::ifstream file("/proc/self/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 22; ++field) {
        fields >> skipped;
    }
    double startTicks = 0;
    fields >> startTicks;
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return 1e3 * (static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 -
                  startTicks / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

/// Runs `work` once, when the first frame of `widget` has been painted and the events waiting then are done.
class AfterFirstFrame : public QObject {
public:
    AfterFirstFrame(QWidget& widget, std::function<void()> work) : m_work(std::move(work)) {
        widget.installEventFilter(this);
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint) {
            watched->removeEventFilter(this);
            startTimer(0);
        }
        return false;
    }
    void timerEvent(QTimerEvent* event) override {
        killTimer(event->timerId());
        m_work();
    }

private:
    std::function<void()> m_work;
};

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("ricercar"));
    QApplication::setApplicationName(QStringLiteral("ricercar"));
    QApplication::setApplicationDisplayName(QStringLiteral("Ricercar"));
    QApplication::setApplicationVersion(QStringLiteral(RICERCAR_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.ricercar.Ricercar"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/io.github.ricercar.Ricercar.svg")));

    QCommandLineParser options;
    options.setApplicationDescription(QStringLiteral("Composes with you, from your own music."));
    options.addHelpOption();
    options.addVersionOption();
    const QCommandLineOption startupTime(
        QStringLiteral("startup-time"),
        QStringLiteral("Print the milliseconds from the start of the process to the first frame, and exit."));
    options.addOption(startupTime);
    options.addPositionalArgument(QStringLiteral("FILE"), QStringLiteral("MIDI files and folders to open."),
                                  QStringLiteral("[FILE]..."));
    options.process(application);

    ricercar::ThemeChoice theme;
    ricercar::Session session;
    const auto soundFont = QSettings().value(QStringLiteral("audio/soundFont")).toString();
    const auto player = ricercar::Player::create({.soundFont = soundFont.toStdString(), .driver = {}});
    ricercar::Playback playback(session, *player);
    ricercar::EngineClient engine;
    engine.setCommandLine(QSettings().value(ricercar::EngineDialog::setting).toString());
    ricercar::UserLibrary library;
    ricercar::MainWindow window(session, playback, engine, library, theme);
    QStringList files;
    for (const QString& file : options.positionalArguments()) {
        files.append(QFileInfo(file).absoluteFilePath());
    }
    window.open(files);
    window.show();

    const AfterFirstFrame startEngine(window.pianoRoll(), [&] {
        if (options.isSet(startupTime)) {
            std::printf("%.0f\n", millisecondsSinceStart());
            QApplication::quit();
            return;
        }
        engine.start();
    });
    return QApplication::exec();
}
