#include "ui/panels/training_dialog.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScreen>
#include <QShowEvent>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/panels/plain_name.h"
#include "ui/panels/widgets.h"
#include "ui/panels/words.h"

namespace ricercar {

namespace {

constexpr qint64 fewNotes = 3'000;
constexpr qint64 someNotes = 30'000;

/// The `most` greatest counts of an object from names to counts: "D minor 12, F major 9".
QString greatest(const Json& counts, std::size_t most) {
    std::vector<std::pair<std::int64_t, QString>> sorted;
    for (const auto& [name, count] : counts.items()) {
        if (count.is_number()) sorted.emplace_back(count.get<std::int64_t>(), QString::fromStdString(name));
    }
    std::ranges::stable_sort(sorted, std::greater(), [](const auto& item) { return item.first; });
    QStringList words;
    for (const auto& [count, name] : sorted) {
        if (words.size() == static_cast<qsizetype>(most)) break;
        words << QStringLiteral("%1 (%2)").arg(name).arg(count);
    }
    return words.join(QStringLiteral(", "));
}

std::int64_t integerAt(const Json& json, const char* name) { return fieldOr(json, name, std::int64_t{0}).value_or(0); }

Json objectAt(const Json& json, const char* name) {
    return fieldOr(json, name, Json::object()).value_or(Json::object());
}

QString textAt(const Json& json, const char* name) {
    return QString::fromStdString(fieldOr(json, name, std::string()).value_or(std::string()));
}

}  // namespace

QString sizeText(qint64 bytes) { return QLocale().formattedDataSize(bytes, 1, QLocale::DataSizeSIFormat); }

QString corpusAdvice(qint64 pieces, qint64 notes) {
    if (pieces == 0) {
        return TrainingDialog::tr("Nothing here can be learnt from; the reasons are below. Choose another folder.");
    }
    if (notes < fewNotes) {
        return TrainingDialog::tr(
            "This is very little: a model that starts from a trained one takes on some of its colour; one from scratch "
            "would only repeat it. Its pieces are good as seeds, too.");
    }
    if (notes < someNotes) {
        return TrainingDialog::tr(
            "This is a small collection: enough for a trained model to take on its style, too little to learn from "
            "scratch.");
    }
    return {};
}

QString corpusFigures(const Json& report) {
    const QLocale locale;
    const Json files = objectAt(report, "files");
    QStringList lines;
    const double minutes = fieldOr(report, "hours", 0.0).value_or(0.0) * 60;
    const QString length = minutes < 90
                               ? TrainingDialog::tr("%1 minutes").arg(locale.toString(std::ceil(minutes), 'f', 0))
                               : TrainingDialog::tr("%1 hours").arg(locale.toString(minutes / 60, 'f', 1));
    lines << TrainingDialog::tr("%1 of %2 MIDI files can be used, with %3 notes, %4 of music")
                 .arg(locale.toString(static_cast<qlonglong>(integerAt(files, "accepted"))),
                      locale.toString(static_cast<qlonglong>(integerAt(files, "midi"))),
                      locale.toString(static_cast<qlonglong>(integerAt(report, "notes"))), length);
    if (const QString keys = greatest(objectAt(report, "keys"), 4); !keys.isEmpty()) {
        lines << TrainingDialog::tr("Keys: %1").arg(keys);
    }
    if (const QString instruments = greatest(objectAt(report, "instruments"), 4); !instruments.isEmpty()) {
        lines << TrainingDialog::tr("Instruments: %1").arg(instruments);
    }
    if (const std::int64_t other = integerAt(files, "other"); other > 0) {
        lines << counted(other, TrainingDialog::tr("1 other file was left alone"),
                         TrainingDialog::tr("%1 other files were left alone"));
    }
    return lines.join(QLatin1Char('\n'));
}

TrainingDialog::TrainingDialog(EngineClient& engine, const QString& folder, QWidget* parent)
    : QDialog(parent),
      m_engine(engine),
      m_folder(folder),
      m_progress(new QProgressBar),
      m_sentence(makeLabel(tr("Reading the folder ..."), TextStyle::body, QPalette::WindowText, true)),
      m_figures(makeLabel({}, TextStyle::body, QPalette::PlaceholderText, true)),
      m_rejected(named(new QTreeWidget, tr("Rejected files"))),
      m_form(new QWidget) {
    setObjectName("trainingDialog");
    setWindowTitle(tr("Train a model"));
    setMinimumWidth(560);
    fillForm();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(metrics::margin);
    layout->addWidget(makeHeading(QFileInfo(folder).fileName()));
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    layout->addWidget(m_progress);
    layout->addWidget(m_figures);
    layout->addWidget(m_sentence);
    m_rejected->setHeaderLabels({tr("Rejected file"), tr("Reason")});
    m_rejected->setRootIsDecorated(false);
    m_rejected->setUniformRowHeights(true);
    m_rejected->header()->setSectionResizeMode(0, QHeaderView::Interactive);
    m_rejected->header()->resizeSection(0, 240);
    m_rejected->setMinimumHeight(120);
    layout->addWidget(m_rejected, 1);
    layout->addWidget(m_form);
    auto* buttons = new QDialogButtonBox;
    m_start = named(buttons->addButton(tr("Start training"), QDialogButtonBox::AcceptRole), tr("Start training"));
    m_start->setProperty("primary", true);
    m_start->setEnabled(false);
    buttons->addButton(tr("Cancel"), QDialogButtonBox::RejectRole);
    layout->addWidget(buttons);
    m_figures->hide();
    m_rejected->hide();
    m_form->hide();

    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        if (m_scanned.isEmpty()) {
            m_start->setEnabled(false);
            m_sender->send();
        } else {
            start();
        }
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(&engine, &EngineClient::corpusProgress, this, [this](int call, double fraction, const QString& what) {
        if (call != m_scan) return;
        m_progress->setValue(static_cast<int>(fraction * 1000));
        m_sentence->setText(tr("Reading the folder: %1").arg(what));
    });
    connect(&engine, &EngineClient::corpusScanned, this, [this](int call, const Json& report) {
        if (call == m_scan) showReport(report);
    });
    connect(&engine, &EngineClient::modelsListed, this, [this](int call, const QList<EngineModel>& models) {
        if (call != m_listing) return;
        for (qsizetype index = 0; index < models.size(); ++index) {
            const EngineModel& model = models[index];
            const std::string name = fieldOr(model.card, "name", std::string()).value_or(std::string());
            m_base->insertItem(static_cast<int>(index),
                               tr("%1: knows music already, learns yours in minutes")
                                   .arg(name.empty() ? model.name : QString::fromStdString(name)),
                               model.path);
        }
        m_base->setCurrentIndex(0);
    });
    connect(&engine, &EngineClient::failed, this, [this](int call, const QString& sentence) {
        if (call == m_scan) complain(sentence);
    });
    engine.place() == EngineClient::Place::here ? scan(folder) : askToSend();
    m_listing = engine.listModels();
}

void TrainingDialog::askToSend() {
    m_sender = new FolderSender(m_engine, m_folder, this);
    nameStart(tr("Send to %1").arg(m_engine.machine()));
    connect(m_sender, &FolderSender::counted, this, [this](const FolderSender::Content& content) {
        m_progress->hide();
        const QString files = counted(content.files, tr("1 MIDI file"), tr("%L1 MIDI files"));
        m_sentence->setText(content.files == 0 ? tr("There is no MIDI file in this folder. Choose another one.")
                                               : tr("The engine is on %1. May %2, %3, be sent there? They stay in its "
                                                    "cache, so that they are sent only "
                                                    "once; nothing else of this folder leaves this computer.")
                                                     .arg(m_engine.machine(), files, sizeText(content.bytes)));
        if (content.leftOut > 0) {
            m_sentence->setText(m_sentence->text() + QLatin1Char('\n') +
                                counted(content.leftOut, tr("1 file cannot be read, or is too large to be music."),
                                        tr("%L1 files cannot be read, or are too large to be music.")));
        }
        m_start->setEnabled(content.files > 0);
        m_start->setFocus();
        place();
    });
    connect(m_sender, &FolderSender::progressed, this, [this](double fraction, const QString& what) {
        m_progress->show();
        m_progress->setValue(static_cast<int>(fraction * 1000));
        m_sentence->setForegroundRole(QPalette::WindowText);
        m_sentence->setText(tr("Sending to %1: %2").arg(m_engine.machine(), what));
    });
    connect(m_sender, &FolderSender::sent, this, &TrainingDialog::scan);
    connect(m_sender, &FolderSender::failed, this, [this](const QString& sentence) {
        complain(m_sender->isEmpty() ? sentence : tr("%1. What has been sent is not sent again.").arg(sentence));
        m_start->setEnabled(!m_sender->isEmpty());
    });
}

void TrainingDialog::nameStart(const QString& text) {
    m_start->setText(text);
    m_start->setAccessibleName(text);
}

void TrainingDialog::scan(const QString& folder) {
    m_scanned = folder;
    nameStart(tr("Start training"));
    m_progress->show();
    m_scan = m_engine.scanCorpus(folder);
}

TrainingDialog::~TrainingDialog() {
    if (m_scan) m_engine.cancel(*m_scan);
}

void TrainingDialog::fillForm() {
    auto* form = new QFormLayout(m_form);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(metrics::grid);
    m_name = named(new QLineEdit(QFileInfo(m_folder).fileName()), tr("Name of the model"));
    m_base = named(new QComboBox, tr("Start from"));
    m_base->addItem(tr("Scratch: knows this folder alone, needs much music and time"), QString());
    m_preset = named(new QComboBox, tr("Size of the model"));
    m_preset->addItem(tr("small: learns in minutes on any computer"), "fast");
    m_preset->addItem(tr("medium: hears further back, takes longer"), "house");
    m_preset->addItem(tr("large: for much music and a graphics card"), "quality");
    m_minutes = named(new QDoubleSpinBox, tr("Minutes"));
    m_minutes->setDecimals(1);
    m_minutes->setRange(0.1, 24 * 60);
    m_minutes->setValue(5);
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Start from"), m_base);
    form->addRow(tr("Size"), m_preset);
    form->addRow(tr("Minutes"), m_minutes);
    m_pauseOnBattery = named(new QCheckBox(tr("Pause while the computer is on its battery")), tr("Pause on battery"));
    form->addRow(QString(), m_pauseOnBattery);
    // A model that goes on keeps its size.
    m_preset->setPlaceholderText(tr("that of the model it starts from"));
    connect(m_base, &QComboBox::currentIndexChanged, m_preset, [this, chosen = 0]() mutable {
        const bool scratch = m_base->currentData().toString().isEmpty();
        if (scratch == m_preset->isEnabled()) return;
        m_preset->setEnabled(scratch);
        if (!scratch) chosen = m_preset->currentIndex();
        m_preset->setCurrentIndex(scratch ? chosen : -1);
    });
}

void TrainingDialog::showEvent(QShowEvent* event) {
    QDialog::showEvent(event);
    if (!event->spontaneous()) place();
}

void TrainingDialog::place() {
    adjustSize();
    const QRect room = screen()->availableGeometry();
    const QSize borders = frameGeometry().size() - size();
    resize(size().boundedTo(room.size() - borders));
    const QSize whole = size() + borders;
    const QPoint middle = parentWidget() != nullptr ? parentWidget()->window()->geometry().center() : room.center();
    const QPoint wanted = middle - QPoint(whole.width(), whole.height()) / 2;
    move(std::clamp(wanted.x(), room.left(), room.left() + room.width() - whole.width()),
         std::clamp(wanted.y(), room.top(), room.top() + room.height() - whole.height()));
}

void TrainingDialog::showReport(const Json& report) {
    m_scan.reset();
    const std::int64_t pieces = integerAt(objectAt(report, "files"), "accepted");
    m_progress->hide();
    m_figures->setText(corpusFigures(report));
    m_figures->show();
    m_sentence->setText(corpusAdvice(pieces, integerAt(report, "notes")));
    m_sentence->setVisible(!m_sentence->text().isEmpty());
    for (const Json& file : fieldOr(report, "rejected", Json::array()).value_or(Json::array())) {
        const QString reason = textAt(file, "reason");
        auto* item = new QTreeWidgetItem({textAt(file, "path"), reason.isEmpty() ? textAt(file, "outcome") : reason});
        item->setToolTip(0, textAt(file, "path"));
        item->setToolTip(1, reason);
        m_rejected->addTopLevelItem(item);
    }
    m_rejected->setVisible(m_rejected->topLevelItemCount() > 0);
    m_form->setVisible(pieces > 0);
    m_start->setEnabled(pieces > 0);
    m_start->setDefault(true);
    m_start->setFocus();  // Cancel had it while this was disabled
    place();
}

void TrainingDialog::complain(const QString& sentence) {
    m_scan.reset();
    m_progress->hide();
    m_sentence->setForegroundRole(QPalette::BrightText);
    m_sentence->setText(withCapital(sentence));
}

void TrainingDialog::start() {
    TrainRequest request;
    request.folder = m_scanned;
    request.name = plainName(m_name->text(), QStringLiteral("my-model"));
    request.base = m_base->currentData().toString();
    if (request.base.isEmpty()) request.preset = m_preset->currentData().toString();
    request.minutes = m_minutes->value();
    request.pauseOnBattery = m_pauseOnBattery->isChecked();
    Q_EMIT startRequested(request);
    accept();
}

}  // namespace ricercar
