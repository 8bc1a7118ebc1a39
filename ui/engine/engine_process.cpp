#include "ui/engine/engine_process.h"

#include <QList>
#include <QProcessEnvironment>

#include "core/engine/rpc/message.h"

namespace ricercar {

namespace {

/// What keeps the engine's numeric libraries from taking more threads than pay: a busy wait of theirs takes the
/// processor away from the audio.
QProcessEnvironment engineEnvironment() {
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("OPENBLAS_NUM_THREADS"), QStringLiteral("1"));
    environment.insert(QStringLiteral("OMP_WAIT_POLICY"), QStringLiteral("passive"));
    return environment;
}

}  // namespace

EngineProcess::EngineProcess(const QStringList& command, QObject* parent)
    : QObject(parent), m_process(new QProcess(this)) {
    connect(m_process, &QProcess::readyReadStandardOutput, this, &EngineProcess::readOutput);
    connect(m_process, &QProcess::readyReadStandardError, this, &EngineProcess::readErrors);
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            finish(tr("%1 could not be started: %2").arg(m_process->program(), m_process->errorString()));
        }
    });
    connect(m_process, &QProcess::finished, this, [this](int exitCode, QProcess::ExitStatus status) {
        const QString how = status == QProcess::CrashExit ? tr("it was killed or crashed")
                                                          : tr("it ended with status %1").arg(exitCode);
        const QString last = QString::fromUtf8(m_lastErrorLines.trimmed().split('\n').last()).trimmed();
        finish(last.isEmpty() ? how : tr("%1, and said: %2").arg(how, last));
    });
    m_process->setProcessEnvironment(engineEnvironment());
    m_process->start(command.value(0), command.mid(1));
}

EngineProcess::~EngineProcess() {
    m_process->disconnect(this);
    m_process->closeWriteChannel();
    constexpr int briefly = 200;
    if (m_process->state() != QProcess::NotRunning && !m_process->waitForFinished(briefly)) {
        // It may still save a training run, and the destructor of a QProcess kills: this small object stays for ever.
        static auto* const stay = new QList<QProcess*>;
        stay->append(m_process);
        m_process->setParent(nullptr);
    }
}

void EngineProcess::send(const Json& message) {
    const std::string bytes = framed(textOf(message));
    m_process->write(bytes.data(), static_cast<qint64>(bytes.size()));
}

void EngineProcess::dismiss() {
    m_finished = true;
    m_process->disconnect(this);
    if (m_process->state() == QProcess::NotRunning) {
        deleteLater();
    } else {
        connect(m_process, &QProcess::finished, this, &QObject::deleteLater);
        m_process->kill();
    }
}

/// Handles a little at a time, so that a flood of messages does not hold up the window.
void EngineProcess::readOutput() {
    constexpr qint64 oneTurn = 32768;
    const QByteArray bytes = m_process->isReadable() ? m_process->read(oneTurn) : QByteArray();
    m_reader.append({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    while (const auto body = m_reader.next()) {
        // What is no message is skipped: a remote shell may print a greeting before the engine starts.
        const auto message = body->and_then([](const std::string& text) { return parseJson(text); });
        if (message && message->is_object() && !m_finished) {
            Q_EMIT received(*message);
        }
    }
    if (m_process->bytesAvailable() > 0) {
        QMetaObject::invokeMethod(this, &EngineProcess::readOutput, Qt::QueuedConnection);
    }
}

void EngineProcess::readErrors() {
    constexpr qsizetype enough = 4096;
    m_lastErrorLines = (m_lastErrorLines + m_process->readAllStandardError()).right(enough);
}

void EngineProcess::finish(const QString& reason) {
    while (m_process->bytesAvailable() > 0 && !m_finished) {
        readOutput();
    }
    if (!std::exchange(m_finished, true)) {
        Q_EMIT ended(reason);
    }
}

}  // namespace ricercar
