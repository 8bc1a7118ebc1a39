#include "ui/panels/engine_dialog.h"

#include <chrono>
#include <utility>

#include <QDialogButtonBox>
#include <QLineEdit>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSettings>
#include <QVBoxLayout>

#include "ui/panels/widgets.h"
#include "ui/panels/words.h"

namespace ricercar {

EngineDialog::EngineDialog(EngineClient& engine, QWidget* parent)
    : QDialog(parent),
      m_engine(engine),
      m_here(named(new QRadioButton(tr("&This computer")), tr("This computer"))),
      m_elsewhere(named(new QRadioButton(tr("&Another computer, reached by this command:")), tr("Another computer"))),
      m_command(named(new QLineEdit, tr("Command of the engine"))),
      m_test(named(new QPushButton(tr("T&est")), tr("Test the engine"))),
      m_outcome(makeLabel({}, TextStyle::body, QPalette::WindowText, true)) {
    setObjectName("engineDialog");
    setWindowTitle(tr("Engine"));
    setMinimumWidth(560);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(metrics::grid);
    layout->addWidget(makeHeading(tr("Where the engine runs")));
    layout->addWidget(makeLabel(tr("The engine composes and trains. On another computer, such as a server with a "
                                   "graphics card, it needs the same version of Ricercar, and its own models."),
                                TextStyle::body, QPalette::PlaceholderText, true));
    layout->addSpacing(metrics::grid);
    layout->addWidget(m_here);
    layout->addWidget(m_elsewhere);
    layout->addWidget(m_command);
    layout->addWidget(makeSentence(
        tr("ssh must get in without a password (with a key). What you generate from goes there with each Generate; a "
           "folder to train on only after you were asked.")));
    layout->addSpacing(metrics::grid);
    layout->addWidget(m_test, 0, Qt::AlignLeft);
    m_outcome->setObjectName("outcomeOfTheTest");
    m_outcome->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_outcome->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_outcome->setMinimumHeight(5 * m_outcome->fontMetrics().lineSpacing());
    layout->addWidget(m_outcome, 1);
    auto* buttons = new QDialogButtonBox;
    m_use = named(buttons->addButton(tr("Use it"), QDialogButtonBox::AcceptRole), tr("Use it"));
    m_use->setProperty("primary", true);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole);
    layout->addWidget(buttons);

    m_command->setPlaceholderText(QStringLiteral("ssh gpu-server ricercar-engine serve"));
    m_command->setText(QSettings().value(setting).toString());
    (m_command->text().isEmpty() ? m_here : m_elsewhere)->setChecked(true);
    connect(m_elsewhere, &QRadioButton::toggled, this, &EngineDialog::showChoice);
    connect(m_elsewhere, &QRadioButton::clicked, m_command, qOverload<>(&QWidget::setFocus));
    connect(m_command, &QLineEdit::textChanged, this, &EngineDialog::showChoice);
    connect(m_test, &QPushButton::clicked, this, &EngineDialog::test);
    connect(buttons, &QDialogButtonBox::accepted, this, &EngineDialog::use);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    showChoice();
}

EngineDialog::~EngineDialog() = default;

QString EngineDialog::commandLine() const { return m_elsewhere->isChecked() ? m_command->text().trimmed() : QString(); }

void EngineDialog::showChoice() {
    const bool complete = m_here->isChecked() || !QProcess::splitCommand(commandLine()).isEmpty();
    m_command->setEnabled(m_elsewhere->isChecked());
    m_test->setEnabled(complete);
    m_use->setEnabled(complete);
    static const QRegularExpression outsideDoubleQuotes(QStringLiteral("^[^\"']*(\"[^\"]*\"[^\"']*)*'"));
    endTest(commandLine().contains(outsideDoubleQuotes)
                ? tr("A single quote is an ordinary letter here: quote with double quotes.")
                : QString(),
            QPalette::WindowText);
}

void EngineDialog::test() {
    endTest(tr("Starting it ..."), QPalette::PlaceholderText);
    m_test->setEnabled(false);
    m_warm = false;
    m_milliseconds.reset();
    m_tested = std::make_unique<EngineClient>();
    m_tested->setCommandLine(commandLine());
    m_tested->setPatience(std::chrono::seconds(20));
    connect(m_tested.get(), &EngineClient::stateChanged, this, [this](EngineClient::State state, const QString& text) {
        if (state == EngineClient::State::dead) endTest(text, QPalette::BrightText);
    });
    connect(m_tested.get(), &EngineClient::infoChanged, this, &EngineDialog::showTested);
    connect(m_tested.get(), &EngineClient::modelsListed, this, [this](int, const QList<EngineModel>& models) {
        m_models = models.size();
        if (std::exchange(m_warm, true)) {
            m_milliseconds = m_clock.elapsed();
            showTested();
        } else {
            m_clock.start();
            m_tested->listModels();
        }
    });
    m_tested->start();
    m_tested->listModels();
}

void EngineDialog::showTested() {
    if (!m_milliseconds) return;
    const EngineInfo info = m_tested->info();
    const QString devices = info.blas.isEmpty() ? tr("asking ...")
                            : info.devices.contains("cuda")
                                ? tr("CUDA graphics card")
                                : counted(info.threads, tr("processor, 1 thread"), tr("processor, %1 threads"));
    m_outcome->setForegroundRole(QPalette::WindowText);
    m_outcome->setText(
        tr("%1 answers in %2 ms.\nVersion %3, with %4.\nTrains on: %5.")
            .arg(info.host)
            .arg(*m_milliseconds)
            .arg(info.version, counted(static_cast<int>(m_models), tr("1 model"), tr("%1 models")), devices));
    m_test->setEnabled(true);
}

void EngineDialog::endTest(const QString& sentence, QPalette::ColorRole role) {
    if (m_tested) {
        m_tested.release()->deleteLater();  // it may be the one that reports
    }
    m_outcome->setForegroundRole(role);
    m_outcome->setText(sentence);
    m_test->setEnabled(m_use->isEnabled());
}

void EngineDialog::use() {
    const QString line = commandLine();
    const bool other = line != QSettings().value(setting).toString();
    const QString question =
        m_engine.place() == EngineClient::Place::here
            ? tr("The engine is at work. Changing it ends that: of takes the whole bars are kept, and a training can "
                 "go on later where it was. Change it now?")
            : tr("The engine is at work. If it is changed, of takes the whole bars are kept; a training goes on there "
                 "by itself, and is shown again once the engine is on %1 again. Change it now?")
                  .arg(m_engine.machine());
    if (other && m_engine.isBusy() && QMessageBox::question(this, tr("Engine"), question) != QMessageBox::Yes) {
        return;
    }
    QSettings().setValue(setting, line);
    if (other || m_engine.state() == EngineClient::State::dead) {
        m_engine.setCommandLine(line);
        m_engine.restart();
    }
    accept();
}

}  // namespace ricercar
