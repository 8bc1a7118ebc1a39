#include "ui/panels/generate_panel.h"

#include <algorithm>

#include <QCheckBox>
#include <QEvent>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QRandomGenerator>
#include <QSettings>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/panels/generate_button.h"
#include "ui/panels/model_picker.h"
#include "ui/panels/sampling_box.h"
#include "ui/panels/task_box.h"
#include "ui/panels/widgets.h"
#include "ui/panels/words.h"

namespace ricercar {

namespace {

// The slider counts in hundredths.
constexpr int lowestTemperature = 20;
constexpr int highestTemperature = 160;
constexpr int defaultTemperature = 90;
constexpr auto modelHere = "generate/model";
constexpr auto modelElsewhere = "generate/modelElsewhere";

/// Where the chosen model is remembered: each place has models of its own.
QString modelSetting(const EngineClient& engine) {
    return engine.place() == EngineClient::Place::here ? modelHere : modelElsewhere;
}

int drawRng() { return QRandomGenerator::global()->bounded(1, 1'000'000); }

}  // namespace

GeneratePanel::GeneratePanel(Session& session, EngineClient& engine, QWidget* parent)
    : QWidget(parent),
      m_engine(engine),
      m_generation(session, engine),
      m_model(named(new ModelPicker, tr("Model"))),
      m_task(new TaskBox),
      m_button(named(new GenerateButton, tr("Generate"))),
      m_line(makeSentence()),
      m_restart(named(new QPushButton(tr("Restart the engine")), tr("Restart the engine"))),
      m_prepare(new QTimer(this)) {
    setObjectName("generatePanel");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::margin, metrics::margin, metrics::margin, metrics::margin);
    layout->setSpacing(metrics::grid);
    layout->addWidget(makeHeading(tr("Generate")));
    layout->addWidget(m_task);
    layout->addWidget(makeCaption(tr("Model")));
    layout->addWidget(m_model);
    layout->addSpacing(metrics::grid);
    layout->addWidget(makeTemperature());
    layout->addWidget(makeCounts());
    layout->addWidget(m_button);
    layout->addWidget(m_line);
    layout->addWidget(m_restart);
    layout->addWidget(makeMore());  // last: it opens downwards, and the button stays in sight
    layout->addStretch(1);

    m_prepare->setSingleShot(true);
    m_prepare->setInterval(0);
    connect(m_prepare, &QTimer::timeout, this, [this] { m_generation.prepare(m_model->chosenPath(), m_task->fill()); });
    m_task->setSeed(session.seed());
    connect(&session, &Session::seedChanged, m_prepare, qOverload<>(&QTimer::start));
    connect(&session, &Session::seedChanged, m_task, [this, &session] { m_task->setSeed(session.seed()); });
    connect(m_task, &TaskBox::changed, m_prepare, qOverload<>(&QTimer::start));
    connect(m_task, &TaskBox::changed, m_bars, [this] { m_bars->setDisabled(m_task->fill().has_value()); });
    connect(m_model, &QComboBox::currentIndexChanged, m_prepare, qOverload<>(&QTimer::start));
    connect(m_model, &QComboBox::currentIndexChanged, m_sampling,
            [this] { m_sampling->setModel(m_model->chosenStyles(), m_model->chosenConditions()); });
    connect(m_model, &QComboBox::activated, this,
            [this] { QSettings().setValue(modelSetting(m_engine), m_model->chosenPath()); });
    connect(m_button, &QPushButton::clicked, this, &GeneratePanel::generate);
    connect(m_restart, &QPushButton::clicked, this, [this] { m_engine.restart(); });
    connect(&m_generation, &Generation::firstNoteDrawn, this, &GeneratePanel::firstNoteDrawn);
    connect(&m_generation, &Generation::progressed, this, [this] { m_button->setProgress(m_generation.progress()); });
    connect(&m_generation, &Generation::ended, this, &GeneratePanel::onEnded);
    connect(&m_generation, &Generation::failed, this,
            [this](const QString& sentence) { complain(withCapital(sentence)); });
    connect(&engine, &EngineClient::stateChanged, this, &GeneratePanel::onEngineState);
    connect(&engine, &EngineClient::modelsListed, this, [this](int call, const QList<EngineModel>& models) {
        if (call == m_listing) onModels(models);
    });
    connect(&engine, &EngineClient::failed, this, [this](int call, const QString& sentence) {
        if (call != m_listing) return;
        m_listing.reset();
        m_model->setPlaceholderText(tr("No model yet"));
        if (m_engine.state() == EngineClient::State::ready) complain(withCapital(sentence));
    });
    onEngineState();
}

QWidget* GeneratePanel::makeTemperature() {
    auto* box = new QWidget;
    auto* layout = new QGridLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setVerticalSpacing(metrics::grid / 2);
    auto* value = makeLabel({}, TextStyle::strong);
    m_temperature = named(new QSlider(Qt::Horizontal), tr("Temperature"));
    m_temperature->setProperty("gradient", true);
    m_temperature->setRange(lowestTemperature, highestTemperature);
    m_temperature->setSingleStep(5);
    m_temperature->setPageStep(10);
    m_temperature->setToolTip(tr("How far the takes may go from what is likely; a double-click sets %1")
                                  .arg(defaultTemperature / 100.0, 0, 'f', 2));
    m_temperature->installEventFilter(this);
    connect(m_temperature, &QSlider::valueChanged, value,
            [value](int hundredths) { value->setText(QString::number(hundredths / 100.0, 'f', 2)); });
    m_temperature->setValue(defaultTemperature);
    layout->addWidget(makeCaption(tr("Temperature")), 0, 0);
    layout->addWidget(value, 0, 1, Qt::AlignRight);
    layout->addWidget(m_temperature, 1, 0, 1, 2);
    layout->addWidget(makeLabel(tr("close to the seed"), TextStyle::small, QPalette::PlaceholderText), 2, 0);
    layout->addWidget(makeLabel(tr("bold"), TextStyle::small, QPalette::PlaceholderText), 2, 1, Qt::AlignRight);
    return box;
}

QWidget* GeneratePanel::makeCounts() {
    auto* box = new QWidget;
    auto* layout = new QGridLayout(box);
    layout->setContentsMargins(0, metrics::grid, 0, 0);
    layout->setHorizontalSpacing(metrics::grid);
    layout->setVerticalSpacing(metrics::grid / 2);
    const auto add = [&](int column, const QString& name, int highest, int value) {
        auto* field = named(new QSpinBox, name);
        field->setRange(1, highest);
        field->setValue(value);
        field->setMinimumWidth(0);
        layout->addWidget(makeCaption(name), 0, column);
        layout->addWidget(field, 1, column);
        layout->setColumnStretch(column, 1);
        return field;
    };
    m_bars = add(0, tr("Bars"), 256, 8);
    m_takes = add(1, tr("Takes"), 64, 4);
    return box;
}

QWidget* GeneratePanel::makeMore() {
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::grid);
    auto* more = named(new QToolButton, tr("More"));
    more->setIcon(icon("chevron-down"));
    more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    more->setProperty("flat", true);
    layout->addWidget(more);

    auto* details = new QWidget;
    auto* grid = new QGridLayout(details);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(metrics::grid);
    m_sampling = new SamplingBox;
    const auto summarise = [this, more] {
        const QString summary = m_sampling->summary();
        more->setText(tr("More: %1").arg(summary.isEmpty() ? tr("key, range, style ...") : summary));
    };
    connect(m_sampling, &SamplingBox::changed, more, summarise);
    summarise();
    m_rng = named(new QSpinBox, tr("Random seed"));
    m_rng->setRange(0, 999'999);
    m_rng->setValue(drawRng());
    auto* dice = makeIconButton("shuffle", tr("Another random seed"));
    connect(dice, &QToolButton::clicked, m_rng, [this] { m_rng->setValue(drawRng()); });
    m_keepRng = named(new QCheckBox(tr("Keep it: the same takes again")), tr("Keep the random seed"));
    connect(m_rng, &QSpinBox::valueChanged, m_keepRng, [this] { m_keepRng->setChecked(true); });
    grid->addWidget(m_sampling, 0, 0, 1, 3);
    grid->addWidget(makeCaption(tr("Random seed")), 1, 0);
    grid->addWidget(m_rng, 1, 1);
    grid->addWidget(dice, 1, 2);
    grid->addWidget(m_keepRng, 2, 0, 1, 3);
    grid->setColumnStretch(1, 1);
    details->hide();
    layout->addWidget(details);
    connect(more, &QToolButton::clicked, details, [more, details] {
        const bool open = details->isHidden();
        details->setVisible(open);
        more->setIcon(icon(open ? "chevron-up" : "chevron-down"));
    });
    return box;
}

bool GeneratePanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_temperature && event->type() == QEvent::MouseButtonDblClick) {
        m_temperature->setValue(defaultTemperature);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

Generation::Settings GeneratePanel::settings() const {
    return {.model = m_model->chosenPath(),
            .bars = m_bars->value(),
            .takes = m_takes->value(),
            .temperature = m_temperature->value() / 100.0,
            .sampling = m_sampling->options(),
            .fill = m_task->fill(),
            .rng = m_rng->value()};
}

void GeneratePanel::generate() {
    if (m_generation.isRunning()) {
        m_generation.stop();
        return;
    }
    m_engine.start();
    if (m_engine.state() == EngineClient::State::ready && !m_listing && m_model->count() == 0) {
        complain(tr("There is no model yet: train one below."));
        return;
    }
    if (!m_keepRng->isChecked()) {
        const QSignalBlocker notAChoice(m_rng);
        m_rng->setValue(drawRng());
    }
    m_generation.start(settings());
    m_button->setProgress(0.0);
    say(m_engine.state() == EngineClient::State::ready
            ? tr("Drawing ...")
            : tr("%1; the takes come as soon as it is ready.").arg(m_engine.stateText()));
}

void GeneratePanel::chooseModel(const QString& path) {
    QSettings().setValue(modelSetting(m_engine), path);
    listModels();
}

void GeneratePanel::listModels() {
    m_listing = m_engine.listModels();
    m_model->setPlaceholderText(tr("Loading models ..."));
}

void GeneratePanel::onEngineState() {
    switch (m_engine.state()) {
        case EngineClient::State::ready:
            say(m_generation.isRunning() ? tr("Drawing ...") : QString());
            break;
        case EngineClient::State::starting:
            listModels();
            say(m_engine.stateText() + QLatin1Char('.'));
            break;
        case EngineClient::State::dead:
            complain(m_engine.stateText());
            break;
    }
}

QString GeneratePanel::modelLeftBehind(const QList<EngineModel>& models) const {
    const QString chosenHere = QFileInfo(QSettings().value(modelHere).toString()).completeBaseName();
    const bool there = std::ranges::any_of(models, [&](const EngineModel& model) { return model.name == chosenHere; });
    const bool chosenThere = QSettings().contains(modelElsewhere);
    return m_engine.place() == EngineClient::Place::here || chosenThere || there ? QString() : chosenHere;
}

void GeneratePanel::onModels(const QList<EngineModel>& models) {
    m_listing.reset();
    m_model->setPlaceholderText(tr("No model yet"));
    m_model->setModels(models);
    m_model->choose(QSettings().value(modelSetting(m_engine)).toString());
    m_model->setToolTip(m_engine.place() == EngineClient::Place::here
                            ? QString()
                            : tr("The models of %1: those of this computer are not there").arg(m_engine.machine()));
    m_sampling->setModel(m_model->chosenStyles(), m_model->chosenConditions());
    if (models.isEmpty()) {
        complain(tr("There is no model yet: train one below."));
        return;
    }
    if (const QString away = modelLeftBehind(models); !away.isEmpty() && !m_generation.isRunning()) {
        say(tr("%1 is on this computer alone; on %2 %3 composes.")
                .arg(away, m_engine.machine(), m_model->currentText()));
    }
    m_prepare->start();
}

void GeneratePanel::onEnded(const Generation::Figures& figures) {
    m_button->setProgress({});
    const QString takes = counted(figures.takes, tr("1 take"), tr("%1 takes"));
    const QString seconds = QString::number(static_cast<double>(figures.milliseconds) / 1000.0, 'f', 1);
    if (!figures.firstNoteMilliseconds) {
        say(figures.cancelled ? tr("Stopped before the first note.") : tr("The model drew no notes: try again."));
    } else {
        say(tr("first note in %1 ms, %2 in %3 s").arg(*figures.firstNoteMilliseconds).arg(takes, seconds));
    }
}

void GeneratePanel::say(const QString& sentence) {
    m_line->setForegroundRole(QPalette::PlaceholderText);
    m_line->setText(sentence);
    m_restart->hide();
}

void GeneratePanel::complain(const QString& sentence) {
    if (!m_generation.isRunning()) {
        m_button->setProgress({});
    }
    m_line->setForegroundRole(QPalette::BrightText);
    m_line->setText(sentence);
    m_restart->setText(m_engine.place() == EngineClient::Place::here ? tr("Restart the engine") : tr("Connect again"));
    m_restart->setVisible(m_engine.state() == EngineClient::State::dead);
}

}  // namespace ricercar
