#pragma once

#include <memory>

#include <QLabel>
#include <QRegularExpression>
#include <QSettings>
#include <QtTest>

#include "support/song_builder.h"
#include "support/temporary_folder.h"
#include "ui/engine/engine_client.h"
#include "ui/session.h"
#include "ui/theme.h"

namespace ricercar {

/// What every test of a panel begins with: a home of its own, no unexpected warning, the look of the program.
class PanelTest : public QObject {
    Q_OBJECT

protected Q_SLOTS:
    void init() {
        m_home = std::make_unique<TemporaryFolder>();
        qputenv("XDG_DATA_HOME", path("data").toUtf8());
        qputenv("XDG_CACHE_HOME", path("cache").toUtf8());
        qputenv("RICERCAR_RESOURCES", path("resources").toUtf8());
        QSettings().clear();
        // The offscreen platform says this of every window.
        QTest::failOnWarning(
            QRegularExpression(QStringLiteral("^(?!This plugin does not support propagateSizeHints)")));
        applyTheme(darkTheme());
    }
    void cleanup() { m_home.reset(); }

protected:
    QString path(const QString& name) const {
        return QString::fromStdString((m_home->path() / name.toStdString()).string());
    }
    static std::shared_ptr<const Song> share(Song song) { return std::make_shared<const Song>(std::move(song)); }

    /// The control with that accessible name.
    template <typename Control>
    static Control* control(const QWidget& panel, const QString& name) {
        for (auto* found : panel.findChildren<Control*>()) {
            if (found->accessibleName() == name) return found;
        }
        return nullptr;
    }
    /// Whether a visible label says something with `words`.
    static bool says(const QWidget& panel, const QString& words) {
        for (const auto* label : panel.findChildren<QLabel*>()) {
            if (label->isVisibleTo(&panel) && label->text().contains(words)) return true;
        }
        return false;
    }

private:
    std::unique_ptr<TemporaryFolder> m_home;
};

}  // namespace ricercar
