#include "ui/panels/seed_panel.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QStackedLayout>
#include <QTabBar>
#include <QVBoxLayout>

#include "core/base/files.h"
#include "core/edit/bars.h"
#include "core/midi/smf_writer.h"
#include "ui/panels/seed_delegate.h"
#include "ui/panels/user_library.h"
#include "ui/panels/widgets.h"

namespace ricercar {

SeedPanel::SeedPanel(Session& session, UserLibrary& library, QWidget* parent)
    : QWidget(parent), m_session(session), m_library(library) {
    setObjectName("seedPanel");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, metrics::margin, 0, metrics::margin);
    layout->setSpacing(metrics::grid);
    layout->addWidget(makeHeader());
    layout->addWidget(makeList(), 1);
    layout->addWidget(makeFooter());

    showTab(examples);
    for (SeedModel& model : m_models) {
        connect(&model, &SeedModel::readingChanged, this, &SeedPanel::showState);
        connect(&model, &SeedModel::modelReset, this, &SeedPanel::showState);
    }
    connect(&m_models[examples], &SeedModel::readingChanged, this, &SeedPanel::chooseFirstExample);
    connect(&session, &Session::seedChanged, this, &SeedPanel::onSeedChanged);
    connect(&session, &Session::takesChanged, this, &SeedPanel::listTakes);
    connect(&session, &Session::takeChanged, this, [this](Session::TakeId id) {
        const Session::Take* take = m_session.take(id);
        if (take != nullptr && take->finished) listTakes();
    });

    m_models[examples].readFolder(QString::fromStdString((resourceFolder() / "examples").string()));
    library.ask(
        this, [](Library& file) { return file.recent(RecentKind::folder); },
        [this](const std::vector<std::filesystem::path>& folders) {
            if (!folders.empty() && m_folder.isEmpty()) readFolder(QString::fromStdString(folders.front().string()));
        });
    library.ask(
        this, [](Library& file) { return file.recent(RecentKind::seed); },
        [this](const std::vector<std::filesystem::path>& files) {
            for (const auto& file : files) m_recent << QString::fromStdString(file.string());
            m_recent.removeDuplicates();
            if (m_tabs->currentIndex() == recent) showTab(recent);
        });
    listTakes();
    onSeedChanged();
}

QWidget* SeedPanel::makeHeader() {
    auto* header = new QWidget;
    auto* layout = new QVBoxLayout(header);
    layout->setContentsMargins(metrics::margin, 0, metrics::margin, 0);
    layout->setSpacing(metrics::grid);
    auto* title = new QHBoxLayout;
    m_count = makeCaption({});
    title->addWidget(makeHeading(tr("Seeds")), 1);
    title->addWidget(m_count);
    m_search = named(new QLineEdit, tr("Search seeds"));
    m_search->setPlaceholderText(tr("Search by name, key, tempo"));
    m_search->setClearButtonEnabled(true);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& search) {
        for (SeedModel& model : m_models) model.setSearch(search);
    });
    m_tabs = named(new QTabBar, tr("Seed sources"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(false);
    for (const QString& name : {tr("Examples"), tr("My folder"), tr("Takes"), tr("Recent")}) m_tabs->addTab(name);
    connect(m_tabs, &QTabBar::currentChanged, this, &SeedPanel::showTab);
    auto* folderRow = new QHBoxLayout;
    m_folderLine = makeSentence();
    m_folderButton = makeIconButton("folder", tr("Choose a folder"));
    connect(m_folderButton, &QToolButton::clicked, this, &SeedPanel::askFolder);
    folderRow->addWidget(m_folderLine, 1);
    folderRow->addWidget(m_folderButton);
    layout->addLayout(title);
    layout->addWidget(m_search);
    layout->addWidget(m_tabs);
    layout->addLayout(folderRow);
    return header;
}

QWidget* SeedPanel::makeList() {
    auto* box = new QWidget;
    m_stack = new QStackedLayout(box);
    m_list = named(new QListView, tr("Seeds"));
    auto* delegate = new SeedDelegate(m_list);
    m_list->setItemDelegate(delegate);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    connect(delegate, &SeedDelegate::playClicked, this,
            [this](const QModelIndex& index) { choose(index, Then::play); });
    connect(m_list, &QListView::activated, this, [this](const QModelIndex& index) { choose(index, Then::play); });

    auto* empty = new QWidget;
    auto* layout = new QVBoxLayout(empty);
    layout->setContentsMargins(metrics::margin, metrics::margin, metrics::margin, 0);
    layout->setSpacing(metrics::grid);
    m_emptySentence = makeLabel({}, TextStyle::body, QPalette::PlaceholderText, true);
    m_emptyButton = new QPushButton;
    m_emptyButton->setObjectName("emptySeeds");
    connect(m_emptyButton, &QPushButton::clicked, this, &SeedPanel::emptyAction);
    layout->addWidget(m_emptySentence);
    layout->addWidget(m_emptyButton);
    layout->addStretch(1);
    m_stack->addWidget(m_list);
    m_stack->addWidget(empty);
    return box;
}

QWidget* SeedPanel::makeFooter() {
    auto* footer = new QWidget;
    auto* layout = new QVBoxLayout(footer);
    layout->setContentsMargins(metrics::margin, 0, metrics::margin, 0);
    layout->setSpacing(metrics::grid);
    m_bars = new BarRangePicker(tr("First bar of the seed"), tr("Last bar of the seed"), &Theme::seed);
    connect(m_bars, &BarRangePicker::rangeChanged, this, &SeedPanel::setBars);
    m_nothing = named(new QPushButton(tr("From nothing")), tr("From nothing"));
    m_nothing->setToolTip(tr("No seed: the model begins by itself"));
    m_nothing->setCheckable(true);
    connect(m_nothing, &QPushButton::clicked, this, [this] {
        m_firstExampleWanted = false;
        m_session.setSeed({.name = tr("From nothing"), .file = {}, .song = nullptr});
    });
    m_error = makeSentence();
    m_error->setForegroundRole(QPalette::BrightText);
    m_error->hide();
    layout->addWidget(m_error);
    layout->addWidget(m_bars);
    layout->addWidget(m_nothing);
    layout->addWidget(makeSentence(tr("Drop MIDI files or a folder anywhere")));
    return footer;
}

SeedModel& SeedPanel::shown() { return m_models[static_cast<std::size_t>(m_tabs->currentIndex())]; }

void SeedPanel::showTab(int tab) {
    if (tab == recent) {
        m_models[recent].readFiles(m_recent);
    }
    if (m_list->model() != &shown()) {
        const std::unique_ptr<QItemSelectionModel> old(m_list->selectionModel());
        m_list->setModel(&shown());
        connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
                [this](const QModelIndex& index) { choose(index, Then::nothing); });
    }
    showState();
}

void SeedPanel::showState() {
    const SeedModel& model = shown();
    const bool listed = model.rowCount() > 0;
    const bool inFolder = m_tabs->currentIndex() == folder && !m_folder.isEmpty();
    m_count->setText(listed ? QString::number(model.rowCount()) : QString());
    m_folderButton->setVisible(inFolder);
    QStringList line;
    if (inFolder) {
        line << QFileInfo(m_folder).fileName();
    }
    if (model.isReading()) {
        line << (model.filesToRead() > 0 ? tr("reading %1 of %2").arg(model.filesRead()).arg(model.filesToRead())
                                         : tr("reading ..."));
    }
    if (!model.skipped().isEmpty()) {
        line << tr("%1 skipped").arg(model.filesRead() - model.entryCount());
    }
    m_folderLine->setText(line.join(QStringLiteral(" - ")));
    m_folderLine->setToolTip(model.skipped().join(QLatin1Char('\n')));
    m_folderLine->setVisible(!line.isEmpty());
    m_stack->setCurrentIndex(listed || model.isReading() ? 0 : 1);
    showEmptyState();
    selectPiece();
}

void SeedPanel::showEmptyState() {
    const auto show = [this](const QString& sentence, const QString& button) {
        m_emptySentence->setText(sentence);
        m_emptyButton->setText(button);
    };
    if (shown().entryCount() > 0) {
        show(tr("Nothing here matches \"%1\".").arg(m_search->text()), tr("Clear the search"));
        return;
    }
    switch (m_tabs->currentIndex()) {
        case examples:
            show(tr("No examples are installed."), tr("Choose a folder..."));
            break;
        case folder:
            show(m_folder.isEmpty() ? tr("Your own MIDI files can be seeds: choose the folder they are in.")
                                    : tr("There is no MIDI file with notes in %1.").arg(m_folder),
                 tr("Choose a folder..."));
            break;
        case takes:
            show(tr("A take can be the seed of the next one. There is none yet."), tr("Show the examples"));
            break;
        default:
            show(tr("The files you used as seeds will be here."), tr("Show the examples"));
    }
}

void SeedPanel::emptyAction() {
    const int tab = m_tabs->currentIndex();
    if (shown().entryCount() > 0) {
        m_search->clear();
    } else if (tab == takes || tab == recent) {
        m_tabs->setCurrentIndex(examples);
    } else {
        askFolder();
    }
}

void SeedPanel::selectPiece() {
    const SeedModel& model = shown();
    if (m_list->model() != &model) return;  // the tab is being changed
    const QModelIndex current = m_list->currentIndex();
    if (m_piece && current.isValid() && m_piece->is(model.entry(current))) return;
    const QModelIndex wanted =
        m_piece ? model.find([this](const SeedEntry& entry) { return m_piece->is(entry); }) : QModelIndex();
    if (wanted.isValid()) {
        m_list->setCurrentIndex(wanted);
    } else {
        m_list->selectionModel()->clear();
    }
}

void SeedPanel::askFolder() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("A folder of MIDI files"), m_folder);
    if (!path.isEmpty()) {
        open({path});
    }
}

void SeedPanel::readFolder(const QString& path) {
    m_folder = path;
    m_models[folder].readFolder(path);
}

void SeedPanel::listTakes() {
    SeedModel& model = m_models[takes];
    std::vector<SeedEntry> entries;
    bool same = true;
    for (const Session::Take& take : m_session.takes()) {
        if (!take.finished || take.rejected) continue;
        if (const SeedEntry* known = model.entryOf(take.song.get())) {
            entries.push_back(*known);
        } else {
            same = false;
            entries.push_back(seedEntry(take.name, *take.song));
            entries.back().song = take.song;
        }
    }
    if (!same || std::ssize(entries) != model.entryCount()) {
        model.setEntries(std::move(entries));
    }
}

void SeedPanel::chooseFirstExample() {
    SeedModel& model = m_models[examples];
    if (m_firstExampleWanted && model.rowCount() > 0 && m_tabs->currentIndex() == examples) {
        m_firstExampleWanted = false;
        if (!m_session.seed().song) {
            m_list->setCurrentIndex(model.index(0));
        }
    }
}

void SeedPanel::remember(const QString& file) {
    m_recent.removeAll(file);
    m_recent.prepend(file);
    m_library.run([path = file.toStdString()](Library& library) { return library.addRecent(RecentKind::seed, path); });
}

void SeedPanel::open(const QStringList& paths) {
    QStringList folders;
    QStringList files;
    QStringList complaints;
    for (const QString& path : paths) (QFileInfo(path).isDir() ? folders : files) << path;
    if (!folders.isEmpty()) {
        const QString first = folders.takeFirst();
        m_library.run(
            [path = first.toStdString()](Library& library) { return library.addRecent(RecentKind::folder, path); });
        readFolder(first);
        m_tabs->setCurrentIndex(folder);
        for (const QString& other : folders) {
            complaints << tr("%1: only one folder can be shown").arg(QFileInfo(other).fileName());
        }
    }
    files.isEmpty() ? complain(complaints) : load(files, Then::showRecent, complaints);
}

void SeedPanel::complain(const QStringList& sentences) {
    constexpr qsizetype most = 5;
    QStringList lines = sentences.mid(0, most);
    if (sentences.size() > most) {
        lines << tr("and %1 more").arg(sentences.size() - most);
    }
    m_error->setText(lines.join(QLatin1Char('\n')));
    m_error->setToolTip(sentences.join(QLatin1Char('\n')));
    m_error->setVisible(!sentences.isEmpty());
}

void SeedPanel::choose(const QModelIndex& index, Then then) {
    if (!index.isValid()) return;
    const SeedEntry& entry = shown().entry(index);
    if (m_piece && m_piece->song && m_piece->is(entry)) {
        if (then == Then::play) Q_EMIT playRequested();
    } else if (!entry.song) {
        load({entry.file}, then);
    } else {
        m_piece = {.name = entry.name, .file = {}, .song = entry.song};
        setPieceSong(entry.song, entry.miniature, defaultSeedBars(*entry.song));
        if (then == Then::play) Q_EMIT playRequested();
    }
}

void SeedPanel::load(const QStringList& files, Then then, const QStringList& complaints) {
    struct Loaded {
        QStringList files;  ///< that can be seeds
        QStringList complaints;
        std::shared_ptr<const Song> song;  ///< of the first
        Miniature miniature;
        BarRange bars;
    };
    m_firstExampleWanted = false;
    m_piece = {.name = seedName(files.front()), .file = files.front(), .song = nullptr};
    m_loader.abandon();
    m_loader.run(
        this,
        [files, complaints](const std::stop_token& stop) {
            Loaded loaded{.files = {}, .complaints = complaints, .song = nullptr, .miniature = {}, .bars = {}};
            for (const QString& file : files) {
                if (stop.stop_requested()) break;
                const auto song = readSeedSong(file);
                if (!song) {
                    auto sentence = QString::fromStdString(song.error().message);
                    loaded.complaints << sentence.replace(file, QFileInfo(file).fileName());
                    continue;
                }
                if (!loaded.song) {
                    loaded.song = *song;
                    loaded.miniature = Miniature(**song);
                    loaded.bars = defaultSeedBars(**song);
                }
                loaded.files << file;
            }
            return loaded;
        },
        [this, asked = files.front(), then](Loaded loaded) {
            if (!m_piece || m_piece->file != asked) return;
            complain(loaded.complaints);
            if (!loaded.song) {
                m_piece.reset();
                selectPiece();
                return;
            }
            for (const QString& file : loaded.files | std::views::reverse) remember(file);
            m_piece->file = loaded.files.front();
            m_piece->name = seedName(m_piece->file);
            setPieceSong(std::move(loaded.song), std::move(loaded.miniature), loaded.bars);
            if (then == Then::play) Q_EMIT playRequested();
            if (then == Then::showRecent) {
                const QSignalBlocker blocker(m_tabs);
                m_tabs->setCurrentIndex(recent);
                showTab(recent);
            }
        });
}

void SeedPanel::setPieceSong(std::shared_ptr<const Song> song, Miniature miniature, BarRange bars) {
    m_piece->song = std::move(song);
    m_bars->setPiece(std::move(miniature), barCount(*m_piece->song), bars);
    setBars(bars);
}

void SeedPanel::setBars(BarRange bars) {
    auto song = std::make_shared<Song>(barsOf(*m_piece->song, bars.first, bars.last));
    std::erase_if(song->tracks, [](const auto& track) { return !holdsAnything(*track); });
    m_session.setSeed({.name = m_piece->name,
                       .file = m_piece->file,
                       .firstBar = bars.first,
                       .lastBar = bars.last,
                       .song = std::move(song)});
}

void SeedPanel::onSeedChanged() {
    const Session::Seed& seed = m_session.seed();
    m_nothing->setChecked(!seed.song);
    if (m_piece && (seed.name != m_piece->name || seed.file != m_piece->file)) {
        m_piece.reset();
    }
    const bool severalBars = m_piece && m_piece->song && barCount(*m_piece->song) > 1;
    if (severalBars) {
        m_bars->setRange({seed.firstBar, seed.lastBar});
    }
    m_bars->setVisible(severalBars);
    selectPiece();
}

}  // namespace ricercar
