#include "ui/session.h"

#include <QSignalSpy>
#include <QTest>

#include "support/qt_warnings.h"
#include "support/song_builder.h"

namespace ricercar {

namespace {

std::shared_ptr<const Song> fourBars(int pitch) {
    return std::make_shared<const Song>(
        SongBuilder().note(pitch, 4).note(pitch, 4).note(pitch, 4).note(pitch, 3).build());
}

Session::Seed seedOf(const QString& name, std::shared_ptr<const Song> song) {
    return {.name = name, .file = {}, .firstBar = 0, .lastBar = 3, .song = std::move(song)};
}

Session::StreamedNote streamed(double onset, int pitch, int track = 0) {
    return {.track = track,
            .program = Program::clamped(0),
            .drums = false,
            .onset = onset,
            .duration = 1,
            .pitch = Pitch::clamped(pitch),
            .velocity = Velocity::clamped(80)};
}

constexpr std::int64_t quarter = 480;

}  // namespace

class SessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnQtWarnings(); }

    void isEmptyAtFirst() {
        const Session session;
        QVERIFY(session.seed().song == nullptr);
        QVERIFY(session.currentTake() == nullptr);
        QCOMPARE(noteCount(*session.arrangement()), 0U);
    }

    void arrangementIsTheSeedThenTheTake() {
        Session session;
        session.setSeed(seedOf(QStringLiteral("A"), fourBars(60)));
        QCOMPARE(*session.arrangement(), *session.seed().song);
        const auto ids = session.beginTakes(1);
        session.finishTake(ids[0], fourBars(72), Json{{"rng", 7}}, QStringLiteral("take.mid"));
        // The seed's last bar has three quarters of notes; the take begins on the next bar line all the same.
        QCOMPARE(session.takeRange().begin.value, 16 * quarter);
        QCOMPARE(noteCount(*session.arrangement()), 8U);
        QCOMPARE(lastNoteEnd(*session.arrangement()).value, 31 * quarter);
        QVERIFY(session.currentTake()->finished);
        QCOMPARE(session.currentTake()->recipe.at("rng").get<int>(), 7);
    }

    void streamedNotesAppearAtOnce() {
        Session session;
        session.setSeed(seedOf(QStringLiteral("A"), fourBars(60)));
        const auto ids = session.beginTakes(2);
        QSignalSpy arrangementChanged(&session, &Session::arrangementChanged);
        QSignalSpy takeChanged(&session, &Session::takeChanged);
        session.addNote(ids[0], streamed(2, 64));
        session.addNote(ids[0], streamed(0, 67));
        QCOMPARE(arrangementChanged.count(), 2);
        QCOMPARE(noteCount(*session.arrangement()), 6U);
        // Of another take than the current one: stored, not shown.
        session.addNote(ids[1], streamed(0, 50, 1));
        QCOMPARE(arrangementChanged.count(), 2);
        QCOMPARE(takeChanged.count(), 3);
        const auto& notes = session.take(ids[0])->song->tracks[0]->notes;
        QCOMPARE(notes.size(), 2U);
        QCOMPARE(notes[0].pitch.midi(), 67);
        QCOMPARE(notes[1].onset.value, 2 * quarter);
        QCOMPARE(session.take(ids[1])->song->tracks.size(), 2U);
    }

    void aTakeBeingDrawnKeepsTempoAndMetre() {
        Session session;
        session.setSeed(
            seedOf(QStringLiteral("Waltz"),
                   std::make_shared<const Song>(SongBuilder().tempo(0, 96).meter(0, {3, 4}).note(60, 3).build())));
        session.beginTakes(1);
        QCOMPARE(tempoMap(*session.arrangement()).quartersPerMinuteAt(Tick{5 * quarter}), 96.0);
        QVERIFY(meterMap(*session.arrangement()).meterOfBar(1) == (Meter{3, 4}));
    }

    void aTakeThatFillsInStandsBetweenTheBarsAroundIt() {
        Session session;
        session.setSeed(seedOf(QStringLiteral("A"), fourBars(60)));
        const FillIn fill{.firstBar = 1, .lastBar = 2, .tracks = {}, .added = {}};
        const auto ids = session.beginTakes(2, Json{{"fill", toJson(fill)}});
        QVERIFY(session.currentTake()->fill() == fill);
        QCOMPARE(session.takeRange(), (TickRange{Tick{4 * quarter}, Tick{12 * quarter}}));
        QCOMPARE(noteCount(*session.arrangement()), 2U);  // its bars are empty yet
        session.addNote(ids[0], streamed(1, 67));
        const auto& notes = session.arrangement()->tracks[0]->notes;
        QCOMPARE(notes.size(), 3U);
        QCOMPARE(notes[1].onset.value, 5 * quarter);
        QCOMPARE(notes[2].onset.value, 12 * quarter);
        // By its recipe, also when it comes back from the library.
        session.finishTake(ids[1], std::make_shared<const Song>(SongBuilder().note(72, 4).note(72, 4).build()),
                           Json{{"fill", toJson(fill)}}, {});
        session.setCurrentTake(ids[1]);
        QCOMPARE(noteCount(*session.arrangement()), 4U);
        QCOMPARE(barCount(*session.arrangement()), 4);
    }

    void anAddedPartPlaysBesideTheSeed() {
        Session session;
        session.setSeed(seedOf(QStringLiteral("A"), fourBars(60)));
        const FillIn fill{
            .firstBar = 0, .lastBar = 3, .tracks = {}, .added = FillIn::Instrument{.drums = true, .program = {}}};
        const auto ids = session.beginTakes(1, Json{{"fill", toJson(fill)}});
        QCOMPARE(noteCount(*session.arrangement()), 4U);
        auto hit = streamed(0, 36, 1);
        hit.drums = true;
        session.addNote(ids[0], hit);
        QCOMPARE(session.arrangement()->tracks.size(), 2U);
        QVERIFY(session.arrangement()->tracks[1]->isDrums());
        QCOMPARE(*session.arrangement()->tracks[0], *session.seed().song->tracks[0]);
    }

    void aRecipeThatFitsNoBarsIsNoFill() {
        Session::Take take;
        take.seed = seedOf(QStringLiteral("A"), fourBars(60));
        for (const char* fill : {R"({"firstBar": 1, "lastBar": 9})", R"({"firstBar": 3, "lastBar": 2})", R"("x")"}) {
            take.recipe = Json{{"fill", Json::parse(fill)}};
            QVERIFY(!take.fill());
        }
        take.recipe = Json{{"fill", {{"firstBar", 1}, {"lastBar", 4}}}};
        QVERIFY(take.fill());
        take.seed.song = nullptr;
        QVERIFY(!take.fill());
    }

    void notesAfterTheEndAreIgnored() {
        Session session;
        const auto ids = session.beginTakes(1);
        session.finishTake(ids[0], fourBars(72), {}, {});
        session.addNote(ids[0], streamed(0, 60));
        session.addNote(ids[0] + 1, streamed(0, 60));
        QCOMPARE(noteCount(*session.arrangement()), 4U);
    }

    void newestBatchComesFirst() {
        Session session;
        const auto first = session.beginTakes(2);
        const auto second = session.beginTakes(2);
        QCOMPARE(session.currentTake()->id, second[0]);
        std::vector<Session::TakeId> shown;
        for (const auto& take : session.takes()) shown.push_back(take.id);
        QCOMPARE(shown, (std::vector{second[0], second[1], first[0], first[1]}));
        QCOMPARE(session.take(second[1])->name, QStringLiteral("take 4"));
    }

    void steppingStaysAtTheEndsAndSkipsRejected() {
        Session session;
        const auto ids = session.beginTakes(3);
        session.rejectTake(ids[1]);
        session.stepTake(+1);
        QCOMPARE(session.currentTake()->id, ids[2]);
        session.stepTake(+1);
        QCOMPARE(session.currentTake()->id, ids[2]);
        session.stepTake(-1);
        QCOMPARE(session.currentTake()->id, ids[0]);
        session.stepTake(-1);
        QCOMPARE(session.currentTake()->id, ids[0]);
        session.setCurrentTake(std::nullopt);
        session.stepTake(+1);
        QCOMPARE(session.currentTake()->id, ids[0]);
    }

    void rejectingCanBeUndone() {
        Session session;
        const auto ids = session.beginTakes(2);
        session.rejectTake(ids[0]);
        QVERIFY(session.take(ids[0])->rejected);
        QCOMPARE(session.currentTake()->id, ids[1]);
        session.rejectTake(ids[1]);
        QVERIFY(session.currentTake() == nullptr);
        session.undoStack().undo();
        QCOMPARE(session.currentTake()->id, ids[1]);
        session.undoStack().undo();
        QCOMPARE(session.currentTake()->id, ids[0]);
        QVERIFY(!session.take(ids[0])->rejected);
        session.undoStack().redo();
        QVERIFY(session.take(ids[0])->rejected);
    }

    void undoOutlivesADroppedTake() {
        Session session;
        const auto ids = session.beginTakes(1);
        session.rejectTake(ids[0]);
        session.dropTake(ids[0]);
        session.undoStack().undo();
        QVERIFY(session.takes().empty());
        QVERIFY(session.currentTake() == nullptr);
    }

    void onlyUnfinishedTakesAreDropped() {
        Session session;
        const auto ids = session.beginTakes(2);
        session.finishTake(ids[1], fourBars(60), {}, {});
        session.dropTake(ids[0]);
        session.dropTake(ids[1]);
        QCOMPARE(session.takes().size(), 1U);
    }

    void theNeighbourOfADroppedTakeIsShown() {
        Session session;
        session.setSeed(seedOf(QStringLiteral("A"), fourBars(60)));
        const auto kept = session.beginTakes(1);
        session.finishTake(kept[0], fourBars(60), {}, {});
        session.setSeed(seedOf(QStringLiteral("B"), fourBars(50)));
        const auto ids = session.beginTakes(3);
        session.finishTake(ids[1], fourBars(72), {}, {});
        session.dropTake(ids[0]);
        QCOMPARE(session.currentTake()->id, ids[1]);
        QCOMPARE(noteCount(*session.arrangement()), 8U);
        session.setCurrentTake(ids[2]);
        session.dropTake(ids[2]);
        QCOMPARE(session.currentTake()->id, ids[1]);
        // One that goes on from another seed would change what the user composes with.
        const auto last = session.beginTakes(1);
        session.rejectTake(ids[1]);
        session.dropTake(last[0]);
        QVERIFY(session.currentTake() == nullptr);
        QCOMPARE(session.seed().name, QStringLiteral("B"));
    }

    void aTakeIsShownBehindItsOwnSeed() {
        Session session;
        session.setSeed(seedOf(QStringLiteral("A"), fourBars(60)));
        const auto ids = session.beginTakes(1);
        session.setSeed(seedOf(QStringLiteral("B"), fourBars(50)));
        QVERIFY(session.currentTake() == nullptr);
        QSignalSpy seedChanged(&session, &Session::seedChanged);
        session.setCurrentTake(ids[0]);
        QCOMPARE(seedChanged.count(), 1);
        QCOMPARE(session.seed().name, QStringLiteral("A"));
        session.setCurrentTake(std::nullopt);
        QCOMPARE(session.seed().name, QStringLiteral("A"));
        QCOMPARE(seedChanged.count(), 1);
    }

    void restoredTakesGoBehindAndNumbersGoOn() {
        Session session;
        Session::Take old;
        old.name = QStringLiteral("take 12");
        old.song = fourBars(60);
        old.finished = true;
        const auto ids = session.restoreTakes({old});
        QVERIFY(session.take(ids[0]) != nullptr);
        QVERIFY(session.currentTake() == nullptr);
        const auto next = session.beginTakes(1);
        QCOMPARE(session.take(next[0])->name, QStringLiteral("take 13"));
    }

    void starTellsOnlyChanges() {
        Session session;
        const auto ids = session.beginTakes(1);
        QSignalSpy takeChanged(&session, &Session::takeChanged);
        session.setStarred(ids[0], true);
        session.setStarred(ids[0], true);
        QCOMPARE(takeChanged.count(), 1);
        QVERIFY(session.take(ids[0])->starred);
    }
};

}  // namespace ricercar

QTEST_GUILESS_MAIN(ricercar::SessionTest)
#include "session_test.moc"
