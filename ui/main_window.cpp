#include "ui/main_window.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QScrollArea>
#include <QSettings>
#include <QSplitter>
#include <QStatusBar>
#include <QVBoxLayout>

#include "ui/engine/engine_client.h"
#include "ui/panels/generate_panel.h"
#include "ui/panels/seed_panel.h"
#include "ui/panels/take_keeper.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/training_panel.h"
#include "ui/panels/user_library.h"
#include "ui/piano_roll.h"
#include "ui/playback.h"
#include "ui/session.h"
#include "ui/shortcuts_window.h"
#include "ui/theme.h"
#include "ui/theme_choice.h"
#include "ui/transport_bar.h"

namespace ricercar {

namespace {

/// MIDI files and folders among what is dragged.
QStringList droppable(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls()) {
        const QFileInfo file(url.toLocalFile());
        static const QStringList endings{QStringLiteral("mid"), QStringLiteral("midi"), QStringLiteral("kar"),
                                         QStringLiteral("rmi"), QStringLiteral("smf")};
        if (url.isLocalFile() && (file.isDir() || endings.contains(file.suffix().toLower()))) {
            paths.append(file.filePath());
        }
    }
    return paths;
}

/// Whether the control itself needs the key, although an action of the window has it.
bool needsKey(const QWidget* control, int key) {
    const bool enter = key == Qt::Key_Return || key == Qt::Key_Enter;
    if (qobject_cast<const QAbstractButton*>(control) != nullptr ||
        qobject_cast<const QComboBox*>(control) != nullptr) {
        return key == Qt::Key_Space || enter;
    }
    if (qobject_cast<const QAbstractItemView*>(control) != nullptr) return enter;
    return qobject_cast<const QAbstractSlider*>(control) != nullptr && (key == Qt::Key_Home || key == Qt::Key_End);
}

QWidget* asDock(QWidget* panel, const QString& name) {
    panel->setObjectName(name);
    panel->setAutoFillBackground(true);
    panel->setBackgroundRole(QPalette::Base);
    return panel;
}

QSplitter* makeSplitter(Qt::Orientation orientation, const QString& name) {
    auto* splitter = new QSplitter(orientation);
    splitter->setObjectName(name);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

}  // namespace

MainWindow::MainWindow(Session& session, Playback& playback, EngineClient& engine, UserLibrary& library,
                       ThemeChoice& theme)
    : m_session(session),
      m_playback(playback),
      m_theme(theme),
      m_roll(new PianoRoll(session, playback)),
      m_seeds(new SeedPanel(session, library)),
      m_generate(new GeneratePanel(session, engine)),
      m_takes(new TakesPanel(session)),
      m_training(new TrainingPanel(engine)) {
    setObjectName(QStringLiteral("mainWindow"));
    setAcceptDrops(true);
    new TakeKeeper(session, library, this);
    makeLayout();
    makeMenus();

    auto* bar = new TransportBar(session, playback, engine, m_transport);
    connect(m_roll, &PianoRoll::keyChanged, bar, [this, bar] { bar->setKey(m_roll->key()); });
    bar->setKey(m_roll->key());
    auto* all = new QWidget;
    auto* column = new QVBoxLayout(all);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    auto* line = new QFrame;
    line->setFrameShape(QFrame::HLine);
    line->setFixedHeight(1);
    column->addWidget(line);
    column->addWidget(m_columns, 1);
    setCentralWidget(all);

    connect(m_seeds, &SeedPanel::playRequested, this, [this] { m_playback.playFrom({}); });
    connect(m_takes, &TakesPanel::playRequested, this, &MainWindow::playTake);
    connect(m_generate, &GeneratePanel::firstNoteDrawn, this, &MainWindow::playTake);
    connect(m_training, &TrainingPanel::auditionRequested, &m_playback, &Playback::audition);
    connect(m_training, &TrainingPanel::modelTrained, m_generate, &GeneratePanel::chooseModel);
    connect(&library, &UserLibrary::failed, this,
            [this](const QString& sentence) { statusBar()->showMessage(sentence); });
    connect(statusBar(), &QStatusBar::messageChanged, this,
            [this](const QString& text) { statusBar()->setVisible(!text.isEmpty()); });
    statusBar()->hide();
    statusBar()->setSizeGripEnabled(false);
    connect(&m_session, &Session::seedChanged, this, &MainWindow::showTitle);
    showTitle();
    restoreLayout();
    qApp->installEventFilter(this);
    m_roll->setFocus();
}

MainWindow::~MainWindow() = default;

void MainWindow::makeLayout() {
    m_middle = makeSplitter(Qt::Vertical, QStringLiteral("middle"));
    m_middle->addWidget(m_roll);
    m_takes->setObjectName(QStringLiteral("takesPanel"));
    m_middle->addWidget(m_takes);
    m_middle->setStretchFactor(0, 1);
    m_right = makeSplitter(Qt::Vertical, QStringLiteral("right"));
    m_right->addWidget(asDock(m_generate, QStringLiteral("generatePanel")));
    m_right->addWidget(asDock(m_training, QStringLiteral("trainingPanel")));
    m_right->setStretchFactor(1, 1);
    m_columns = makeSplitter(Qt::Horizontal, QStringLiteral("columns"));
    m_columns->addWidget(asDock(m_seeds, QStringLiteral("seedPanel")));
    m_columns->addWidget(m_middle);
    m_columns->addWidget(m_right);
    m_columns->setStretchFactor(1, 1);
}

QAction* MainWindow::addAction(QMenu* menu, const QString& name, const QString& text, const QList<QKeySequence>& keys,
                               const std::function<void()>& work) {
    auto* action = menu->addAction(text);
    action->setObjectName(name);
    action->setShortcuts(keys);
    connect(action, &QAction::triggered, this, work);
    return action;
}

void MainWindow::makeMenus() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    addAction(file, QStringLiteral("openFiles"), tr("&Open MIDI files..."), {QKeySequence::Open},
              [this] { openFiles(); });
    addAction(file, QStringLiteral("openFolder"), tr("Open &folder..."), {Qt::CTRL | Qt::SHIFT | Qt::Key_O},
              [this] { openFolder(); });
    file->addSeparator();
    addAction(file, QStringLiteral("quit"), tr("&Quit"), {Qt::CTRL | Qt::Key_Q}, [this] { close(); });

    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    QAction* undo = m_session.undoStack().createUndoAction(this, tr("&Undo"));
    undo->setShortcut(QKeySequence::Undo);
    QAction* redo = m_session.undoStack().createRedoAction(this, tr("&Redo"));
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

    QMenu* view = menuBar()->addMenu(tr("&View"));
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

    QMenu* tools = menuBar()->addMenu(tr("T&ools"));
    addAction(tools, QStringLiteral("generateTakes"), tr("&Generate"), {Qt::Key_G}, [this] { m_generate->generate(); });

    QMenu* transport = menuBar()->addMenu(tr("T&ransport"));
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

    QMenu* help = menuBar()->addMenu(tr("&Help"));
    addAction(help, QStringLiteral("shortcuts"), tr("&Keyboard shortcuts"), {Qt::Key_F1}, [this] {
        auto* window = new ShortcutsWindow(menuBar()->actions(), this);
        window->setAttribute(Qt::WA_DeleteOnClose);
        window->show();
    });
    addAction(help, QStringLiteral("about"), tr("&About Ricercar"), {}, [this] {
        QMessageBox::about(this, tr("About Ricercar"),
                           tr("<b>Ricercar %1</b><p>Composes with you, from your own music.<p>Everything runs on this "
                              "computer; nothing is uploaded.")
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

void MainWindow::togglePlaying() {
    // The second of two quick presses starts again, faster.
    const bool twice = m_started.isValid() && m_started.elapsed() < QApplication::doubleClickInterval();
    if (m_playback.playing() && !twice) {
        m_playback.stop();
        m_started.invalidate();
        return;
    }
    m_playback.play(twice ? 1.5 : 1.0);
    twice ? m_started.invalidate() : static_cast<void>(m_started.restart());
}

void MainWindow::playTake() {
    m_playback.playFrom(m_session.currentTake() != nullptr ? m_session.takeBegin() : Tick{});
}

void MainWindow::showTitle() {
    const QString name = m_session.seed().name;
    setWindowTitle(name.isEmpty() ? tr("Ricercar") : tr("%1 - Ricercar").arg(name));
}

void MainWindow::open(const QStringList& paths) {
    if (!paths.isEmpty()) {
        m_seeds->open(paths);
    }
}

void MainWindow::openFiles() {
    open(QFileDialog::getOpenFileNames(this, tr("Open MIDI files"), QDir::homePath(),
                                       tr("MIDI files (*.mid *.midi *.kar *.rmi *.smf *.MID)")));
}

void MainWindow::openFolder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a folder of MIDI files"), QDir::homePath());
    if (!folder.isEmpty()) {
        open({folder});
    }
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<const QKeyEvent*>(event);
        const bool plain = !(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier));
        if (plain && needsKey(qobject_cast<QWidget*>(watched), key->key())) {
            event->accept();
            return true;
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!droppable(event->mimeData()).isEmpty()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    open(droppable(event->mimeData()));
    event->acceptProposedAction();
}

void MainWindow::restoreLayout() {
    const QSettings settings;
    resize(1440, 900);
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    m_columns->setSizes(
        {metrics::seedsWidth, width() - metrics::seedsWidth - metrics::generateWidth, metrics::generateWidth});
    m_middle->setSizes({height() - 84 - metrics::takesHeight, metrics::takesHeight});
    m_right->setSizes({m_generate->sizeHint().height(), height()});
    for (QSplitter* splitter : {m_columns, m_middle, m_right}) {
        splitter->restoreState(settings.value(QStringLiteral("window/") + splitter->objectName()).toByteArray());
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    for (const QSplitter* splitter : {m_columns, m_middle, m_right}) {
        settings.setValue(QStringLiteral("window/") + splitter->objectName(), splitter->saveState());
    }
    QMainWindow::closeEvent(event);
}

}  // namespace ricercar
