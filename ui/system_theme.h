#pragma once

#include <QObject>
#include <QVariant>

class QDBusVariant;

namespace ricercar {

/// Whether the desktop around the program is dark, asked of the settings portal of freedesktop.org.
class SystemTheme : public QObject {
    Q_OBJECT

public:
    explicit SystemTheme(QObject* parent = nullptr);

    /// Until the desktop has answered, what it said last time; dark before.
    bool isDark() const { return m_dark; }

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void onSetting(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void setScheme(const QVariant& value);

    bool m_dark = true;
};

}  // namespace ricercar
