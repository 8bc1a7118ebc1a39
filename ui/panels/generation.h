#pragma once

#include <optional>
#include <vector>

#include <QElapsedTimer>
#include <QObject>

#include "ui/engine/engine_client.h"
#include "ui/panels/sampling_box.h"
#include "ui/session.h"

namespace ricercar {

/// Draws takes: asks the engine, streams what it draws into the session, keeps the time. One batch at once.
class Generation : public QObject {
    Q_OBJECT

public:
    struct Settings {
        QString model;
        int bars = 8;
        int takes = 4;
        double temperature = 0.9;
        SamplingBox::Options sampling;
        std::optional<FillIn> fill;  ///< none: go on from the seed
        qint64 rng = 0;
    };

    /// What was measured from the call of `start`.
    struct Figures {
        std::optional<qint64> firstNoteMilliseconds;
        qint64 milliseconds = 0;  ///< until the last take was there
        int takes = 0;            ///< finished ones
        bool cancelled = false;
    };

    Generation(Session& session, EngineClient& engine, QObject* parent = nullptr);

    /// Has the engine read the session's seed ahead of `start`, if it is ready.
    void prepare(const QString& model, const std::optional<FillIn>& fill);
    /// Begins takes in the session that go on from its seed or fill it in; an engine that is being started is waited
    /// for.
    void start(const Settings& settings);
    /// Keeps the whole bars drawn so far.
    void stop();
    bool isRunning() const { return m_call.has_value(); }
    /// How much of the bars asked for is drawn, 0 to 1.
    double progress() const;

Q_SIGNALS:
    /// Of the session's current take, where that is one of these: it can be heard from its start.
    void firstNoteDrawn();
    /// `progress()` has grown; comes for every note.
    void progressed();
    void ended(const ricercar::Generation::Figures& figures);
    void failed(const QString& sentence);

private:
    void onNote(int call, const EngineNote& note);
    void onTake(int call, const EngineTake& take);
    /// Forgets the batch. Of takes that were not finished the whole bars stay, and those without one go; whether any
    /// stay.
    bool finish();

    Session& m_session;
    EngineClient& m_engine;
    std::optional<int> m_call;
    std::vector<Session::TakeId> m_takes;  ///< by the engine's number
    std::vector<double> m_drawn;           ///< quarter notes of each take
    double m_length = 0;                   ///< of a whole take, in quarter notes
    bool m_audible = false;                ///< `firstNoteDrawn` was sent
    QElapsedTimer m_clock;
    Figures m_figures;
};

}  // namespace ricercar
