#include "ui/panels/task_box.h"

#include <QComboBox>
#include <QGridLayout>
#include <QSignalBlocker>
#include <QTabBar>

#include "ui/panels/widgets.h"

namespace ricercar {

namespace {

constexpr int acousticBass = 32;
constexpr int programsInFamily = 8;

QString trackName(const Track& track) {
    if (!track.name.empty()) return QString::fromStdString(track.name);
    return track.isDrums() ? TaskBox::tr("Drums") : QString::fromStdString(std::string(programName(track.program())));
}

QComboBox* makeChoice(const QString& name) {
    auto* choice = named(new QComboBox, name);
    choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    choice->setMinimumContentsLength(8);
    return choice;
}

/// Drums, then the programs of General MIDI in their families.
QComboBox* makeInstruments() {
    auto* instruments = makeChoice(TaskBox::tr("Instrument to add"));
    instruments->addItem(TaskBox::tr("Drums"));
    for (int program = 0; program < 128; ++program) {
        if (program % programsInFamily == 0) instruments->insertSeparator(instruments->count());
        instruments->addItem(QString::fromStdString(std::string(programName(Program::clamped(program)))), program);
    }
    instruments->setCurrentIndex(instruments->findData(acousticBass));
    return instruments;
}

}  // namespace

TaskBox::TaskBox(QWidget* parent)
    : QWidget(parent),
      m_tasks(named(new QTabBar, tr("Task"))),
      m_details(new QWidget),
      m_bars(new BarRangePicker(tr("First bar to write"), tr("Last bar to write"), &Theme::take)),
      m_tracks(makeChoice(tr("Instrument to write anew"))),
      m_instruments(makeInstruments()) {
    m_tasks->setDrawBase(false);
    m_tasks->setExpanding(true);
    m_tasks->addTab(tr("Go on"));
    m_tasks->addTab(tr("Fill in"));
    m_tasks->addTab(tr("Add part"));
    m_tasks->setTabToolTip(goOn, tr("New bars after the seed"));
    m_tasks->setTabToolTip(fillIn, tr("Some bars of the seed anew, to fit what stands before and after them"));
    m_tasks->setTabToolTip(addPart, tr("One more instrument, to go with those of the seed"));

    auto* details = new QGridLayout(m_details);
    details->setContentsMargins(0, metrics::grid / 2, 0, 0);
    details->setSpacing(metrics::grid);
    details->addWidget(m_bars, 0, 0, 1, 2);
    details->addWidget(makeCaption(tr("Part")), 1, 0);
    details->addWidget(m_tracks, 1, 1);
    details->addWidget(m_instruments, 1, 1);
    details->setColumnStretch(1, 1);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::grid / 2);
    layout->addWidget(m_tasks);
    layout->addWidget(m_details);
    connect(m_tasks, &QTabBar::currentChanged, this, &TaskBox::showTask);
    connect(m_bars, &BarRangePicker::rangeChanged, this, &TaskBox::changed);
    connect(m_tracks, &QComboBox::currentIndexChanged, this, &TaskBox::changed);
    connect(m_instruments, &QComboBox::currentIndexChanged, this, &TaskBox::changed);
    setSeed({});
}

void TaskBox::setSeed(const Session::Seed& seed) {
    const bool same = m_seed && m_seed == seed.song;
    m_seed = seed.song;
    if (same) return;
    {
        const QSignalBlocker blocker(m_tracks);
        m_tracks->clear();
        m_tracks->addItem(tr("all instruments"));
        for (std::size_t index = 0; m_seed && index < m_seed->tracks.size(); ++index) {
            m_tracks->addItem(trackName(*m_seed->tracks[index]), static_cast<int>(index));
        }
    }
    for (const int task : {fillIn, addPart}) m_tasks->setTabEnabled(task, m_seed != nullptr);
    if (!m_seed) m_tasks->setCurrentIndex(goOn);
    showTask();
}

void TaskBox::showTask() {
    const int task = m_tasks->currentIndex();
    m_details->setVisible(task != goOn);
    m_tracks->setVisible(task == fillIn);
    m_instruments->setVisible(task == addPart);
    if (task != goOn) {
        const int bars = std::max(1, barCount(*m_seed));
        const int quarter = task == fillIn ? bars / 4 : 0;  // the middle half, or everything
        m_bars->setPiece(Miniature(*m_seed), bars, {quarter, std::max(quarter, bars - 1 - quarter)});
    }
    Q_EMIT changed();
}

std::optional<FillIn> TaskBox::fill() const {
    if (m_tasks->currentIndex() == goOn) return std::nullopt;
    const BarRange bars = m_bars->range();
    FillIn fill{.firstBar = bars.first, .lastBar = bars.last, .tracks = {}, .added = {}};
    if (m_tasks->currentIndex() == addPart) {
        const QVariant program = m_instruments->currentData();
        fill.added = FillIn::Instrument{.drums = !program.isValid(), .program = Program::clamped(program.toInt())};
    } else if (const QVariant track = m_tracks->currentData(); track.isValid()) {
        fill.tracks = {static_cast<std::size_t>(track.toInt())};
    }
    return fill;
}

}  // namespace ricercar
