#include "ui/main_window.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/engine/engine_client.h"
#include "ui/panels/generate_panel.h"
#include "ui/panels/notice.h"
#include "ui/panels/seed_panel.h"
#include "ui/panels/take_keeper.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/training_panel.h"
#include "ui/panels/user_library.h"
#include "ui/piano_roll.h"
#include "ui/playback.h"
#include "ui/scrolling_column.h"
#include "ui/session.h"
#include "ui/theme.h"
#include "ui/transport_bar.h"

namespace ricercar {

namespace {

/// The files and folders that are dragged, if there is music among them.
QStringList droppable(const QMimeData* data) {
    QStringList paths;
    bool music = false;
    for (const QUrl& url : data->urls()) {
        if (!url.isLocalFile()) continue;
        const QFileInfo file(url.toLocalFile());
        static const QStringList endings{QStringLiteral("mid"), QStringLiteral("midi"), QStringLiteral("kar"),
                                         QStringLiteral("rmi"), QStringLiteral("smf")};
        paths.append(file.filePath());
        music = music || file.isDir() || endings.contains(file.suffix().toLower());
    }
    return music ? paths : QStringList();
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

/// Whether a field of numbers has no use for the key, so that a shortcut may take it.
bool isNoPartOfANumber(const QString& typed) {
    return !typed.isEmpty() && typed[0].isPrint() && !typed[0].isDigit() && !QStringLiteral("+-.,").contains(typed);
}

bool endsTyping(int key) { return key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape; }

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
      m_engine(engine),
      m_theme(theme),
      m_roll(new PianoRoll(session, playback)),
      m_seeds(new SeedPanel(session, library)),
      m_generate(new GeneratePanel(session, engine)),
      m_takes(new TakesPanel(session)),
      m_training(new TrainingPanel(engine)),
      m_columns(makeSplitter(Qt::Horizontal, QStringLiteral("columns"))),
      m_middle(makeSplitter(Qt::Vertical, QStringLiteral("middle"))),
      m_right(new ScrollingColumn(
          {asDock(m_generate, QStringLiteral("generatePanel")), asDock(m_training, QStringLiteral("trainingPanel"))},
          QStringLiteral("right"))),
      m_notice(new Notice) {
    setObjectName(QStringLiteral("mainWindow"));
    setAcceptDrops(true);
    new TakeKeeper(session, library, this);
    makeMenus();
    makeLayout();
    connectPanels(library);
    showTitle();
    restoreLayout();
    qApp->installEventFilter(this);
    m_roll->setFocus();
}

MainWindow::~MainWindow() = default;

void MainWindow::makeLayout() {
    m_middle->addWidget(m_roll);
    m_takes->setObjectName(QStringLiteral("takesPanel"));
    m_middle->addWidget(m_takes);
    m_middle->setStretchFactor(0, 1);
    m_columns->addWidget(asDock(m_seeds, QStringLiteral("seedPanel")));
    m_columns->addWidget(m_middle);
    m_columns->addWidget(m_right);
    m_columns->setStretchFactor(1, 1);

    auto* bar = new TransportBar(m_session, m_playback, m_engine, m_transport);
    bar->setKey(m_roll->key());
    connect(m_roll, &PianoRoll::keyChanged, bar, [this, bar] { bar->setKey(m_roll->key()); });
    auto* line = new QFrame;
    line->setFrameShape(QFrame::HLine);
    line->setFixedHeight(1);
    auto* all = new QWidget;
    auto* column = new QVBoxLayout(all);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(line);
    column->addWidget(m_columns, 1);
    column->addWidget(m_notice);
    setCentralWidget(all);
}

void MainWindow::connectPanels(UserLibrary& library) {
    connect(m_seeds, &SeedPanel::playRequested, this, [this] { m_playback.playFrom({}); });
    connect(m_takes, &TakesPanel::playRequested, this, &MainWindow::playTake);
    connect(m_generate, &GeneratePanel::firstNoteDrawn, this, &MainWindow::playTake);
    connect(m_training, &TrainingPanel::auditionRequested, &m_playback, &Playback::audition);
    connect(m_training, &TrainingPanel::modelTrained, m_generate, &GeneratePanel::chooseModel);
    connect(m_training, &TrainingPanel::modelsChanged, m_generate, &GeneratePanel::listModels);
    connect(&library, &UserLibrary::failed, m_notice, &Notice::say);
    connect(&m_session, &Session::seedChanged, this, &MainWindow::showTitle);
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
    m_playback.playFrom(m_session.currentTake() != nullptr ? m_session.takeRange().begin : Tick{});
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
    // A control is asked first whether it claims a key that an action has; the key itself comes only when it does.
    const bool asked = event->type() == QEvent::ShortcutOverride;
    if (!asked && event->type() != QEvent::KeyPress) return QMainWindow::eventFilter(watched, event);
    const auto* key = static_cast<const QKeyEvent*>(event);
    if (QApplication::activePopupWidget() != nullptr) {
        // An open list takes its choice when it is asked, and the action must not have the key as well.
        if (asked && endsTyping(key->key())) event->accept();
        return QMainWindow::eventFilter(watched, event);
    }
    const bool plain = !(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier));
    auto* number = qobject_cast<QAbstractSpinBox*>(watched);
    const bool ofWindow = number != nullptr && number->window() == this;
    if (plain && asked && ofWindow && isNoPartOfANumber(key->text())) {
        event->ignore();
        return true;
    }
    if (plain && asked &&
        (needsKey(qobject_cast<QWidget*>(watched), key->key()) || (ofWindow && endsTyping(key->key())))) {
        event->accept();
        return true;
    }
    if (plain && !asked && ofWindow && endsTyping(key->key())) {
        number->interpretText();
        m_roll->setFocus();
        return true;
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
    constexpr QSize wanted(1440, 900);
    const QSize room = screen()->availableSize();
    resize(wanted.boundedTo(room));
    if (room.width() <= wanted.width() || room.height() <= wanted.height()) {
        // Only the window manager knows what its frame needs.
        setWindowState(Qt::WindowMaximized);
    }
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    m_columns->setSizes(
        {metrics::seedsWidth, width() - metrics::seedsWidth - metrics::generateWidth, metrics::generateWidth});
    // With room for the scroll bar below the cards.
    m_middle->setSizes({height(), metrics::takesHeight + metrics::margin});
    for (QSplitter* splitter : {m_columns, m_middle}) {
        splitter->restoreState(settings.value(QStringLiteral("window/") + splitter->objectName()).toByteArray());
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    for (const QSplitter* splitter : {m_columns, m_middle}) {
        settings.setValue(QStringLiteral("window/") + splitter->objectName(), splitter->saveState());
    }
    QMainWindow::closeEvent(event);
}

}  // namespace ricercar
