#include "ui/piano_roll.h"

#include <QAccessible>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include "support/qt_warnings.h"
#include "support/song_builder.h"
#include "ui/playback.h"
#include "ui/session.h"
#include "ui/theme.h"

namespace ricercar {

namespace {

constexpr std::int64_t bar = 4 * 480;

/// C major, so that the row of C sharp is outside the key.
Session::Seed scale() {
    SongBuilder builder;
    for (const int pitch : {60, 62, 64, 65, 67, 69, 71, 72}) builder.note(pitch, 2, 127);
    return {.name = QStringLiteral("Scale"),
            .file = {},
            .firstBar = 0,
            .lastBar = 3,
            .song = std::make_shared<const Song>(builder.build())};
}

}  // namespace

class PianoRollTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { applyTheme(darkTheme()); }
    void init() {
        failOnQtWarnings();
        m_session = std::make_unique<Session>();
        m_player = Player::create({.soundFont = {}, .driver = "silent"});
        m_playback = std::make_unique<Playback>(*m_session, *m_player);
        m_roll = std::make_unique<PianoRoll>(*m_session, *m_playback);
        m_roll->resize(1000, 640);
        m_session->setSeed(scale());
        m_roll->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_roll.get()));
    }
    void cleanup() {
        m_roll.reset();
        m_playback.reset();
        m_player.reset();
        m_session.reset();
    }

    void notesHaveTheColourOfTheirPart() {
        const auto take = m_session->beginTakes(1);
        m_session->addNote(take[0], {.track = 0,
                                     .program = {},
                                     .drums = false,
                                     .onset = 0,
                                     .duration = 4,
                                     .pitch = Pitch::clamped(64),
                                     .velocity = Velocity::clamped(127)});
        QCOMPARE(colourAt({480}, 60), currentTheme().seed);
        QCOMPARE(colourAt({4 * bar + 960}, 64), currentTheme().take);
        QCOMPARE(m_roll->view().takeFlag, QStringLiteral("seed | take 1"));
    }

    void aTakeThatIsGoneLeavesNoNote() {
        const auto take = m_session->beginTakes(1);
        m_session->addNote(take[0],
                           {.program = {}, .onset = 0, .duration = 4, .pitch = Pitch::clamped(64), .velocity = {}});
        m_roll->grab();
        QCOMPARE(m_roll->view().notes.size(), 9U);
        m_session->dropTake(take[0]);
        m_roll->grab();
        QCOMPARE(m_roll->view().notes.size(), 8U);
    }

    void softNotesAreNearerToTheirRow() {
        const auto at = [](int velocity) {
            return noteColour({.begin = 0,
                               .end = 480,
                               .track = 0,
                               .pitch = Pitch::clamped(60),
                               .velocity = Velocity::clamped(velocity),
                               .part = RollNotes::Part::seed,
                               .drums = false,
                               .shade = 0});
        };
        QCOMPARE(at(127), currentTheme().seed);
        QVERIFY(at(90).lightness() < at(127).lightness());
        QVERIFY(at(20).lightness() < at(90).lightness());
    }

    void rowsOutsideTheKeyAreDarker() {
        QVERIFY(m_roll->key() == (Key{0, Mode::major}));
        QCOMPARE(colourAt({3 * bar + 240}, 62), currentTheme().row);
        QCOMPARE(colourAt({3 * bar + 240}, 61), currentTheme().rowOutside);
    }

    void followsATheme() {
        applyTheme(lightTheme());
        QCOMPARE(colourAt({480}, 60), lightTheme().seed);
        QCOMPARE(colourAt({3 * bar + 240}, 62), lightTheme().row);
        applyTheme(darkTheme());
    }

    void playheadIsWhereThePositionIs() {
        m_playback->locate(Tick{2 * bar});
        const QImage image = m_roll->grab().toImage();
        const int x = static_cast<int>(geometry().x({2 * bar}));
        const int y = geometry().notes().bottom() - 4;
        const int brightest = std::max(image.pixelColor(x, y).lightness(), image.pixelColor(x - 1, y).lightness());
        QVERIFY(brightest > 150);
    }

    void clickOnTheRulerLocates() {
        QTest::mouseClick(m_roll.get(), Qt::LeftButton, {}, rulerAt({bar}));
        QCOMPARE_GE(m_playback->position().value, bar - 40);
        QCOMPARE_LE(m_playback->position().value, bar + 40);
    }

    void dragOnTheRulerLoopsWholeBars() {
        QTest::mousePress(m_roll.get(), Qt::LeftButton, {}, rulerAt({bar + 700}));
        QTest::mouseMove(m_roll.get(), rulerAt({2 * bar + 300}));
        QTest::mouseRelease(m_roll.get(), Qt::LeftButton, {}, rulerAt({2 * bar + 300}));
        QVERIFY(m_playback->loopOn());
        QVERIFY(m_playback->loopRange() == (TickRange{{bar}, {3 * bar}}));
        QCOMPARE(m_playback->position().value, 0);
    }

    void keyUnderTheMouseIsMarkedWhileItSounds() {
        const QPoint key(20, qRound(geometry().rowTop(Pitch::clamped(64)) + geometry().rowHeight() / 2));
        QTest::mousePress(m_roll.get(), Qt::LeftButton, {}, key);
        QVERIFY(m_roll->view().heldKey == Pitch::clamped(64));
        QCOMPARE(m_roll->grab().toImage().pixelColor(key), currentTheme().accent);
        QTest::mouseRelease(m_roll.get(), Qt::LeftButton, {}, key);
        QVERIFY(!m_roll->view().heldKey);
    }

    void hoveringTellsTheNote() {
        QTest::mouseMove(m_roll.get(), place({100}, 60));
        QVERIFY(m_roll->view().hovered.has_value());
        QCOMPARE(m_roll->view().hovered->pitch.midi(), 60);
        QTest::mouseMove(m_roll.get(), place({100}, 61));
        QVERIFY(!m_roll->view().hovered);
    }

    void wheelScrollsAndZooms() {
        const double quarter = geometry().pixelsPerTick();
        const double row = geometry().rowHeight();
        const Tick under = geometry().tickAt(500);
        turnWheel(Qt::ControlModifier);
        QVERIFY(geometry().pixelsPerTick() > quarter * 1.1);
        QVERIFY(std::abs(geometry().tickAt(500).value - under.value) < 10);
        turnWheel(Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(geometry().rowHeight() > row);
        const QPointF scroll = geometry().scroll();
        turnWheel({});
        QVERIFY(geometry().scroll().y() < scroll.y());
        QCOMPARE(geometry().scroll().x(), scroll.x());
        turnWheel(Qt::ShiftModifier, -120);
        QVERIFY(geometry().scroll().x() > scroll.x());
    }

    void middleButtonPans() {
        const double y = geometry().scroll().y();
        QTest::mousePress(m_roll.get(), Qt::MiddleButton, {}, {500, 300});
        QTest::mouseMove(m_roll.get(), {500, 260});
        QTest::mouseRelease(m_roll.get(), Qt::MiddleButton, {}, {500, 260});
        QCOMPARE(geometry().scroll().y(), y + 40);
    }

    void saysWhatIsShown() {
        QAccessibleInterface* roll = QAccessible::queryAccessibleInterface(m_roll.get());
        QCOMPARE(roll->text(QAccessible::Name), QStringLiteral("Piano roll"));
        QVERIFY(roll->text(QAccessible::Value).endsWith(QStringLiteral("of 4, 8 notes shown")));
    }

    void emptyRollSaysWhatToDo() {
        m_session->setSeed({});
        m_roll->grab();
        QVERIFY(m_roll->view().notes.isEmpty());
        QVERIFY(!m_roll->key());
        QVERIFY(m_roll->view().emptyText.contains(QStringLiteral("seed")));
    }

    void manyNotesArePaintedEveryFrame() {
        SongBuilder builder;
        for (int note = 0; note < 100'000; ++note) builder.note(36 + note % 48, 0.25, 40 + note % 80);
        Session::Seed seed = scale();
        seed.song = std::make_shared<const Song>(builder.build());
        m_session->setSeed(seed);
        QBENCHMARK { m_roll->grab(); }
        QCOMPARE(m_roll->view().notes.size(), 100'000U);
    }

private:
    const RollGeometry& geometry() const { return m_roll->view().geometry; }
    QPoint place(Tick tick, int pitch) const {
        return {qRound(geometry().x(tick)),
                static_cast<int>(geometry().rowTop(Pitch::clamped(pitch)) + geometry().rowHeight() / 2)};
    }
    QPoint rulerAt(Tick tick) const { return {qRound(geometry().x(tick)), 10}; }
    QColor colourAt(Tick tick, int pitch) {
        const QImage image = m_roll->grab().toImage();
        return image.pixelColor(place(tick, pitch));
    }
    void turnWheel(Qt::KeyboardModifiers modifiers, int angle = 120) {
        QWheelEvent event(QPointF(500, 300), m_roll->mapToGlobal(QPointF(500, 300)), {}, {0, angle}, Qt::NoButton,
                          modifiers, Qt::NoScrollPhase, false);
        QApplication::sendEvent(m_roll.get(), &event);
    }

    std::unique_ptr<Session> m_session;
    std::unique_ptr<Player> m_player;
    std::unique_ptr<Playback> m_playback;
    std::unique_ptr<PianoRoll> m_roll;
};

}  // namespace ricercar

QTEST_MAIN(ricercar::PianoRollTest)
#include "piano_roll_test.moc"
