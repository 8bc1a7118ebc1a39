// Another program's window: prints what is dropped on it, as a line of JSON for each drop. It does not open the files.

#include <cstdio>

#include <QApplication>
#include <QDropEvent>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMimeData>
#include <QTimer>
#include <QUrl>
#include <QWidget>

namespace {

class Target : public QWidget {
public:
    Target() { setAcceptDrops(true); }

protected:
    void dragEnterEvent(QDragEnterEvent* event) override { event->acceptProposedAction(); }
    void dropEvent(QDropEvent* event) override {
        event->acceptProposedAction();
        QJsonArray files;
        for (const QUrl& url : event->mimeData()->urls()) files.append(url.toLocalFile());
        const QJsonObject line{{"files", files}, {"copies", event->dropAction() == Qt::CopyAction}};
        std::puts(QJsonDocument(line).toJson(QJsonDocument::Compact).constData());
        std::fflush(stdout);
    }
};

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    Target target;
    target.setWindowTitle("drop target");
    target.setGeometry(300, 400, 300, 200);
    target.show();
    QTimer::singleShot(0, &target, [] {
        std::puts("ready");
        std::fflush(stdout);
    });
    return QApplication::exec();
}
