#pragma once

#include <optional>
#include <vector>

#include <QByteArray>
#include <QPointF>
#include <QString>

#include "core/base/json.h"

namespace ricercar {

/// What the lines of a training run (`train/progress` in docs/protocol.md) have said so far.
struct TrainingLog {
    std::vector<QPointF> train;       ///< step, nats per note
    std::vector<QPointF> valid;       ///< of held-out music
    bool judged = false;              ///< it has been tried on held-out music after it had learnt something
    std::optional<double> baseValid;  ///< of the model it began from
    std::optional<double> bestValid;
    double fraction = 0;
    double secondsLeft = 0;
    double tokensPerSecond = 0;
    QString uses;            ///< of the machine: "cpu, 2 threads, 0.8 GB of memory"
    bool paused = false;     ///< for what `activity` says
    bool finishing = false;  ///< the last step is taken
    QString activity;        ///< before the first step, "file 120 of 8500", and after the last one
    QByteArray sample;       ///< the newest sample, as a MIDI file
    QString reason;          ///< why it ended
    QString verdict;         ///< in the end: how much better it is than the model it began from
    QString copies;          ///< in the end: what its samples have from the music it learnt from

    /// Whether the best model is another than the one it began from.
    bool gained() const { return !baseValid || *bestValid < *baseValid; }
    void add(const Json& event);

private:
    void addUse(const Json& event);

    QString m_device;
    int m_threads = 0;
};

/// "3 min left", "40 s left".
QString timeLeft(double seconds);

}  // namespace ricercar
