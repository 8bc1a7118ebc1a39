#include "ui/playback.h"

#include <QSignalSpy>
#include <QTest>

#include "support/qt_warnings.h"
#include "support/song_builder.h"

namespace ricercar {

namespace {

std::shared_ptr<const Song> bars(int count) {
    SongBuilder builder;
    for (int bar = 0; bar < count; ++bar) builder.note(60 + bar, 4);
    return std::make_shared<const Song>(builder.build());
}

constexpr std::int64_t bar = 4 * 480;

}  // namespace

/// With a player that makes no sound but keeps time.
class PlaybackTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        failOnQtWarnings();
        m_session = std::make_unique<Session>();
        m_player = Player::create({.soundFont = {}, .driver = "silent"});
        m_playback = std::make_unique<Playback>(*m_session, *m_player);
        m_session->setSeed({.name = QStringLiteral("A"), .file = {}, .firstBar = 0, .lastBar = 3, .song = bars(4)});
    }
    void cleanup() {
        m_playback.reset();
        m_player.reset();
        m_session.reset();
    }

    void playsAndStops() {
        QSignalSpy moved(m_playback.get(), &Playback::positionChanged);
        m_playback->play();
        QTRY_VERIFY(m_playback->playing());
        QTRY_VERIFY(m_playback->position().value > 240);
        QVERIFY(moved.count() > 1);
        m_playback->stop();
        QVERIFY(!m_playback->playing());
        QVERIFY(m_playback->position().value > 240);
    }

    void stopAndReturnGoesBackThenToTheStart() {
        m_playback->playFrom(Tick{bar});
        QTRY_VERIFY(m_playback->position().value > bar);
        m_playback->stopAndReturn();
        QCOMPARE(m_playback->position().value, bar);
        m_playback->stopAndReturn();
        QCOMPARE(m_playback->position().value, 0);
    }

    void loopIsTheTakeUnlessARangeWasGiven() {
        m_playback->setLoopOn(true);
        QVERIFY(m_playback->loopRange() == (TickRange{{0}, {4 * bar}}));
        m_playback->setLoopRange({Tick{bar}, Tick{2 * bar}});
        m_playback->setLoopOn(false);
        QVERIFY(!m_playback->loopOn());
        m_playback->setLoopOn(true);
        QVERIFY(m_playback->loopRange() == (TickRange{{bar}, {2 * bar}}));
        // Another seed has other bars.
        m_session->setSeed({.name = QStringLiteral("B"), .file = {}, .firstBar = 0, .lastBar = 1, .song = bars(2)});
        QVERIFY(!m_playback->loopOn());
        const auto take = m_session->beginTakes(1);
        m_session->finishTake(take[0], bars(3), {}, {});
        m_playback->setLoopOn(true);
        QVERIFY(m_playback->loopRange() == (TickRange{{2 * bar}, {5 * bar}}));
    }

    void nothingToLoopWithoutMusic() {
        m_session->setSeed({});
        m_playback->setLoopOn(true);
        QVERIFY(!m_playback->loopOn());
    }

    void waitsForATakeThatIsBeingDrawn() {
        const auto take = m_session->beginTakes(1).front();
        const auto draw = [&](double onset) {
            m_session->addNote(take, {.program = {},
                                      .onset = onset,
                                      .duration = 0.25,
                                      .pitch = Pitch::clamped(60),
                                      .velocity = Velocity::clamped(80)});
        };
        draw(0);
        m_playback->playFrom(m_session->takeRange().begin);
        QTRY_VERIFY(!m_player->playing());
        QTRY_COMPARE(m_playback->position(), m_session->arrangement()->end);
        QVERIFY(m_playback->playing());
        draw(1);
        QTRY_COMPARE(m_playback->position().value, 4 * bar + 480 + 120);
        QVERIFY(m_playback->playing());
        m_session->finishTake(take, bars(1), {}, {});
        QTRY_VERIFY(!m_playback->playing());
        QCOMPARE(m_playback->position().value, 5 * bar);
    }

    void stopsWhenTheTakeItWaitsForIsDropped() {
        const auto take = m_session->beginTakes(1).front();
        m_playback->playFrom(Tick{4 * bar - 120});
        QTRY_VERIFY(!m_player->playing());
        QVERIFY(m_playback->playing());
        m_session->dropTake(take);
        QTRY_VERIFY(!m_playback->playing());
    }

    void auditionLeavesThePositionAlone() {
        m_playback->locate(Tick{bar});
        m_playback->audition(bars(1));
        QTRY_VERIFY(m_playback->playing());
        QCOMPARE(m_playback->position().value, bar);
        m_playback->audition(nullptr);
        QVERIFY(!m_playback->playing());
        m_playback->play();
        QTRY_VERIFY(m_playback->position().value > bar);
    }

    void anotherSeedStartsAtItsBeginning() {
        m_playback->locate(Tick{3 * bar});
        m_session->setSeed({.name = QStringLiteral("B"), .file = {}, .firstBar = 0, .lastBar = 0, .song = bars(1)});
        QCOMPARE(m_playback->position().value, 0);
    }

private:
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Player> m_player;
    std::unique_ptr<Playback> m_playback;
};

}  // namespace ricercar

QTEST_GUILESS_MAIN(ricercar::PlaybackTest)
#include "playback_test.moc"
