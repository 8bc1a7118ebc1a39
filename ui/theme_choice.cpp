#include "ui/theme_choice.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QSettings>

#include "ui/theme.h"

namespace ricercar {

namespace {

const QLatin1String portal("org.freedesktop.portal.Desktop");
const QLatin1String path("/org/freedesktop/portal/desktop");
const QLatin1String interface("org.freedesktop.portal.Settings");
const QLatin1String appearance("org.freedesktop.appearance");
const QLatin1String colorScheme("color-scheme");

const QLatin1String choiceSetting("window/theme");
const QLatin1String systemSetting("window/systemIsDark");
const QLatin1String choiceNames[] = {QLatin1String("system"), QLatin1String("light"), QLatin1String("dark")};

ThemeChoice::Choice choiceFromName(const QString& name) {
    return name == choiceNames[1]   ? ThemeChoice::Choice::light
           : name == choiceNames[2] ? ThemeChoice::Choice::dark
                                    : ThemeChoice::Choice::system;
}

}  // namespace

ThemeChoice::ThemeChoice(QObject* parent)
    : QObject(parent),
      m_choice(choiceFromName(QSettings().value(choiceSetting).toString())),
      m_systemIsDark(QSettings().value(systemSetting, true).toBool()) {
    apply();
    askSystem();
}

void ThemeChoice::setChoice(Choice choice) {
    m_choice = choice;
    QSettings().setValue(choiceSetting, choiceNames[static_cast<int>(choice)]);
    apply();
}

void ThemeChoice::askSystem() {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return;
    bus.connect(portal, path, interface, QStringLiteral("SettingChanged"), this,
                SLOT(onSetting(QString, QString, QDBusVariant)));
    auto question = QDBusMessage::createMethodCall(portal, path, interface, QStringLiteral("Read"));
    question << appearance << colorScheme;
    auto* answer = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
        answer->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *answer;
        if (reply.isValid()) {
            setSystemScheme(reply.value().variant());
        }
    });
}

void ThemeChoice::onSetting(const QString& group, const QString& key, const QDBusVariant& value) {
    if (group == appearance && key == colorScheme) {
        setSystemScheme(value.variant());
    }
}

void ThemeChoice::setSystemScheme(const QVariant& value) {
    // "Read" wraps the value twice. 1 prefers dark, 2 prefers light, 0 has no preference.
    const QVariant scheme = value.canConvert<QDBusVariant>() ? value.value<QDBusVariant>().variant() : value;
    m_systemIsDark = scheme.toUInt() != 2;
    QSettings().setValue(systemSetting, m_systemIsDark);
    apply();
}

void ThemeChoice::apply() {
    const bool dark = m_choice == Choice::system ? m_systemIsDark : m_choice == Choice::dark;
    applyTheme(dark ? darkTheme() : lightTheme());
}

}  // namespace ricercar
