#include "ui/panels/training_panel.h"

#include <span>
#include <utility>

#include <QFileDialog>
#include <QFileInfo>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include "core/midi/smf_reader.h"
#include "ui/panels/painting.h"
#include "ui/panels/training_curves.h"
#include "ui/panels/training_dialog.h"
#include "ui/panels/widgets.h"
#include "ui/panels/words.h"

namespace ricercar {

namespace {

/// A raised surface.
class Card : public QWidget {
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paintCard(painter, rect(), metrics::cardRadius, currentTheme().raised);
    }
};

/// Moves as long as it is seen.
class BusyBar : public QProgressBar {
public:
    BusyBar() {
        setRange(0, 0);
        setTextVisible(false);
        m_frame.setInterval(40);
        connect(&m_frame, &QTimer::timeout, this, qOverload<>(&QWidget::update));
    }

protected:
    void showEvent(QShowEvent*) override { m_frame.start(); }
    void hideEvent(QHideEvent*) override { m_frame.stop(); }

private:
    QTimer m_frame;
};

/// " (the schedule is complete)".
QString because(const QString& reason) { return reason.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(reason); }

QPushButton* makeButton(const QString& text) { return named(new QPushButton(text), text); }

}  // namespace

TrainingPanel::TrainingPanel(EngineClient& engine, QWidget* parent)
    : QWidget(parent),
      m_engine(engine),
      m_left(makeCaption({})),
      m_card(new Card),
      m_title(makeLabel({}, TextStyle::name)),
      m_preparing(named(new BusyBar, tr("Preparing"))),
      m_curves(new TrainingCurves),
      m_figures(makeSentence()),
      m_hear(makeButton(tr("Hear now"))),
      m_stop(makeButton(tr("Stop, keep best"))),
      m_resume(makeButton(tr("Go on"))),
      m_keep(makeButton(tr("Keep as it is"))),
      m_line(makeSentence()),
      m_train(named(new QPushButton(tr("Train a model...")), tr("Train"))),
      m_privacy(makeSentence()) {
    setObjectName("trainingPanel");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::margin, metrics::margin, metrics::margin, metrics::margin);
    layout->setSpacing(metrics::grid);
    auto* header = new QHBoxLayout;
    header->addWidget(makeHeading(tr("Training")), 1);
    header->addWidget(m_left);
    header->addWidget(m_train);
    layout->addLayout(header);
    auto* inCard = new QVBoxLayout(m_card);
    inCard->setContentsMargins(12, 10, 12, 10);
    inCard->setSpacing(metrics::grid / 2);
    inCard->addWidget(m_title);
    inCard->addWidget(m_preparing);
    inCard->addWidget(m_curves, 1);
    inCard->addWidget(m_figures);
    layout->addWidget(m_card, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(metrics::grid);
    for (QPushButton* button : {m_hear, m_resume, m_stop, m_keep}) buttons->addWidget(button, 1);
    layout->addLayout(buttons);
    layout->addWidget(m_line);
    layout->addStretch();
    layout->addWidget(m_privacy);

    m_hear->setToolTip(tr("Plays what the model makes of the same seed at this point"));
    connect(m_train, &QPushButton::clicked, this, &TrainingPanel::chooseFolder);
    connect(m_hear, &QPushButton::clicked, this, &TrainingPanel::hearSample);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_stopping = true;
        m_engine.cancel(*m_call);
        say(tr("Stopping ..."));
        showState();
    });
    connect(m_resume, &QPushButton::clicked, this, [this] {
        TrainRequest request;
        request.name = m_run->name;
        request.resume = true;
        begin(request);
    });
    connect(m_keep, &QPushButton::clicked, this, [this] { hasModelToKeep() ? keep(true) : forget(); });
    connect(&engine, &EngineClient::trainingProgress, this, [this](int call, const Json& event) {
        if (call != m_call) return;
        m_log.add(event);
        m_stepping = m_stepping || fieldOr(event, "event", std::string()).value_or("") == "step";
        showState();
    });
    connect(&engine, &EngineClient::trainingEnded, this, [this](int call, const TrainingEnd& end) {
        if (call == m_call) onEnded(end);
    });
    connect(&engine, &EngineClient::trainingStarted, this, [this](int call, const QString& name) {
        if (call != m_call) return;
        m_run->name = name;
        showState();
    });
    connect(&engine, &EngineClient::runsListed, this, [this](int call, const QList<EngineRun>& runs) {
        if (call == m_listing) onRuns(runs);
    });
    connect(&engine, &EngineClient::runKept, this, &TrainingPanel::done);
    connect(&engine, &EngineClient::runRemoved, this, [this](int call) { done(call, {}); });
    connect(&engine, &EngineClient::failed, this, [this](int call, const QString& sentence) {
        if (call == m_call) onFailed(sentence);
        if (m_then.erase(call) > 0) {
            m_keeping = false;
            complain(sentence);
            showState();
        }
    });
    connect(&engine, &EngineClient::stateChanged, this, &TrainingPanel::onEngineState);
    beginAnew();
    onEngineState();
}

void TrainingPanel::beginAnew() {
    m_command = m_engine.command();
    m_run.reset();
    m_call.reset();
    m_then.clear();
    m_log = {};
    m_replaying = m_stopping = m_stepping = m_keeping = false;
    say(tr("Teach a model your own music: choose a folder of MIDI files."));
    showState();
}

void TrainingPanel::onEngineState() {
    if (m_command != m_engine.command()) beginAnew();
    m_privacy->setText(m_engine.place() == EngineClient::Place::here
                           ? tr("Nothing leaves this computer")
                           : tr("A folder to train on goes to %1 only after you were asked").arg(m_engine.machine()));
    if (m_engine.state() == EngineClient::State::ready && !m_call) m_listing = m_engine.listRuns();
}

void TrainingPanel::onRuns(const QList<EngineRun>& runs) {
    if (m_call || m_keeping) return;
    if (!runs.isEmpty()) {
        m_run = runs.front();
        m_log = {};
        m_stopping = false;
        m_stepping = false;
        m_replaying = !m_run->running;
        m_call = m_engine.followRun(m_run->name);
        say({});
        showState();
    } else if (m_run) {  // else what is shown is how the last one ended
        beginAnew();
    }
}

void TrainingPanel::chooseFolder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("A folder of MIDI files to learn from"));
    if (!folder.isEmpty()) {
        openFolder(folder);
    }
}

void TrainingPanel::openFolder(const QString& folder) {
    auto* dialog = new TrainingDialog(m_engine, folder, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &TrainingDialog::startRequested, this, &TrainingPanel::begin);
    dialog->open();
}

void TrainingPanel::begin(TrainRequest request) {
    if (!request.resume) {
        m_run = EngineRun{.name = request.name};
        m_log = {};
    }
    m_stopping = false;
    m_stepping = false;
    m_engine.start();
    m_call = m_engine.train(request);
    say({});
    showState();
}

void TrainingPanel::onFailed(const QString& sentence) {
    const bool alive = m_engine.state() == EngineClient::State::ready;
    const bool begun = m_run->canResume || !m_log.train.empty();
    m_call.reset();
    m_replaying = false;
    if (!alive && m_engine.place() == EngineClient::Place::elsewhere) {
        m_run->running = true;  // as far as is known
        complain(tr("%1. A training that has begun goes on there, and is shown again when the connection is back.")
                     .arg(sentence));
    } else {
        complain(begun ? tr("%1. Nothing is lost up to its last checkpoint.").arg(sentence) : sentence);
        if (!begun) m_run.reset();
    }
    showState();
}

void TrainingPanel::onEnded(const TrainingEnd& end) {
    m_call.reset();
    m_run->running = false;
    m_run->canResume = end.canResume;
    m_run->hasModel = end.hasModel;
    if (std::exchange(m_replaying, false) && end.state != TrainingEnd::State::done) {
        say(tr("This training was cut off. Nothing is lost up to its last checkpoint."));
        showState();
    } else if (end.state == TrainingEnd::State::failed) {
        complain(end.canResume ? tr("%1. Nothing is lost up to its last checkpoint.").arg(end.error) : end.error);
        end.canResume ? showState() : forget();
    } else if (hasModelToKeep()) {
        keep(m_log.judged);
    } else if (end.state == TrainingEnd::State::done && !m_log.gained()) {
        say(tr("%1 is not kept%2.\n%3").arg(m_run->name, because(m_log.reason), m_log.verdict));
        forget();
    } else if (m_run->canResume) {
        say(m_log.baseValid
                ? tr("Stopped before it was better than the model it began from; nothing that was learnt is lost.")
                : tr("Stopped before there was a model to keep; nothing that was learnt is lost."));
        showState();
    } else {
        say(tr("Stopped before anything was learnt."));
        forget();
    }
}

void TrainingPanel::keep(bool whole) {
    m_keeping = true;
    showState();
    whenDone(m_engine.keepRun(m_run->name), [this, whole](const QString& path) {
        if (whole) {
            whenDone(m_engine.removeRun(m_run->name), [this, path](const QString&) {
                m_keeping = false;
                QStringList lines{
                    tr("%1 is trained%2: it is now chosen under Model.").arg(m_run->name, because(m_log.reason))};
                for (const QString& conclusion : {m_log.verdict, m_log.copies}) {
                    if (!conclusion.isEmpty()) lines << conclusion;
                }
                say(lines.join(QLatin1Char('\n')));
                m_run.reset();
                showState();
                Q_EMIT modelTrained(path);
            });
        } else {
            m_keeping = false;
            say(tr("%1 was stopped before it was tried on held-out music: it can be chosen under Model, or learn on.")
                    .arg(m_run->name));
            showState();
            Q_EMIT modelsChanged();
        }
    });
}

void TrainingPanel::done(int call, const QString& path) {
    if (auto node = m_then.extract(call)) node.mapped()(path);
}

void TrainingPanel::forget() {
    m_engine.removeRun(m_run->name);
    m_run.reset();
    showState();
}

void TrainingPanel::hearSample() {
    const auto bytes = std::span(m_log.sample.constData(), static_cast<std::size_t>(m_log.sample.size()));
    const auto sample = readSmf(std::as_bytes(bytes));
    if (sample) {
        Q_EMIT auditionRequested(std::make_shared<const Song>(sample->song));
    } else {
        complain(QString::fromStdString(sample.error().message));
    }
}

void TrainingPanel::showState() {
    const bool running = m_call.has_value() && !m_replaying;
    const bool learning = running && m_stepping;
    const bool cutOff = m_run && !m_run->running && !m_call && !m_keeping;
    m_left->setText(!learning ? QString() : m_log.finishing ? tr("finishing") : timeLeft(m_log.secondsLeft));
    m_card->setVisible(m_run.has_value() || !m_log.train.empty());
    if (m_run) {
        m_title->setText(m_run->name);
    }
    m_curves->setCurves(m_log.train, m_log.valid);
    QStringList figures;
    if (!m_log.valid.empty()) {
        figures
            << tr("%1 nats a note, best %2").arg(m_log.valid.back().y(), 0, 'f', 2).arg(*m_log.bestValid, 0, 'f', 2);
    }
    if (m_log.baseValid) {
        figures << tr("base %1").arg(*m_log.baseValid, 0, 'f', 2);
    }
    if (learning) {
        figures << (m_log.finishing ? m_log.activity : tr("%L1 tokens/s").arg(qRound(m_log.tokensPerSecond)));
        if (!m_log.uses.isEmpty()) figures << m_log.uses;
    }
    if (running && !m_stepping) {
        figures = {m_log.activity.isEmpty() ? tr("Preparing ...") : tr("Preparing: %1").arg(m_log.activity)};
    }
    if (running && m_log.paused) {
        figures = {tr("Paused: %1").arg(m_log.activity)};
    }
    m_preparing->setVisible(running && !m_stepping);
    m_figures->setText(figures.join(QStringLiteral(" - ")));
    m_hear->setVisible(running && !m_log.sample.isEmpty());
    m_stop->setVisible(running);
    m_stop->setEnabled(!m_stopping);
    m_resume->setVisible(cutOff);
    m_keep->setVisible(cutOff);
    if (cutOff) {
        m_keep->setText(hasModelToKeep() ? tr("Keep as it is") : tr("Discard"));
    }
    m_train->setVisible(!running && !m_keeping);
}

void TrainingPanel::say(const QString& sentence) {
    m_line->setForegroundRole(QPalette::PlaceholderText);
    m_line->setText(sentence);
    m_line->setVisible(!sentence.isEmpty());
}

void TrainingPanel::complain(const QString& sentence) {
    m_line->setForegroundRole(QPalette::BrightText);
    m_line->setText(withCapital(sentence));
    m_line->show();
}

}  // namespace ricercar
