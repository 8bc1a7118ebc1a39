#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <QStringList>
#include <QWidget>

#include "core/music/song.h"
#include "ui/engine/engine_client.h"
#include "ui/panels/training_log.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace ricercar {

class TrainingCurves;

/// Trains a model from a folder of the user's: the report of the folder, live curves, stop, and the model in the end.
/// The engine keeps the runs: whenever it is ready, one that goes on is followed again, and one that was cut off is
/// offered.
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
    void begin(TrainRequest request);
    void onEngineState();
    void onRuns(const QList<EngineRun>& runs);
    /// As before the first training.
    void beginAnew();
    void onEnded(const TrainingEnd& end);
    /// What the engine said of our call, or that it has died.
    void onFailed(const QString& sentence);
    /// There is a model that is not just the one it began from.
    bool hasModelToKeep() const { return m_run->hasModel && m_log.gained(); }
    /// Puts the model among the user's. Whole: that is the end of the run, and the model is to be chosen; else the run
    /// can still go on.
    void keep(bool whole);
    /// The run is not offered again.
    void forget();
    /// Calls `then` with the path of a model or nothing when the call has succeeded.
    void whenDone(int call, std::function<void(const QString& path)> then) { m_then[call] = std::move(then); }
    void done(int call, const QString& path);
    void hearSample();
    void showState();
    void say(const QString& sentence);
    void complain(const QString& sentence);

    EngineClient& m_engine;
    QStringList m_command;           ///< of the engine that all of this is about
    std::optional<EngineRun> m_run;  ///< running, or cut off and offered again
    std::optional<int> m_call;
    std::optional<int> m_listing;
    std::map<int, std::function<void(const QString& path)>> m_then;
    bool m_replaying = false;  ///< the call only tells what was
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
    QLabel* m_privacy;
};

}  // namespace ricercar
