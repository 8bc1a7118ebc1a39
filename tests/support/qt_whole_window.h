#pragma once

#include <QString>
#include <QtGlobal>

#include "support/temporary_folder.h"
#include "ui/engine/engine_client.h"
#include "ui/main_window.h"
#include "ui/panels/user_library.h"
#include "ui/playback.h"
#include "ui/session.h"
#include "ui/theme_choice.h"

namespace ricercar {

/// Keeps a program away from the user's files, and lets it run without a display. Made before the application.
class HomeForTest {
public:
    HomeForTest() {
        if (qEnvironmentVariableIsEmpty("DISPLAY")) qputenv("QT_QPA_PLATFORM", "offscreen");
        for (const char* kind : {"DATA", "CACHE", "CONFIG"}) {
            qputenv(qPrintable(QStringLiteral("XDG_%1_HOME").arg(kind)),
                    QByteArray::fromStdString(m_folder.path().string()));
        }
    }

private:
    TemporaryFolder m_folder;
};

/// The window with all that it needs; silent, and with an engine that is not started.
struct WholeWindow {
    ThemeChoice theme;
    Session session;
    std::unique_ptr<Player> player = Player::create({.soundFont = {}, .driver = "silent"});
    Playback playback{session, *player};
    EngineClient engine;
    UserLibrary library;
    MainWindow window{session, playback, engine, library, theme};
};

}  // namespace ricercar
