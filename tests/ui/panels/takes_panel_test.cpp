#include "ui/panels/takes_panel.h"

#include <QClipboard>
#include <QComboBox>
#include <QListView>
#include <QMimeData>
#include <QSignalSpy>
#include <QToolButton>

#include "core/analysis/key_finding.h"
#include "core/midi/smf_reader.h"
#include "panel_test.h"
#include "ui/panels/take_keeper.h"
#include "ui/panels/take_model.h"

namespace ricercar {

class TakesPanelTest : public PanelTest {
    Q_OBJECT

    static Session::Seed seedInC() {
        SongBuilder builder;
        for (const int pitch : {60, 64, 67, 65, 62, 71, 72, 60}) builder.note(pitch, 1);
        return {.name = "seed", .file = {}, .song = share(builder.build())};
    }

    /// One streamed note, a beat long.
    static void drawBeat(Session& session, Session::TakeId take, double onset) {
        session.addNote(take, {.program = {},
                               .onset = onset,
                               .duration = 1,
                               .pitch = Pitch::clamped(60),
                               .velocity = Velocity::clamped(80)});
    }

    struct Bench {
        Session session;
        TakesPanel panel{session};
        QListView* list = control<QListView>(panel, "Take list");

        Bench() {
            session.setSeed(seedInC());
            panel.resize(900, 250);
            panel.show();
        }
        /// Finished takes of one note each, oldest first.
        std::vector<Session::TakeId> add(std::initializer_list<int> pitches) {
            std::vector<Session::TakeId> ids;
            for (const int pitch : pitches) {
                ids.push_back(session.beginTakes(1).front());
                session.finishTake(ids.back(), share(SongBuilder().note(pitch, 4).build()), {{"temperature", 0.9}}, {});
            }
            return ids;
        }
        QStringList names() const {
            QStringList names;
            for (int row = 0; row < list->model()->rowCount(); ++row) {
                names << list->model()->index(row, 0).data().toString();
            }
            return names;
        }
        QRect card(int row) const { return list->visualRect(list->model()->index(row, 0)); }
        QPoint star(int row) const { return card(row).topLeft() + QPoint(180, 95); }
    };

private Q_SLOTS:
    void saysWhereTakesComeFrom() {
        Bench bench;
        QVERIFY(says(bench.panel, "Takes appear here"));
        bench.add({60});
        QVERIFY(!says(bench.panel, "Takes appear here"));
    }

    void aClickPlaysTheTake() {
        Bench bench;
        const auto ids = bench.add({60, 62});
        QSignalSpy played(&bench.panel, &TakesPanel::playRequested);
        QCOMPARE(bench.names(), QStringList({"take 2", "take 1"}));
        QTest::mouseClick(bench.list->viewport(), Qt::LeftButton, {}, bench.card(1).topLeft() + QPoint(60, 40));
        QCOMPARE(played.count(), 1);
        QCOMPARE(bench.session.currentTake()->id, ids[0]);
    }

    void keysChooseAndPlay() {
        Bench bench;
        const auto ids = bench.add({60, 62});
        QSignalSpy played(&bench.panel, &TakesPanel::playRequested);
        QCOMPARE(bench.list->currentIndex().row(), 0);
        QTest::keyClick(bench.list, Qt::Key_Right);
        QCOMPARE(bench.session.currentTake()->id, ids[0]);
        QCOMPARE(played.count(), 0);
        QTest::keyClick(bench.list, Qt::Key_Return);
        QCOMPARE(played.count(), 1);
        bench.session.stepTake(-1);
        QCOMPARE(bench.list->currentIndex().row(), 0);
    }

    void theStarIsAButton() {
        Bench bench;
        const auto id = bench.add({60}).front();
        QSignalSpy played(&bench.panel, &TakesPanel::playRequested);
        QTest::mouseClick(bench.list->viewport(), Qt::LeftButton, {}, bench.star(0));
        QVERIFY(bench.session.take(id)->starred);
        QCOMPARE(played.count(), 0);
        bench.panel.starCurrent();
        QVERIFY(!bench.session.take(id)->starred);
    }

    void rejectingCanBeUndone() {
        Bench bench;
        bench.add({60, 62, 64});
        bench.panel.rejectCurrent();
        QCOMPARE(bench.names(), QStringList({"take 2", "take 1"}));
        QCOMPARE(bench.list->currentIndex().row(), 0);
        bench.session.undoStack().undo();
        QCOMPARE(bench.names(), QStringList({"take 3", "take 2", "take 1"}));
        QCOMPARE(bench.session.currentTake()->name, "take 3");
        QCOMPARE(bench.list->currentIndex().row(), 0);
    }

    void sorts() {
        Bench bench;
        const auto ids = bench.add({61, 60, 63});
        bench.session.setStarred(ids[1], true);
        auto* order = control<QComboBox>(bench.panel, "Sort takes");
        order->setCurrentIndex(1);
        QCOMPARE(bench.names(), QStringList({"take 2", "take 3", "take 1"}));
        order->setCurrentIndex(0);
        QCOMPARE(bench.names(), QStringList({"take 3", "take 2", "take 1"}));
        QTRY_COMPARE(static_cast<const TakeModel*>(bench.list->model())->card(bench.list->model()->index(1, 0)).keyFit,
                     std::optional(1.0));
        order->setCurrentIndex(2);
        QCOMPARE(bench.names().front(), "take 2");
    }

    void keyFitIsTheShareOfNotesInTheKey() {
        const Key key = findKey(*seedInC().song)->key;
        const Song take =
            SongBuilder().track().note(60, 1).note(61, 1).note(62, 1).note(64, 1).drums().note(37, 1).build();
        QCOMPARE(keyFit(take, key), std::optional(0.75));
        QCOMPARE(keyFit(Song{}, key), std::nullopt);
    }

    void streamedTakesGrow() {
        Bench bench;
        const auto id = bench.session.beginTakes(1).front();
        QCOMPARE(bench.names(), QStringList("take 1"));
        const auto* model = static_cast<const TakeModel*>(bench.list->model());
        QVERIFY(!model->flags(model->index(0)).testFlag(Qt::ItemIsDragEnabled));
        bench.session.addNote(id,
                              {.program = {}, .onset = 0, .duration = 5, .pitch = Pitch::clamped(60), .velocity = {}});
        QTRY_COMPARE(model->card(model->index(0)).bars, 2);
        QVERIFY(!model->card(model->index(0)).miniature.isEmpty());
        bench.session.finishTake(id, share(SongBuilder().note(60, 12).build()), {{"temperature", 1.1}}, {});
        QTRY_COMPARE(model->card(model->index(0)).bars, 3);
        QCOMPARE(model->card(model->index(0)).temperature, std::optional(1.1));
        QVERIFY(model->flags(model->index(0)).testFlag(Qt::ItemIsDragEnabled));
    }

    void aFillHasTheBarsThatItFills() {
        Bench bench;
        bench.session.setSeed({.name = "four bars",
                               .file = {},
                               .firstBar = 0,
                               .lastBar = 3,
                               .song = share(SongBuilder().note(60, 16).build())});
        const auto id = bench.session.beginTakes(1, {{"fill", {{"firstBar", 2}, {"lastBar", 3}}}}).front();
        const auto* model = static_cast<const TakeModel*>(bench.list->model());
        QCOMPARE(model->card(model->index(0)).bars, 2);
        bench.session.addNote(id,
                              {.program = {}, .onset = 6, .duration = 9, .pitch = Pitch::clamped(60), .velocity = {}});
        QTRY_VERIFY(!model->card(model->index(0)).miniature.isEmpty());
        QCOMPARE(model->card(model->index(0)).bars, 2);
        QCOMPARE(model->card(model->index(0)).seconds, 4.0);
    }

    void copiesOneFinishedFile() {
        Bench bench;
        bench.add({60});
        auto* copy = control<QToolButton>(bench.panel, "Copy file to clipboard");
        QTRY_VERIFY(copy->isEnabled());
        copy->click();
        const auto urls = QGuiApplication::clipboard()->mimeData()->urls();
        QCOMPARE(urls.size(), 1);
        QCOMPARE(urls.front().fileName(), "take-1.mid");
        QCOMPARE(noteCount(readSmfFile(urls.front().toLocalFile().toStdString()).value().song), 1u);
    }

    void takesSurviveARestart() {
        {
            UserLibrary library;
            Session session;
            const TakeKeeper keeper(session, library);
            session.setSeed(seedInC());
            const auto ids = session.beginTakes(3);
            for (const auto id : ids)
                session.finishTake(id, share(SongBuilder().note(60, 4).build()), {{"rng", id}}, {});
            session.setStarred(ids[1], true);
            session.rejectTake(ids[2]);
            session.beginTakes(1);  // never finished
        }
        UserLibrary library;
        Session session;
        const TakeKeeper keeper(session, library);
        QTRY_COMPARE(session.takes().size(), 2u);
        const auto starred = session.takes()[session.takes()[0].starred ? 0 : 1];
        QCOMPARE(starred.name, "take 2");
        QVERIFY(starred.finished);
        QCOMPARE(starred.recipe["rng"].get<int>(), 2);
        QCOMPARE(noteCount(*starred.song), 1u);
        QCOMPARE(starred.seed.name, "seed");
        QCOMPARE(noteCount(*starred.seed.song), 8u);
        session.setSeed(seedInC());
        QVERIFY(session.take(session.beginTakes(1).front())->name != starred.name);
    }

    void wholeBarsSurviveAWindowThatDies() {
        const auto draw = [](Session& session, Session::TakeId take, int from, int to) {
            for (int beat = from; beat < to; ++beat) drawBeat(session, take, beat);
        };
        UserLibrary library;
        Session session;
        const TakeKeeper keeper(session, library);
        session.setSeed(seedInC());
        const auto ids = session.beginTakes(3, {{"rng", 5}});
        draw(session, ids[0], 0, 9);
        draw(session, ids[1], 0, 3);  // no whole bar
        draw(session, ids[2], 0, 6);
        // What another program finds while this one still draws.
        const auto stored = [] {
            UserLibrary file;
            Session later;
            const TakeKeeper reader(later, file);
            bool read = false;
            file.ask(
                &later, [](Library& rows) { return rows.newestTakes(10); }, [&](const auto&) { read = true; });
            return QTest::qWaitFor([&] { return read; }) ? later.takes() : std::vector<Session::Take>();
        };
        const auto notes = [&](const QString& name) {
            const auto takes = stored();
            const auto found = std::ranges::find(takes, name, &Session::Take::name);
            return found == takes.end() ? std::size_t{0} : noteCount(*found->song);
        };
        QTRY_COMPARE(notes("take 1"), 8u);
        QTRY_COMPARE(notes("take 3"), 4u);
        QCOMPARE(stored().size(), 2u);
        QVERIFY(stored().front().finished);
        QVERIFY(stored().front().recipe["part"].get<bool>());
        QCOMPARE(stored().front().seed.name, "seed");
        draw(session, ids[0], 9, 13);
        QTRY_COMPARE(notes("take 1"), 12u);
        session.finishTake(ids[0], share(SongBuilder().note(60, 4).build()), {{"rng", 5}}, {});
        QTRY_COMPARE(notes("take 1"), 1u);
        QCOMPARE(stored().size(), 2u);
    }

    void wholeBarsSurviveAWindowThatIsClosed() {
        {
            UserLibrary library;
            Session session;
            const TakeKeeper keeper(session, library);
            const auto take = session.beginTakes(1).front();
            for (const double onset : {0.0, 4.0}) drawBeat(session, take, onset);
        }
        UserLibrary library;
        Session session;
        const TakeKeeper keeper(session, library);
        QTRY_COMPARE(session.takes().size(), 1u);
        QCOMPARE(noteCount(*session.takes().front().song), 1u);
    }

    void batchesComeBackInTheirOrder() {
        QStringList before;
        {
            UserLibrary library;
            Session session;
            const TakeKeeper keeper(session, library);
            for (const int rng : {5, 7, 7}) {  // the last batch is the same again
                const auto ids = session.beginTakes(3);
                for (const int number : {2, 0, 1}) {
                    session.finishTake(ids[static_cast<std::size_t>(number)], share(SongBuilder().note(60, 4).build()),
                                       {{"rng", rng}, {"take", number}}, {});
                }
            }
            for (const auto& take : session.takes()) before << take.name;
        }
        QCOMPARE(before, QStringLiteral("take 7,take 8,take 9,take 4,take 5,take 6,take 1,take 2,take 3").split(','));
        UserLibrary library;
        Session session;
        const TakeKeeper keeper(session, library);
        QTRY_COMPARE(session.takes().size(), 9u);
        QStringList after;
        for (const auto& take : session.takes()) after << take.name;
        QCOMPARE(after, before);
        QCOMPARE(session.take(session.beginTakes(1).front())->name, "take 10");
    }

    void takesLeftInTheCacheAreTidied() {
        namespace fs = std::filesystem;
        const fs::path old = cacheFolder() / "takes/take-1.mid";
        const fs::path fresh = cacheFolder() / "takes/take-2.mid";
        for (const auto& file : {old, fresh}) QVERIFY(writeFileAtomically(file, "MThd"));
        fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(25));
        UserLibrary library;
        Session session;
        const TakeKeeper keeper(session, library);
        QTRY_VERIFY(!fs::exists(old));
        QVERIFY(fs::exists(fresh));
    }

    void restoredTakesAreKeptOnlyOnce() {
        const auto run = [] {
            UserLibrary library;
            Session session;
            const TakeKeeper keeper(session, library);
            bool restored = false;
            library.ask(
                &session, [](Library& file) { return file.newestTakes(10); }, [&](const auto&) { restored = true; });
            if (!QTest::qWaitFor([&] { return restored; })) return std::size_t{0};
            const auto id = session.beginTakes(1).front();
            session.finishTake(id, share(SongBuilder().note(60, 4).build()), {}, {});
            session.setStarred(session.takes().back().id, true);
            return session.takes().size();
        };
        QCOMPARE(run(), 1u);
        QCOMPARE(run(), 2u);
        QCOMPARE(run(), 3u);
    }

    void aRejectionUndoneIsKept() {
        {
            UserLibrary library;
            Session session;
            const TakeKeeper keeper(session, library);
            const auto id = session.beginTakes(1).front();
            session.finishTake(id, share(SongBuilder().note(60, 4).build()), {}, {});
            session.rejectTake(id);
            session.undoStack().undo();
        }
        UserLibrary library;
        Session session;
        const TakeKeeper keeper(session, library);
        QTRY_COMPARE(session.takes().size(), 1u);
    }
};

}  // namespace ricercar

QTEST_MAIN(ricercar::TakesPanelTest)
#include "takes_panel_test.moc"
