#include "ui/panels/training_log.h"

#include <algorithm>
#include <cmath>

#include <QObject>

#include "ui/panels/words.h"

namespace ricercar {

namespace {

std::optional<double> number(const Json& event, const char* name) {
    const auto found = event.find(name);
    return found != event.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

QString text(const Json& event, const char* name) {
    return QString::fromStdString(fieldOr(event, name, std::string()).value_or(std::string()));
}

/// A run that goes on from a checkpoint takes the steps after it once more.
void addPoint(std::vector<QPointF>& curve, const QPointF& point) {
    std::erase_if(curve, [&](const QPointF& earlier) { return earlier.x() >= point.x(); });
    curve.push_back(point);
}

}  // namespace

void TrainingLog::add(const Json& event) {
    if (!event.is_object()) return;
    const QString kind = text(event, "event");
    const double step = number(event, "step").value_or(0);
    fraction = number(event, "fraction").value_or(fraction);
    secondsLeft = number(event, "secondsLeft").value_or(secondsLeft);
    tokensPerSecond = number(event, "tokensPerSecond").value_or(tokensPerSecond);
    if (event.contains("what")) activity = text(event, "what");
    if (kind == QStringLiteral("finish")) finishing = true;
    paused = kind == QStringLiteral("pause");
    addUse(event);
    if (kind == QStringLiteral("start")) {
        finishing = false;
        const int pieces = fieldOr(event, "trainPieces", 0).value_or(0);
        activity = counted(pieces, QObject::tr("Learning from 1 piece"), QObject::tr("Learning from %1 pieces"));
    }
    if (const auto nats = number(event, "trainNatsPerNote"); nats && kind == QStringLiteral("step")) {
        addPoint(train, {step, *nats});
    }
    if (const auto nats = number(event, "validNatsPerNote"); nats && kind == QStringLiteral("evaluation")) {
        addPoint(valid, {step, *nats});
        bestValid = std::min(bestValid.value_or(*nats), *nats);
        if (step == 0) {
            baseValid = *nats;
        } else {
            judged = true;
        }
    }
    if (event.contains("midi")) sample = QByteArray::fromBase64(text(event, "midi").toLatin1());
    if (event.contains("reason")) reason = text(event, "reason");
    if (event.contains("verdict")) verdict = text(event, "verdict");
    if (event.contains("copies")) copies = text(event, "copies");
}

void TrainingLog::addUse(const Json& event) {
    if (event.contains("device")) m_device = text(event, "device");
    m_threads = fieldOr(event, "threads", m_threads).value_or(m_threads);
    QStringList parts{m_device};
    if (m_threads > 0) parts << counted(m_threads, QObject::tr("1 thread"), QObject::tr("%1 threads"));
    if (const auto memory = number(event, "memory")) {
        parts << QObject::tr("%1 GB of memory").arg(*memory, 0, 'f', 1);
        uses = parts.join(QStringLiteral(", "));
    }
}

QString timeLeft(double seconds) {
    return seconds < 90 ? QObject::tr("%1 s left").arg(std::lround(seconds))
                        : QObject::tr("%1 min left").arg(std::lround(seconds / 60));
}

}  // namespace ricercar
