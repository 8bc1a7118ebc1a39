#include <algorithm>

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QMenuBar>
#include <QMessageBox>
#include <QScrollArea>
#include <QSettings>

#include "ui/main_window.h"
#include "ui/panels/engine_dialog.h"
#include "ui/panels/generate_panel.h"
#include "ui/panels/seed_panel.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/training_panel.h"
#include "ui/piano_roll.h"
#include "ui/playback.h"
#include "ui/session.h"
#include "ui/shortcuts_window.h"
#include "ui/theme.h"
#include "ui/theme_choice.h"

// Everything that the menus and the keyboard do.

namespace ricercar {

QAction* MainWindow::addAction(QMenu* menu, const QString& name, const QString& text, const QList<QKeySequence>& keys,
                               const std::function<void()>& work) {
    auto* action = menu->addAction(text);
    action->setObjectName(name);
    action->setShortcuts(keys);
    connect(action, &QAction::triggered, this, work);
    return action;
}

void MainWindow::makeMenus() {
    makeFileMenu(menuBar()->addMenu(tr("&File")));
    makeEditMenu(menuBar()->addMenu(tr("&Edit")));
    makeViewMenu(menuBar()->addMenu(tr("&View")));
    QMenu* tools = menuBar()->addMenu(tr("T&ools"));
    addAction(tools, QStringLiteral("generateTakes"), tr("&Generate"), {Qt::Key_G}, [this] { m_generate->generate(); });
    tools->addSeparator();
    addAction(tools, QStringLiteral("engineSettings"), tr("&Engine..."), {}, [this] {
        auto* dialog = new EngineDialog(m_engine, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    });
    makeTransportMenu(menuBar()->addMenu(tr("T&ransport")));
    QMenu* train = menuBar()->addMenu(tr("Tr&ain"));
    addAction(train, QStringLiteral("trainModel"), tr("&Train a model from a folder..."), {Qt::CTRL | Qt::Key_T},
              [this] { m_training->chooseFolder(); });
    makeHelpMenu(menuBar()->addMenu(tr("&Help")));
}

void MainWindow::makeFileMenu(QMenu* file) {
    addAction(file, QStringLiteral("openFiles"), tr("&Open MIDI files..."), {QKeySequence::Open},
              [this] { openFiles(); });
    addAction(file, QStringLiteral("openFolder"), tr("Open &folder..."), {Qt::CTRL | Qt::SHIFT | Qt::Key_O},
              [this] { openFolder(); });
    file->addSeparator();
    addAction(file, QStringLiteral("quit"), tr("&Quit"), {Qt::CTRL | Qt::Key_Q}, [this] { close(); });
}

void MainWindow::makeEditMenu(QMenu* edit) {
    QAction* undo = m_session.undoStack().createUndoAction(this, tr("&Undo"));
    undo->setObjectName(QStringLiteral("undo"));
    undo->setShortcut(QKeySequence::Undo);
    QAction* redo = m_session.undoStack().createRedoAction(this, tr("&Redo"));
    redo->setObjectName(QStringLiteral("redo"));
    redo->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_Z);
    edit->addActions({undo, redo});
    edit->addSeparator();
    QAction* previous = addAction(edit, QStringLiteral("previousTake"), tr("&Previous take"), {Qt::Key_BracketLeft},
                                  [this] { m_session.stepTake(-1); });
    QAction* next = addAction(edit, QStringLiteral("nextTake"), tr("&Next take"), {Qt::Key_BracketRight},
                              [this] { m_session.stepTake(+1); });
    QAction* star = addAction(edit, QStringLiteral("starTake"), tr("&Star take"), {Qt::Key_Asterisk},
                              [this] { m_takes->starCurrent(); });
    QAction* reject = addAction(edit, QStringLiteral("rejectTake"), tr("Re&ject take"), {Qt::Key_Delete},
                                [this] { m_takes->rejectCurrent(); });
    const auto enableTakes = [=, this] {
        const bool any = std::ranges::any_of(m_session.takes(), [](const auto& take) { return !take.rejected; });
        previous->setEnabled(any);
        next->setEnabled(any);
        star->setEnabled(m_session.currentTake() != nullptr);
        reject->setEnabled(m_session.currentTake() != nullptr);
    };
    connect(&m_session, &Session::takesChanged, this, enableTakes);
    connect(&m_session, &Session::currentTakeChanged, this, enableTakes);
    enableTakes();
}

void MainWindow::makeViewMenu(QMenu* view) {
    addToggle(view, QStringLiteral("showSeeds"), tr("&Seeds"), m_seeds);
    addToggle(view, QStringLiteral("showTakes"), tr("&Takes"), m_takes);
    addToggle(view, QStringLiteral("showRight"), tr("&Generate and training"), m_right);
    view->addSeparator();
    QAction* follow = addAction(view, QStringLiteral("follow"), tr("&Follow the playhead"), {Qt::Key_F}, [] {});
    follow->setCheckable(true);
    follow->setChecked(true);
    connect(follow, &QAction::toggled, m_roll, &PianoRoll::setFollow);
    constexpr double zoom = 1.25;
    addAction(view, QStringLiteral("zoomIn"), tr("Zoom &in"), {Qt::CTRL | Qt::Key_Plus, Qt::CTRL | Qt::Key_Equal},
              [this] { m_roll->zoomTime(zoom); });
    addAction(view, QStringLiteral("zoomOut"), tr("Zoom &out"), {Qt::CTRL | Qt::Key_Minus},
              [this] { m_roll->zoomTime(1 / zoom); });
    addAction(view, QStringLiteral("zoomInPitch"), tr("Zoom in on pitch"),
              {Qt::CTRL | Qt::ALT | Qt::Key_Plus, Qt::CTRL | Qt::ALT | Qt::Key_Equal},
              [this] { m_roll->zoomPitch(zoom); });
    addAction(view, QStringLiteral("zoomOutPitch"), tr("Zoom out of pitch"), {Qt::CTRL | Qt::ALT | Qt::Key_Minus},
              [this] { m_roll->zoomPitch(1 / zoom); });
    addAction(view, QStringLiteral("showAll"), tr("Show &all"), {Qt::CTRL | Qt::Key_0}, [this] { m_roll->showAll(); });
    view->addSeparator();
    makeThemeMenu(view->addMenu(tr("T&heme")));
}

void MainWindow::makeTransportMenu(QMenu* transport) {
    m_transport.play =
        addAction(transport, QStringLiteral("play"), tr("&Play"), {Qt::Key_Space}, [this] { togglePlaying(); });
    m_transport.stop = addAction(transport, QStringLiteral("stop"), tr("&Stop and return"),
                                 {Qt::Key_Return, Qt::Key_Enter}, [this] { m_playback.stopAndReturn(); });
    m_transport.toStart = addAction(transport, QStringLiteral("toStart"), tr("To the s&tart"), {Qt::Key_Home},
                                    [this] { m_playback.locate({}); });
    addAction(transport, QStringLiteral("toEnd"), tr("To the &end"), {Qt::Key_End},
              [this] { m_playback.locate(m_session.arrangement()->end); });
    m_transport.loop = addAction(transport, QStringLiteral("loop"), tr("&Loop"), {Qt::Key_L},
                                 [this] { m_playback.setLoopOn(!m_playback.loopOn()); });
    m_transport.metronome = addAction(transport, QStringLiteral("metronome"), tr("&Metronome"), {Qt::Key_QuoteLeft},
                                      [this] { m_playback.setMetronomeOn(!m_playback.metronomeOn()); });
    addAction(transport, QStringLiteral("panic"), tr("&All notes off"), {Qt::CTRL | Qt::Key_QuoteLeft},
              [this] { m_playback.panic(); });
    m_transport.toStart->setIcon(icon(QStringLiteral("start")));
    m_transport.stop->setIcon(icon(QStringLiteral("stop")));
    m_transport.loop->setIcon(icon(QStringLiteral("loop")));
    m_transport.metronome->setIcon(icon(QStringLiteral("metronome")));
    for (QAction* action : {m_transport.play, m_transport.loop, m_transport.metronome}) {
        action->setCheckable(true);
    }
    for (QAction* action : transport->actions()) {
        action->setIconVisibleInMenu(false);
    }
    const auto showTransport = [this] {
        m_transport.play->setChecked(m_playback.playing());
        m_transport.play->setIcon(icon(m_playback.playing() ? QStringLiteral("pause") : QStringLiteral("play")));
        m_transport.loop->setChecked(m_playback.loopOn());
        m_transport.metronome->setChecked(m_playback.metronomeOn());
    };
    connect(&m_playback, &Playback::stateChanged, this, showTransport);
    showTransport();
}

void MainWindow::makeHelpMenu(QMenu* help) {
    addAction(help, QStringLiteral("shortcuts"), tr("&Keyboard shortcuts"), {Qt::Key_F1}, [this] {
        auto* window = new ShortcutsWindow(menuBar()->actions(), this);
        window->setAttribute(Qt::WA_DeleteOnClose);
        window->show();
    });
    addAction(help, QStringLiteral("about"), tr("&About Ricercar"), {}, [this] {
        QMessageBox::about(this, tr("About Ricercar"),
                           tr("<b>Ricercar %1</b><p>Composes with you, from your own music.<p>Everything runs on this "
                              "computer, or on one that you name under Tools > Engine; nothing goes anywhere else.")
                               .arg(QApplication::applicationVersion()));
    });
}

void MainWindow::addToggle(QMenu* menu, const QString& name, const QString& text, QWidget* panel) {
    QAction* action = menu->addAction(text);
    action->setObjectName(name);
    action->setCheckable(true);
    action->setChecked(true);
    connect(action, &QAction::toggled, panel, &QWidget::setVisible);
    const QString setting = QStringLiteral("window/") + name;
    action->setChecked(QSettings().value(setting, true).toBool());
    connect(action, &QAction::toggled, this, [setting](bool shown) { QSettings().setValue(setting, shown); });
}

void MainWindow::makeThemeMenu(QMenu* menu) {
    using Choice = ThemeChoice::Choice;
    auto* group = new QActionGroup(this);
    const auto add = [&](Choice choice, const QString& name, const QString& text) {
        QAction* action =
            group->addAction(addAction(menu, name, text, {}, [this, choice] { m_theme.setChoice(choice); }));
        action->setCheckable(true);
        action->setChecked(m_theme.choice() == choice);
    };
    add(Choice::system, QStringLiteral("themeSystem"), tr("Follow the &system"));
    add(Choice::light, QStringLiteral("themeLight"), tr("&Light"));
    add(Choice::dark, QStringLiteral("themeDark"), tr("&Dark"));
}

}  // namespace ricercar
