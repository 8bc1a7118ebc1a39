#include "ui/system_theme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QSettings>

namespace ricercar {

namespace {
const QString portal = QStringLiteral("org.freedesktop.portal.Desktop");
const QString path = QStringLiteral("/org/freedesktop/portal/desktop");
const QString interface = QStringLiteral("org.freedesktop.portal.Settings");
const QString group = QStringLiteral("org.freedesktop.appearance");
const QString key = QStringLiteral("color-scheme");
const QString remembered = QStringLiteral("window/systemIsDark");
}  // namespace

SystemTheme::SystemTheme(QObject* parent) : QObject(parent), m_dark(QSettings().value(remembered, true).toBool()) {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return;
    bus.connect(portal, path, interface, QStringLiteral("SettingChanged"), this,
                SLOT(onSetting(QString, QString, QDBusVariant)));
    auto question = QDBusMessage::createMethodCall(portal, path, interface, QStringLiteral("Read"));
    question << group << key;
    auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
        answer->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *answer;
        if (reply.isValid()) {
            setScheme(reply.value().variant());
        }
    });
}

void SystemTheme::onSetting(const QString& changedGroup, const QString& changedKey, const QDBusVariant& value) {
    if (changedGroup == group && changedKey == key) {
        setScheme(value.variant());
    }
}

void SystemTheme::setScheme(const QVariant& value) {
    // The older method wraps the value twice. 1 prefers dark, 2 prefers light, 0 has no preference.
    const QVariant inner = value.canConvert<QDBusVariant>() ? value.value<QDBusVariant>().variant() : value;
    const bool dark = inner.toUInt() != 2;
    if (dark == m_dark) return;
    m_dark = dark;
    QSettings().setValue(remembered, dark);
    Q_EMIT changed();
}

}  // namespace ricercar
