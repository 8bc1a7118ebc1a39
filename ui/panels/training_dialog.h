#pragma once

#include <optional>

#include <QDialog>

#include "core/base/json.h"
#include "ui/engine/engine_client.h"
#include "ui/panels/folder_sender.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QShowEvent;
class QTreeWidget;

namespace ricercar {

/// From a folder to a training run: first, for an engine elsewhere, whether the music may be sent there, then what is
/// in the folder, as the scan finds it, then how to train.
class TrainingDialog : public QDialog {
    Q_OBJECT

public:
    /// `engine` outlives it.
    TrainingDialog(EngineClient& engine, const QString& folder, QWidget* parent = nullptr);
    ~TrainingDialog() override;

Q_SIGNALS:
    void startRequested(const ricercar::TrainRequest& request);

protected:
    void showEvent(QShowEvent* event) override;

private:
    /// Asks whether to send the folder, and sends it.
    void askToSend();
    void scan(const QString& folder);
    /// What the button does next.
    void nameStart(const QString& text);
    void fillForm();
    /// In the middle of its window, but inside the screen.
    void place();
    void showReport(const Json& report);
    void complain(const QString& sentence);
    void start();

    EngineClient& m_engine;
    QString m_folder;   ///< on this computer
    QString m_scanned;  ///< on the engine's
    FolderSender* m_sender = nullptr;
    std::optional<int> m_scan;
    std::optional<int> m_listing;

    QProgressBar* m_progress;
    QLabel* m_sentence;
    QLabel* m_figures;
    QTreeWidget* m_rejected;
    QWidget* m_form;
    QLineEdit* m_name = nullptr;
    QComboBox* m_base = nullptr;
    QComboBox* m_preset = nullptr;
    QDoubleSpinBox* m_minutes = nullptr;
    QCheckBox* m_pauseOnBattery = nullptr;
    QPushButton* m_start = nullptr;
};

/// What a folder with so many pieces and notes is good for, in a sentence; nothing to be said about a good one.
QString corpusAdvice(qint64 pieces, qint64 notes);
/// The report of `ricercar-engine scan --json` in a few lines for people.
QString corpusFigures(const Json& report);
/// "12.3 MB".
QString sizeText(qint64 bytes);

}  // namespace ricercar
