#include "ui/engine/engine_process.h"

#include <algorithm>

#include <QFileInfo>
#include <QList>
#include <QProcessEnvironment>
#include <QRegularExpression>

#include "core/engine/rpc/message.h"

namespace ricercar {

namespace {

constexpr qsizetype enoughWords = 4096;
/// Bytes before the first message; and bytes that wait to be read later on. No engine sends so many.
constexpr qsizetype longestGreeting = 1 << 20;
constexpr qint64 flood = 64 << 20;

/// What keeps the engine's numeric libraries from taking more threads than pay: a busy wait of theirs takes the
/// processor away from the audio.
QProcessEnvironment engineEnvironment() {
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("OPENBLAS_NUM_THREADS"), QStringLiteral("1"));
    environment.insert(QStringLiteral("OMP_WAIT_POLICY"), QStringLiteral("passive"));
    return environment;
}

/// Nobody could type a password for an ssh without a terminal, and a connection that has died must be noticed.
QStringList unattended(const QStringList& command) {
    if (QFileInfo(command.value(0)).fileName() != QStringLiteral("ssh")) {
        return command;
    }
    static const QStringList options{QStringLiteral("-oBatchMode=yes"), QStringLiteral("-oConnectTimeout=10"),
                                     QStringLiteral("-oServerAliveInterval=5"),
                                     QStringLiteral("-oServerAliveCountMax=3")};
    return command.mid(0, 1) + options + command.mid(1);
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
        const QString said = lastWords();
        constexpr int sshFailed = 255;  // it says why itself
        QString reason = said.isEmpty() ? how : exitCode == sshFailed ? said : tr("%1, and said: %2").arg(how, said);
        constexpr int notFound = 127;  // of a shell; and of a program that lacks a library, which says so
        if (said.contains(QStringLiteral("command not found")) ||
            (exitCode == notFound && !said.contains(QStringLiteral("shared librar")))) {
            reason = tr("%1. Give the whole path of ricercar-engine in the command").arg(reason);
        }
        finish(reason);
    });
    m_process->setProcessEnvironment(engineEnvironment());
    const QStringList words = unattended(command);
    m_process->start(words.value(0), words.mid(1));
}

EngineProcess::~EngineProcess() {
    m_process->disconnect(this);
    m_process->closeWriteChannel();
    m_process->closeReadChannel(QProcess::StandardOutput);  // reads on and throws away: nothing is gathered
    m_process->closeReadChannel(QProcess::StandardError);
    if (!m_hasSpoken) {
        m_process->kill();  // it has begun no work that it would have to save, and may be no engine at all
    }
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
    const bool floods = m_greetingBytes > longestGreeting || m_process->bytesAvailable() > flood;
    if (floods && !std::exchange(m_finished, true)) {
        m_process->closeReadChannel(QProcess::StandardOutput);
        Q_EMIT ended(tr("it prints without end, which no engine does"));
        return;
    }
    const QByteArray bytes = m_process->isReadable() ? m_process->read(oneTurn) : QByteArray();
    m_reader.append({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!m_hasSpoken) {
        m_greeting = (m_greeting + bytes).right(enoughWords);
        m_greetingBytes += bytes.size();
    }
    while (const auto body = m_reader.next()) {
        // What is no message is skipped: a remote shell may print a greeting before the engine starts.
        const auto message = body->and_then([](const std::string& text) { return parseJson(text); });
        if (message && message->is_object() && !m_finished) {
            m_hasSpoken = true;
            Q_EMIT received(*message);
        }
    }
    if (m_process->bytesAvailable() > 0) {
        QMetaObject::invokeMethod(this, &EngineProcess::readOutput, Qt::QueuedConnection);
    }
}

void EngineProcess::readErrors() { m_errors = (m_errors + m_process->readAllStandardError()).right(enoughWords); }

QString EngineProcess::lastWords() const {
    constexpr qsizetype mostLines = 3;
    const QByteArray& words = m_errors.trimmed().isEmpty() && !m_hasSpoken ? m_greeting : m_errors;
    QStringList lines;
    static const QRegularExpression controls(QStringLiteral("\\x1b\\[[0-?]*[ -/]*[@-~]|\\p{Cc}"));  // colours, bells
    for (const QString& line : QString::fromUtf8(words).split(QLatin1Char('\n'))) {
        const QString plain = line.simplified().remove(controls).trimmed();
        if (!plain.isEmpty()) lines << plain;
    }
    return lines.mid(std::max<qsizetype>(0, lines.size() - mostLines)).join(QStringLiteral(" / "));
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
