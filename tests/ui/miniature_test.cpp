#include "ui/miniature.h"

#include <QImage>
#include <QPainter>
#include <QTest>

#include "support/qt_warnings.h"
#include "support/song_builder.h"

namespace ricercar {

namespace {

QImage painted(const Miniature& miniature) {
    QImage image(100, 40, QImage::Format_ARGB32);
    image.fill(Qt::black);
    QPainter painter(&image);
    miniature.paint(painter, image.rect(), Qt::white);
    return image;
}

}  // namespace

class MiniatureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnQtWarnings(); }

    void lowNotesAreBelowAndLaterOnesToTheRight() {
        const QImage image = painted(Miniature(SongBuilder().note(48, 2, 127).note(72, 2, 127).build()));
        QVERIFY(image.pixelColor(20, 38).lightness() > 200);
        QVERIFY(image.pixelColor(20, 1).lightness() < 20);
        QVERIFY(image.pixelColor(80, 1).lightness() > 200);
        QVERIFY(image.pixelColor(80, 38).lightness() < 20);
    }

    void softNotesArePaler() {
        const QImage image = painted(Miniature(SongBuilder().note(48, 2, 127).note(72, 2, 10).build()));
        QVERIFY(image.pixelColor(80, 1).lightness() < image.pixelColor(20, 38).lightness());
        QVERIFY(image.pixelColor(80, 1).lightness() > 80);
    }

    void nothingIsPaintedWithoutNotes() {
        QVERIFY(Miniature(Song{}).isEmpty());
        QImage black(100, 40, QImage::Format_ARGB32);
        black.fill(Qt::black);
        QCOMPARE(painted(Miniature()), black);
    }
};

}  // namespace ricercar

QTEST_GUILESS_MAIN(ricercar::MiniatureTest)
#include "miniature_test.moc"
