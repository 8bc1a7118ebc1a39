#pragma once

#include <QObject>
#include <QVariant>

class QDBusVariant;

namespace ricercar {

/// Which theme the user wants: dark, light, or the desktop's own choice, which the settings portal of freedesktop.org
/// tells. Remembers it and gives the application its style.
class ThemeChoice : public QObject {
    Q_OBJECT

public:
    enum class Choice { system, light, dark };

    /// Applies the theme of last time at once; the desktop answers later.
    explicit ThemeChoice(QObject* parent = nullptr);

    Choice choice() const { return m_choice; }
    void setChoice(Choice choice);

private Q_SLOTS:
    void onSetting(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void askSystem();
    void setSystemScheme(const QVariant& value);
    void apply();

    Choice m_choice;
    bool m_systemIsDark;
};

}  // namespace ricercar
