#pragma once

#include <QWidget>

#include "ui/panels/generation.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QSlider;
class QSpinBox;
class QTimer;

namespace ricercar {

class GenerateButton;
class ModelPicker;
class SamplingBox;
class TaskBox;

/// What to compose, with what and how: task, model, temperature, bars, takes, and the Generate button. Has the engine
/// read every new seed ahead of the click and streams what it draws into the session.
class GeneratePanel : public QWidget {
    Q_OBJECT

public:
    GeneratePanel(Session& session, EngineClient& engine, QWidget* parent = nullptr);

public Q_SLOTS:
    /// The Generate button: draws takes, or stops while takes are being drawn. Starts an engine that is dead.
    void generate();
    /// Asks the engine for its models again.
    void listModels();
    /// The same, and chooses the one in the file `path`.
    void chooseModel(const QString& path);

Q_SIGNALS:
    /// The first note of the current take is in the session: it can be heard from its start.
    void firstNoteDrawn();

private:
    QWidget* makeTemperature();
    QWidget* makeCounts();
    QWidget* makeMore();
    bool eventFilter(QObject* watched, QEvent* event) override;

    Generation::Settings settings() const;
    void onEngineState();
    void onModels(const QList<EngineModel>& models);
    /// The name of the model that was chosen on this computer, as long as none was chosen elsewhere, if the engine is
    /// elsewhere and has none of that name; else empty.
    QString modelLeftBehind(const QList<EngineModel>& models) const;
    void onEnded(const Generation::Figures& figures);
    /// What is going on, under the button; an error may offer to start the engine again.
    void say(const QString& sentence);
    void complain(const QString& sentence);

    EngineClient& m_engine;
    Generation m_generation;
    std::optional<int> m_listing;  ///< the call that asks for the models

    ModelPicker* m_model;
    TaskBox* m_task;
    QSlider* m_temperature = nullptr;
    QSpinBox* m_bars = nullptr;
    QSpinBox* m_takes = nullptr;
    SamplingBox* m_sampling = nullptr;
    QSpinBox* m_rng = nullptr;
    QCheckBox* m_keepRng = nullptr;
    GenerateButton* m_button;
    QLabel* m_line;
    QPushButton* m_restart;
    QTimer* m_prepare;  ///< several changes, one call
};

}  // namespace ricercar
