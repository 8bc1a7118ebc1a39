// A window of takes to be dragged out of. Prints the place of each take's handle on the screen: "handle NAME X Y".

#include <cstdio>

#include <QApplication>
#include <QTimer>

#include "tests/support/song_builder.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/takes_view.h"
#include "ui/theme.h"

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    ricercar::applyTheme(ricercar::darkTheme());
    ricercar::Session session;
    const auto restore = [&session](const char* name, int pitch) {
        ricercar::Session::Take take;
        take.name = name;
        take.song = std::make_shared<const ricercar::Song>(
            ricercar::SongBuilder().tempo(0, 96).note(pitch, 1).note(pitch + 2, 2).build());
        take.finished = true;
        session.restoreTakes({take});
    };
    restore("take 12 #2", 60);
    restore("night piece", 70);
    ricercar::TakesPanel panel(session);
    panel.setWindowTitle("drag source");
    panel.setGeometry(0, 0, 900, 260);
    panel.show();
    QTimer::singleShot(0, &panel, [&panel] {
        const auto* list = panel.findChild<ricercar::TakesView*>();
        for (int row = 0; row < list->model()->rowCount(); ++row) {
            const QModelIndex index = list->model()->index(row, 0);
            const QPoint handle = list->viewport()->mapToGlobal(list->visualRect(index).topLeft() + QPoint(170, 130));
            std::printf("handle %d %d %s\n", handle.x(), handle.y(), qPrintable(index.data().toString()));
        }
        std::puts("ready");
        std::fflush(stdout);
    });
    return QApplication::exec();
}
