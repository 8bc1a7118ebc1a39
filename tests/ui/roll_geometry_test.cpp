#include "ui/roll_geometry.h"

#include <QTest>

#include "support/qt_warnings.h"

namespace ricercar {

namespace {

RollGeometry sixteenBars() {
    RollGeometry geometry;
    geometry.resize({900, 600});
    geometry.setMusic(480, Tick{16 * 4 * 480});
    return geometry;
}

constexpr Pitch middleC = Pitch::clamped(60);

}  // namespace

class RollGeometryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnQtWarnings(); }

    void areasCoverTheWidget() {
        const RollGeometry geometry = sixteenBars();
        QCOMPARE(geometry.ruler().bottom() + 1, geometry.notes().top());
        QCOMPARE(geometry.keys().right() + 1, geometry.notes().left());
        QCOMPARE(geometry.notes().bottom() + 1, geometry.velocities().top());
        QCOMPARE(geometry.velocities().bottom() + 1 + RollGeometry::scrollBarExtent, 600);
        QCOMPARE(geometry.notes().right() + 1 + RollGeometry::scrollBarExtent, 900);
    }

    void placesGoThereAndBack() {
        RollGeometry geometry = sixteenBars();
        geometry.showTicks({Tick{1920}, Tick{3 * 1920}});
        for (const std::int64_t tick : {1920, 2000, 2400, 5759}) {
            QCOMPARE(geometry.tickAt(geometry.x({tick})).value, tick);
        }
        for (int number = geometry.lowestShown().midi() + 1; number < geometry.highestShown().midi(); ++number) {
            const Pitch pitch = Pitch::clamped(number);
            QVERIFY(geometry.pitchAt(geometry.rowTop(pitch) + 0.01) == pitch);
            QVERIFY(geometry.pitchAt(geometry.rowTop(pitch) + geometry.rowHeight() - 0.01) == pitch);
        }
    }

    void timeDoesNotBeginBeforeZero() { QCOMPARE(sixteenBars().tickAt(0).value, 0); }

    void showsWhatWasAskedFor() {
        RollGeometry geometry = sixteenBars();
        geometry.showTicks({Tick{1920}, Tick{9 * 1920}});
        QCOMPARE(qRound(geometry.x({1920})), geometry.notes().left());
        QCOMPARE(qRound(geometry.x({9 * 1920})), geometry.notes().right() + 1);
        geometry.showPitches(Pitch::clamped(40), Pitch::clamped(44));
        QVERIFY(geometry.lowestShown() < Pitch::clamped(40));
        QVERIFY(geometry.highestShown() > Pitch::clamped(44));
        const double middle = geometry.rowTop(Pitch::clamped(42)) + geometry.rowHeight() / 2;
        QVERIFY(std::abs(middle - geometry.notes().center().y()) < 1.5);
    }

    void zoomKeepsWhatIsUnderTheMouse() {
        RollGeometry geometry = sixteenBars();
        geometry.showTicks({Tick{3840}, Tick{7680}});
        const double anchor = geometry.x({5000});
        geometry.zoomTime(1.7, anchor);
        QVERIFY(std::abs(geometry.x({5000}) - anchor) < 0.01);
        geometry.showPitches(middleC, middleC);
        const double row = geometry.rowTop(middleC);
        geometry.zoomPitch(1.3, row);
        QVERIFY(std::abs(geometry.rowTop(middleC) - row) < 0.01);
    }

    void viewStaysWithinTheMusic() {
        RollGeometry geometry = sixteenBars();
        geometry.scrollTo({-500, -500});
        QCOMPARE(geometry.scroll(), QPointF(0, 0));
        QCOMPARE(geometry.highestShown().midi(), 127);
        geometry.scrollTo({1e9, 1e9});
        QCOMPARE(geometry.scroll(), geometry.largestScroll());
        QCOMPARE(geometry.lowestShown().midi(), 0);
        geometry.zoomTime(1e-9, 400);
        geometry.zoomPitch(1e9, 300);
        QVERIFY(geometry.pixelsPerTick() > 0);
        QCOMPARE(geometry.rowHeight(), RollGeometry::largestRow);
    }

    void tinyWidgetsAndNoMusicAreNoTrouble() {
        RollGeometry geometry;
        geometry.resize({0, 0});
        geometry.setMusic(480, Tick{});
        geometry.showTicks({});
        geometry.showPitches(middleC, middleC);
        QCOMPARE(geometry.scroll().x(), 0.0);
        QVERIFY(geometry.notes().width() >= 1);
    }
};

}  // namespace ricercar

QTEST_APPLESS_MAIN(ricercar::RollGeometryTest)
#include "roll_geometry_test.moc"
