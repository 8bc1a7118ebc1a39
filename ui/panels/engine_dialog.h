#pragma once

#include <memory>
#include <optional>

#include <QDialog>
#include <QElapsedTimer>

#include "ui/engine/engine_client.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;

namespace ricercar {

/// Where the engine runs: on this computer, or elsewhere by a command of the user's, which can be tried out first.
class EngineDialog : public QDialog {
    Q_OBJECT

public:
    /// The setting: the command line of an engine elsewhere; empty for that of this computer.
    static constexpr auto setting = "engine/command";

    /// Changes `engine` and the setting when it is accepted; `engine` outlives it.
    explicit EngineDialog(EngineClient& engine, QWidget* parent = nullptr);
    ~EngineDialog() override;

private:
    QString commandLine() const;
    void showChoice();
    /// Starts an engine by the chosen command, beside the one that is used.
    void test();
    void showTested();
    void endTest(const QString& sentence, QPalette::ColorRole role);
    void use();

    EngineClient& m_engine;
    QRadioButton* m_here;
    QRadioButton* m_elsewhere;
    QLineEdit* m_command;
    QPushButton* m_test;
    QPushButton* m_use = nullptr;
    QLabel* m_outcome;
    std::unique_ptr<EngineClient> m_tested;
    std::optional<int> m_listing;
    qsizetype m_models = 0;
    bool m_warm = false;  ///< the models have been listed once: now the time of an answer is measured
    std::optional<qint64> m_milliseconds;
    QElapsedTimer m_clock;
};

}  // namespace ricercar
