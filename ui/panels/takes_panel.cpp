#include "ui/panels/takes_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QDrag>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QMimeData>
#include <QStackedLayout>
#include <QStandardPaths>
#include <QUrl>
#include <QVBoxLayout>

#include "core/midi/smf_writer.h"
#include "ui/panels/take_model.h"
#include "ui/panels/takes_view.h"
#include "ui/panels/widgets.h"

namespace ricercar {

namespace {

QMimeData* fileData(const QString& path) {
    auto* data = new QMimeData;
    data->setUrls({QUrl::fromLocalFile(path)});
    return data;
}

}  // namespace

TakesPanel::TakesPanel(Session& session, QWidget* parent)
    : QWidget(parent),
      m_session(session),
      m_model(new TakeModel(session, this)),
      m_view(named(new TakesView, tr("Take list"))) {
    setObjectName("takesPanel");
    purgeDragFiles();
    makeActions();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::margin, metrics::grid, metrics::margin, metrics::grid);
    layout->setSpacing(metrics::grid);
    layout->addLayout(makeHeader());
    auto* cards = new QWidget;
    m_stack = new QStackedLayout(cards);
    auto* empty = makeLabel(tr("Takes appear here while they are drawn: pick a seed and press Generate (G)."),
                            TextStyle::body, QPalette::PlaceholderText, true);
    empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_view->setModel(m_model);
    m_stack->addWidget(m_view);
    m_stack->addWidget(empty);
    layout->addWidget(cards, 1);

    connect(m_view, &TakesView::playAsked, this, &TakesPanel::play);
    connect(m_view, &TakesView::dragAsked, this, &TakesPanel::drag);
    connect(m_view, &TakesView::starAsked, this, &TakesPanel::starCurrent);
    connect(m_view, &TakesView::menuAsked, this, [this](const QModelIndex& index, const QPoint& position) {
        m_view->setCurrentIndex(index);
        QMenu menu;
        menu.addActions({m_play, m_star, m_reject});
        menu.addSeparator();
        menu.addActions({m_save, m_copy, m_folder});
        menu.exec(position);
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
        if (index.isValid()) m_session.setCurrentTake(m_model->card(index).id);
    });
    connect(m_model, &TakeModel::modelReset, this, &TakesPanel::showState);
    connect(m_model, &TakeModel::dataChanged, this, &TakesPanel::showState);
    connect(&session, &Session::currentTakeChanged, this, &TakesPanel::showState);
    showState();
}

void TakesPanel::makeActions() {
    const auto make = [this](const char* iconName, const QString& text, auto slot) {
        auto* action = new QAction(icon(iconName), text, this);
        connect(action, &QAction::triggered, this, slot);
        return action;
    };
    m_previous = make("chevron-left", tr("Previous take ([)"), [this] { m_session.stepTake(-1); });
    m_next = make("chevron-right", tr("Next take (])"), [this] { m_session.stepTake(+1); });
    m_play = make("play", tr("Play the take (Enter)"), [this] { play(m_view->currentIndex()); });
    m_star = make("star", tr("Star the take (*)"), [this] { starCurrent(); });
    m_reject = make("trash", tr("Reject the take (Delete)"), [this] { rejectCurrent(); });
    m_save = make("save", tr("Save as..."), [this] { saveAs(); });
    m_copy = make("copy", tr("Copy file to clipboard"), [this] { copyFile(); });
    m_folder = make("folder", tr("Show in folder"), [this] { showInFolder(); });
}

QLayout* TakesPanel::makeHeader() {
    auto* header = new QHBoxLayout;
    header->setSpacing(metrics::grid);
    header->addWidget(makeHeading(tr("Takes")));
    auto* order = named(new QComboBox, tr("Sort takes"));
    order->addItem(tr("newest first"), static_cast<int>(TakeModel::Order::newest));
    order->addItem(tr("starred first"), static_cast<int>(TakeModel::Order::starredFirst));
    order->addItem(tr("by key fit"), static_cast<int>(TakeModel::Order::keyFit));
    connect(order, &QComboBox::currentIndexChanged, m_model,
            [this, order] { m_model->setOrder(static_cast<TakeModel::Order>(order->currentData().toInt())); });
    header->addWidget(order);
    m_line = makeSentence();
    m_line->setForegroundRole(QPalette::BrightText);
    header->addWidget(m_line, 1);
    for (QAction* action : {m_previous, m_next, m_star, m_reject, m_save, m_copy, m_folder}) {
        auto* button = makeIconButton({}, action->text());
        button->setDefaultAction(action);
        header->addWidget(button);
    }
    m_withSeed = named(new QCheckBox(tr("with the seed")), tr("Drag with the seed in front"));
    m_withSeed->setToolTip(tr("Files that are dragged, saved or copied begin with the seed"));
    header->addWidget(m_withSeed);
    return header;
}

void TakesPanel::showState() {
    const Session::Take* take = m_session.currentTake();
    const QModelIndex index = take != nullptr ? m_model->indexOf(take->id) : QModelIndex();
    if (index != m_view->currentIndex()) {
        if (index.isValid()) {
            m_view->setCurrentIndex(index);
        } else {
            m_view->selectionModel()->clear();
        }
    }
    m_stack->setCurrentIndex(m_model->rowCount() > 0 ? 0 : 1);
    for (QAction* action : {m_previous, m_next}) action->setEnabled(m_model->rowCount() > 0);
    for (QAction* action : {m_play, m_star, m_reject}) action->setEnabled(index.isValid());
    for (QAction* action : {m_save, m_copy, m_folder}) action->setEnabled(index.isValid() && take->finished);
    m_star->setIcon(icon(take != nullptr && take->starred ? "star-filled" : "star"));
}

void TakesPanel::play(const QModelIndex& index) {
    m_session.setCurrentTake(m_model->card(index).id);
    Q_EMIT playRequested();
}

void TakesPanel::starCurrent() {
    if (const Session::Take* take = m_session.currentTake()) m_session.setStarred(take->id, !take->starred);
}

void TakesPanel::rejectCurrent() {
    if (const Session::Take* take = m_session.currentTake()) m_session.rejectTake(take->id);
}

void TakesPanel::drag(const QModelIndex& index) {
    const QPixmap picture = m_view->picture(index);
    const auto path = exportCurrent();
    if (!path) return;
    auto* drag = new QDrag(m_view);
    drag->setMimeData(fileData(*path));
    drag->setPixmap(picture);
    drag->setHotSpot({24, 24});
    drag->exec(Qt::CopyAction);
}

std::optional<QString> TakesPanel::exportCurrent() {
    const Session::Take* take = m_session.currentTake();
    if (take == nullptr || !take->finished) return std::nullopt;
    const auto path = writeDragFile(*take, content());
    complain(path ? QString() : QString::fromStdString(path.error().message));
    return path ? std::optional(*path) : std::nullopt;
}

void TakesPanel::saveAs() {
    const Session::Take* take = m_session.currentTake();
    const QString music = QStandardPaths::writableLocation(QStandardPaths::MusicLocation);
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Save the take"), music + QLatin1Char('/') + takeFileName(take->name), tr("MIDI files (*.mid)"));
    take = m_session.currentTake();
    if (path.isEmpty() || take == nullptr) return;
    const auto saved = writeSmfFile(path.toStdString(), takeSong(*take, content()));
    complain(saved ? QString() : QString::fromStdString(saved.error().message));
}

void TakesPanel::copyFile() {
    if (const auto path = exportCurrent()) {
        QGuiApplication::clipboard()->setMimeData(fileData(*path));
    }
}

void TakesPanel::showInFolder() {
    if (const auto path = exportCurrent()) {
        const QString folder = QFileInfo(*path).absolutePath();
        if (!QDesktopServices::openUrl(QUrl::fromLocalFile(folder))) {
            complain(tr("No file manager could be opened; the file is in %1").arg(folder));
        }
    }
}

TakeContent TakesPanel::content() const {
    return m_withSeed->isChecked() ? TakeContent::seedAndTake : TakeContent::takeAlone;
}

void TakesPanel::complain(const QString& sentence) { m_line->setText(sentence); }

}  // namespace ricercar
