#pragma once

#include <memory>
#include <optional>

#include <QWidget>

#include "core/music/song.h"
#include "ui/engine/engine_client.h"
#include "ui/panels/background.h"
#include "ui/panels/training_log.h"
#include "ui/panels/training_run.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace ricercar {

class TrainingCurves;

/// Trains a model from a folder of the user's: the report of the folder, live curves, stop, and the model in the end.
/// Offers to go on with a run that was cut off.
class TrainingPanel : public QWidget {
    Q_OBJECT

public:
    explicit TrainingPanel(EngineClient& engine, QWidget* parent = nullptr);

public Q_SLOTS:
    /// The Train button: asks for a folder.
    void chooseFolder();
    /// Shows what is in the folder and asks how to train.
    void openFolder(const QString& folder);

Q_SIGNALS:
    /// A model was trained and stored in the file `path`.
    void modelTrained(const QString& path);
    /// A model that is not to be chosen by itself has joined the user's.
    void modelsChanged();
    /// A sample of the model in training is to be heard; it does not belong to the session.
    void auditionRequested(std::shared_ptr<const ricercar::Song> song);

private:
    void begin(TrainingRun run, bool resume);
    void onEnded(const TrainingEnd& end);
    /// There is a model that is not just the one it began from.
    bool hasModelToKeep() const { return m_run->hasModel() && m_log.gained(); }
    /// Puts the model among the user's. Whole: that is the end of the run, and the model is to be chosen; else the run
    /// can still go on.
    void keep(bool whole);
    /// The run is not offered again.
    void forget();
    void hearSample();
    void showState();
    void say(const QString& sentence);
    void complain(const QString& sentence);

    EngineClient& m_engine;
    std::optional<TrainingRun> m_run;  ///< running, or cut off and offered again
    std::optional<int> m_call;
    bool m_stopping = false;
    bool m_stepping = false;  ///< the run has begun to learn
    bool m_keeping = false;   ///< the model is being copied
    TrainingLog m_log;

    QLabel* m_left;
    QWidget* m_card;
    QLabel* m_title;
    QProgressBar* m_preparing;
    TrainingCurves* m_curves;
    QLabel* m_figures;
    QPushButton* m_hear;
    QPushButton* m_stop;
    QPushButton* m_resume;
    QPushButton* m_keep;
    QLabel* m_line;
    QPushButton* m_train;
    Background m_disk;  ///< last: it ends before what it reports to
};

}  // namespace ricercar
