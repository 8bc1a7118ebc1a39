#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <QObject>
#include <QStringList>
#include <QTimer>

#include "ui/engine/engine_messages.h"

namespace ricercar {

class EngineProcess;

/// Starts `ricercar-engine serve` as a child process, speaks with it and tells when it dies. Lives on the UI thread and
/// never blocks it. The process may as well be `ssh host ricercar-engine serve`: then the engine has files of its own,
/// and a connection that is lost is made again, after waits that grow from 1 to 60 seconds.
///
/// Every call returns at once with a number, positive and never used twice, that all signals about this call carry:
/// either those of the call itself, the last of which is named with it, or `failed`; nothing follows a last signal, and
/// no signal comes before the call has returned. Calls may be made as soon as `start` was called: those made while the
/// engine is starting wait for it, those made while it is dead fail. A value that is out of range fails with a sentence
/// that names it. When the engine dies every call without a last signal fails.
///
///     connect(client, &EngineClient::noteDrawn, this, &Takes::onNote);
///     m_generation = client->generate(request);
class EngineClient : public QObject {
    Q_OBJECT

public:
    enum class State {
        dead,      ///< not started, ended, or not to be started; `stateText` says why
        starting,  ///< the process is being started and has not answered yet
        ready,
    };
    Q_ENUM(State)

    /// Whether the engine sees the files of this computer.
    enum class Place { here, elsewhere };

    /// The `ricercar-engine` beside the running program, with `serve`.
    static QStringList defaultCommand();

    explicit EngineClient(QObject* parent = nullptr);
    /// Closes the engine's input, which makes it stop its work, and leaves it to end by itself: a training run saves
    /// what it has learnt and can be resumed. Emits nothing.
    ~EngineClient() override;

    /// Program and arguments, e.g. `{"ssh", "host", "ricercar-engine", "serve"}`; used from the next start on. An ssh
    /// never asks for a password: it fails instead.
    void setCommand(const QStringList& command, Place place = Place::here);
    /// The same from the user's setting: a command line with double quotes as QProcess::splitCommand reads them, for an
    /// engine elsewhere; empty for that of this computer.
    void setCommandLine(const QString& line);
    QStringList command() const;
    /// How long an engine may take from its start to its first answer: a minute.
    void setPatience(std::chrono::milliseconds patience);
    Place place() const { return m_place; }
    /// "this computer", or the name of the engine's machine as far as it is known.
    QString machine() const;

    /// Starts the engine; nothing to do when it is starting or ready.
    void start();
    /// Ends the engine if it runs (its calls fail) and starts it afresh.
    void restart();

    State state() const;
    /// Dead, but it will be started again by itself.
    bool isWaiting() const { return m_retry.isActive(); }
    /// Some work is under way that would be cut off by a restart.
    bool isBusy() const { return !m_callOfJob.empty(); }
    /// One sentence for people: "The engine is starting", "Engine 0.1.0 is ready (cpu)", "Engine ended unexpectedly:
    /// ...".
    QString stateText() const;
    /// Of the last engine that was ready; empty before.
    EngineInfo info() const;
    /// Of the running engine; 0 when dead.
    qint64 processId() const;

    /// Last: `modelsListed`.
    int listModels();
    /// Loads the model and reads the seed ahead of `generate`, which then starts at once when it is called with the
    /// same model and seed. Last: `seedPrepared`. Need not be waited for.
    int prepareSeed(const QString& model, const EngineSeed& seed, const std::optional<FillIn>& fill = {});
    /// `noteDrawn` for each note as it is drawn, `takeFinished` for each take. Last: `generationDone`.
    int generate(const GenerateRequest& request);
    /// `corpusProgress` now and then. Last: `corpusScanned`.
    int scanCorpus(const QString& folder);
    /// `trainingStarted` when the run has a name, `trainingProgress` for each line of the run. Last: `trainingEnded`.
    /// The run ends when the engine ends, and can be resumed; a named one of an engine elsewhere goes on and can be
    /// followed.
    int train(const TrainRequest& request);
    /// What a named run has said from its beginning and, while it trains, what it says. As `train`.
    int followRun(const QString& name);
    /// Last: `runsListed`.
    int listRuns();
    /// Puts the run's model among the engine's. Last: `runKept`.
    int keepRun(const QString& name);
    /// Last: `runRemoved`.
    int removeRun(const QString& name);
    /// What of these files, named by path, hash and bytes, the engine does not have yet. Last: `filesOffered`.
    int offerFiles(const EngineFolder& folder);
    /// Their content. Last: `filesSent`.
    int sendFiles(const EngineFolder& folder);
    /// Last: `evaluated`.
    int evaluate(const EvaluateRequest& request);
    /// Stops the work of the call with that number: whole bars are kept and come as takes before
    /// `generationDone(call, true)`; a training run saves what it has learnt and ends with `State::stopped`; others
    /// fail as cancelled. Does nothing when the call has ended.
    void cancel(int call);

Q_SIGNALS:
    void stateChanged(ricercar::EngineClient::State state, const QString& text);
    /// The engine has found out more about its machine: see `info`.
    void infoChanged();
    /// The last signal of a call that did not succeed, with one sentence that says why and what to do.
    void failed(int call, const QString& sentence);

    void modelsListed(int call, const QList<ricercar::EngineModel>& models);
    void seedPrepared(int call);
    void noteDrawn(int call, const ricercar::EngineNote& note);
    void takeFinished(int call, const ricercar::EngineTake& take);
    void generationDone(int call, bool cancelled);
    /// `fraction` 0 to 1; `what` for people, e.g. "file 120 of 8500".
    void corpusProgress(int call, double fraction, const QString& what);
    /// The report of `ricercar-engine scan --json`.
    void corpusScanned(int call, const ricercar::Json& report);
    /// One line of `ricercar-engine train --json`; its fields are under `train/progress` in docs/protocol.md.
    void trainingProgress(int call, const ricercar::Json& event);
    void trainingEnded(int call, const ricercar::TrainingEnd& end);
    /// The name that the run got.
    void trainingStarted(int call, const QString& name);
    /// The newest first.
    void runsListed(int call, const QList<ricercar::EngineRun>& runs);
    /// The model's file on the engine's machine.
    void runKept(int call, const QString& path);
    void runRemoved(int call);
    /// `folder` is the whole folder on the engine's machine.
    void filesOffered(int call, const QString& folder, const QStringList& missing);
    void filesSent(int call);
    /// The result of `ricercar-engine evaluate --json`.
    void evaluated(int call, const ricercar::Json& result);

private:
    using Handler = std::function<void(int call, const Json& content)>;

    int send(const std::string& method, const Json& params);
    /// Once the engine is ready, so that no answer comes before it is known to be.
    void post(Json message);
    void receive(const Json& message);
    void receiveAnswer(int call, const Json& message);
    void receiveNotification(const std::string& method, const Json& params);
    /// Makes `emitSignal` the last signal of the call, unless the job's last message says that it failed.
    void finishJob(int call, const Json& done, const Handler& emitSignal);
    void becomeReady(const Json& facts);
    /// With `again` it is started again after a while, if it is elsewhere and was reached before.
    void die(const QString& text, bool again = true);
    void setState(State state, const QString& text);
    void fail(int call, const QString& sentence);
    void forget(int call);

    QStringList m_command = defaultCommand();
    EngineProcess* m_process = nullptr;  ///< null when dead
    Place m_place = Place::here;
    QTimer m_patience;          ///< runs while the engine is starting
    QTimer m_retry;             ///< runs while a lost connection is waited for
    int m_attempts = 0;         ///< to reach it since it was ready
    bool m_wasReached = false;  ///< with this command
    State m_state = State::dead;
    QString m_stateText;
    EngineInfo m_info;
    int m_lastCall = 0;
    std::map<int, std::string> m_calls;  ///< without a last signal, and their methods
    std::map<int, int> m_callOfJob;
    std::vector<Json> m_waiting;                     ///< messages for an engine that is starting
    std::map<std::string, Handler> m_answers;        ///< by the method of the call
    std::map<std::string, Handler> m_notifications;  ///< by their own method
};

}  // namespace ricercar
