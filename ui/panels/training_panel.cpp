#include "ui/panels/training_panel.h"

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
      m_run(TrainingRun::findUnfinished()),
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
      m_train(named(new QPushButton(tr("Train a model...")), tr("Train"))) {
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
    layout->addWidget(makeSentence(tr("Nothing leaves this computer")));

    m_hear->setToolTip(tr("Plays what the model makes of the same seed at this point"));
    connect(m_train, &QPushButton::clicked, this, &TrainingPanel::chooseFolder);
    connect(m_hear, &QPushButton::clicked, this, &TrainingPanel::hearSample);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        m_stopping = true;
        m_engine.cancel(*m_call);
        say(tr("Stopping ..."));
        showState();
    });
    connect(m_resume, &QPushButton::clicked, this, [this] { begin(*m_run, true); });
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
    connect(&engine, &EngineClient::failed, this, [this](int call, const QString& sentence) {
        if (call == m_call) onEnded({.state = TrainingEnd::State::failed, .exitStatus = 1, .error = sentence});
    });
    if (m_run) {
        m_log = TrainingLog::fromFile(m_run->metrics());
        say(tr("This training was cut off. Nothing is lost up to its last checkpoint."));
    } else {
        say(tr("Teach a model your own music: choose a folder of MIDI files."));
    }
    showState();
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
    connect(dialog, &TrainingDialog::startRequested, this, [this](const TrainingRun& run) { begin(run, false); });
    dialog->open();
}

void TrainingPanel::begin(TrainingRun run, bool resume) {
    if (const auto stored = run.store(); !stored) {
        complain(QString::fromStdString(stored.error().message));
        return;
    }
    m_run = std::move(run);
    m_stopping = false;
    m_stepping = false;
    if (!resume) m_log = {};
    TrainRequest request = m_run->request;
    request.resume = resume && m_run->canResume();
    m_call = m_engine.train(request);
    say({});
    showState();
}

void TrainingPanel::onEnded(const TrainingEnd& end) {
    m_call.reset();
    if (end.state == TrainingEnd::State::failed) {
        const bool canResume = m_run->canResume();
        complain(canResume ? tr("%1. Nothing is lost up to its last checkpoint.").arg(end.error) : end.error);
        canResume ? showState() : forget();
    } else if (hasModelToKeep()) {
        keep(m_log.judged);
    } else if (end.state == TrainingEnd::State::done && !m_log.gained()) {
        say(tr("%1 is not kept%2.\n%3").arg(m_run->name, because(m_log.reason), m_log.verdict));
        forget();
    } else if (m_run->canResume()) {
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
    const auto copy = [run = *m_run, whole](const std::stop_token&) {
        auto path = run.keepModel();
        if (path && whole) run.remove();
        return path;
    };
    m_disk.run(this, copy, [this, whole](const Result<QString>& path) {
        m_keeping = false;
        if (!path) {
            complain(QString::fromStdString(path.error().message));
            showState();
        } else if (whole) {
            QStringList lines{
                tr("%1 is trained%2: it is now chosen under Model.").arg(m_run->name, because(m_log.reason))};
            for (const QString& conclusion : {m_log.verdict, m_log.copies}) {
                if (!conclusion.isEmpty()) lines << conclusion;
            }
            say(lines.join(QLatin1Char('\n')));
            m_run.reset();
            showState();
            Q_EMIT modelTrained(*path);
        } else {
            say(tr("%1 was stopped before it was tried on held-out music: it can be chosen under Model, or learn on.")
                    .arg(m_run->name));
            showState();
            Q_EMIT modelsChanged();
        }
    });
}

void TrainingPanel::forget() {
    m_disk.run([run = *m_run](const std::stop_token&) { run.remove(); });
    m_run.reset();
    showState();
}

void TrainingPanel::hearSample() {
    const auto sample = readSmfFile(m_log.sample.toStdString());
    if (sample) {
        Q_EMIT auditionRequested(std::make_shared<const Song>(sample->song));
    } else {
        complain(QString::fromStdString(sample.error().message));
    }
}

void TrainingPanel::showState() {
    const bool running = m_call.has_value();
    const bool learning = running && m_stepping;
    const bool cutOff = m_run && !running && !m_keeping;
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
    }
    if (running && !m_stepping) {
        figures = {m_log.activity.isEmpty() ? tr("Preparing ...") : tr("Preparing: %1").arg(m_log.activity)};
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
    m_line->setText(sentence);
    m_line->show();
}

}  // namespace ricercar
