#pragma once

#include <QByteArray>
#include <QObject>
#include <QProcess>
#include <QStringList>

#include "core/base/json.h"
#include "core/engine/rpc/framing.h"

namespace ricercar {

/// One run of the engine's program: messages in, messages out, and how it ended. Never blocks.
class EngineProcess : public QObject {
    Q_OBJECT

public:
    /// Begins to start `command`.
    EngineProcess(const QStringList& command, QObject* parent);
    /// Leaves the program to itself: its input ends, and with it the program, once it has saved what it must. One that
    /// has sent no message is killed.
    ~EngineProcess() override;

    void send(const Json& message);
    /// Ends the program whatever it does, and deletes this when it has ended; no more signals come.
    void dismiss();
    qint64 processId() const { return m_process->processId(); }
    /// The last lines that were no messages, such as the complaints of a shell or of ssh; empty when there were none.
    QString lastWords() const;

Q_SIGNALS:
    void received(const ricercar::Json& message);
    /// The last signal, with one sentence; also when the program could not be started.
    void ended(const QString& reason);

private:
    void readOutput();
    void readErrors();
    void finish(const QString& reason);

    QProcess* m_process;
    FrameReader m_reader;
    QByteArray m_greeting;  ///< the output before the first message
    qsizetype m_greetingBytes = 0;
    QByteArray m_errors;  ///< the end of the standard error
    bool m_hasSpoken = false;
    bool m_finished = false;
};

}  // namespace ricercar
