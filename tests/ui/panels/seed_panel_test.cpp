#include "ui/panels/seed_panel.h"

#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>

#include "core/base/files.h"
#include "core/midi/smf_writer.h"
#include "panel_test.h"
#include "ui/panels/user_library.h"

namespace ricercar {

class SeedPanelTest : public PanelTest {
    Q_OBJECT

    enum Tab { examples, folder, takes, recent };

    /// A MIDI file of `bars` bars of one note, all of `pitch`.
    void write(const QString& name, int bars, int pitch = 62) const {
        SongBuilder builder;
        builder.tempo(0, 96).track();
        for (int bar = 0; bar < bars; ++bar) builder.note(pitch, 4);
        QVERIFY(writeSmfFile(path(name).toStdString(), builder.build()));
    }

    /// A panel over two examples.
    struct Bench {
        Session session;
        UserLibrary library;
        SeedPanel panel{session, library};
        QListView* list = control<QListView>(panel, "Seeds");
        QTabBar* tabs = control<QTabBar>(panel, "Seed sources");

        Bench() { panel.show(); }
        int rows() const { return list->model()->rowCount(); }
        bool choose(int row) {
            list->setCurrentIndex(list->model()->index(row, 0));
            const QString name = list->currentIndex().data().toString();
            return QTest::qWaitFor([&] { return session.seed().name == name && session.seed().song; });
        }
    };
    void writeExamples() const {
        write("resources/examples/Lantern walk.mid", 4);
        write("resources/examples/River, evening.mid", 32, 65);
    }

private Q_SLOTS:
    void theFirstExampleIsTheFirstSeed() {
        writeExamples();
        Bench bench;
        QTRY_COMPARE(bench.rows(), 2);
        QTRY_COMPARE(bench.session.seed().name, "Lantern walk");
        QCOMPARE(barCount(*bench.session.seed().song), 4);
        QVERIFY(says(bench.panel, "2"));
        QCOMPARE(bench.list->currentIndex().row(), 0);
    }

    void aSeedThatIsThereStays() {
        writeExamples();
        Session session;
        session.setSeed({.name = "mine", .file = {}, .song = share(SongBuilder().note(60, 4).build())});
        UserLibrary library;
        SeedPanel panel(session, library);
        auto* list = control<QListView>(panel, "Seeds");
        QTRY_COMPARE(list->model()->rowCount(), 2);
        QCOMPARE(session.seed().name, "mine");
        QVERIFY(!list->currentIndex().isValid());
    }

    void aLongFileGivesItsLastBars() {
        writeExamples();
        Bench bench;
        QTRY_COMPARE(bench.rows(), 2);
        QVERIFY(bench.choose(1));
        QCOMPARE(bench.session.seed().firstBar, 24);
        QCOMPARE(bench.session.seed().lastBar, 31);
        auto* first = control<QSpinBox>(bench.panel, "First bar of the seed");
        auto* last = control<QSpinBox>(bench.panel, "Last bar of the seed");
        QVERIFY(first->isVisible());
        QCOMPARE(first->value(), 25);
        QCOMPARE(last->value(), 32);
        first->setValue(31);
        QCOMPARE(bench.session.seed().firstBar, 30);
        QCOMPARE(barCount(*bench.session.seed().song), 2);
        QCOMPARE(noteCount(*bench.session.seed().song), 2u);
    }

    void barsCanBeDraggedOnThePicture() {
        writeExamples();
        Bench bench;
        QTRY_COMPARE(bench.rows(), 2);
        QVERIFY(bench.choose(1));
        auto* strip = bench.panel.findChild<BarStrip*>();
        const auto at = [&](int bar) { return QPoint(qRound((bar + 0.5) / 32 * strip->width()), 10); };
        QTest::mousePress(strip, Qt::LeftButton, {}, at(11));
        QTest::mouseMove(strip, at(8));
        QTest::mouseRelease(strip, Qt::LeftButton, {}, at(8));
        QCOMPARE(bench.session.seed().firstBar, 8);
        QCOMPARE(bench.session.seed().lastBar, 11);
        QCOMPARE(control<QSpinBox>(bench.panel, "First bar of the seed")->value(), 9);
    }

    void enterPlaysTheSeed() {
        writeExamples();
        Bench bench;
        QTRY_COMPARE(bench.rows(), 2);
        QVERIFY(bench.choose(0));
        QSignalSpy played(&bench.panel, &SeedPanel::playRequested);
        QTest::keyClick(bench.list, Qt::Key_Return);
        QCOMPARE(played.count(), 1);
        QTest::keyClick(bench.list, Qt::Key_Down);
        QTest::keyClick(bench.list, Qt::Key_Return);
        QTRY_COMPARE(played.count(), 2);
        QCOMPARE(bench.session.seed().name, "River, evening");
    }

    void theMiniatureIsAPlayButton() {
        writeExamples();
        Bench bench;
        QTRY_COMPARE(bench.rows(), 2);
        QSignalSpy played(&bench.panel, &SeedPanel::playRequested);
        const QRect row = bench.list->visualRect(bench.list->model()->index(1, 0));
        QTest::mouseClick(bench.list->viewport(), Qt::LeftButton, {}, row.topLeft() + QPoint(60, 35));
        QTRY_COMPARE(played.count(), 1);
        QCOMPARE(bench.session.seed().name, "River, evening");
        QTest::mouseClick(bench.list->viewport(), Qt::LeftButton, {}, row.topLeft() + QPoint(180, 35));
        QCOMPARE(played.count(), 1);
    }

    void searchesByNameKeyAndTempo() {
        writeExamples();
        Bench bench;
        QTRY_COMPARE(bench.rows(), 2);
        auto* search = control<QLineEdit>(bench.panel, "Search seeds");
        search->setText("river");
        QCOMPARE(bench.rows(), 1);
        search->setText("96 bpm");
        QCOMPARE(bench.rows(), 2);
        search->setText("96 lantern");
        QCOMPARE(bench.rows(), 1);
        search->setText("nocturne");
        QCOMPARE(bench.rows(), 0);
        QVERIFY(says(bench.panel, "Nothing here matches \"nocturne\"."));
        bench.panel.findChild<QPushButton*>("emptySeeds")->click();
        QCOMPARE(bench.rows(), 2);
    }

    void readsAFolderWithBrokenFilesAndRemembersIt() {
        write("music/one.mid", 1);
        write("music/sub/two.mid", 2);
        QVERIFY(writeFileAtomically(path("music/torn.mid").toStdString(), "MThd"));
        {
            Bench bench;
            bench.panel.open({path("music")});
            QCOMPARE(bench.tabs->currentIndex(), int(folder));
            QTRY_COMPARE(bench.rows(), 2);
            QTRY_VERIFY(says(bench.panel, "music - 1 skipped"));
            bool explained = false;
            for (const auto* label : bench.panel.findChildren<QLabel*>())
                explained |= label->toolTip().contains("torn.mid");
            QVERIFY(explained);
        }
        Bench bench;
        bench.tabs->setCurrentIndex(folder);
        QTRY_COMPARE(bench.rows(), 2);
    }

    void anOpenedFileIsTheSeedAndIsRemembered() {
        writeExamples();
        write("drop me.mid", 3);
        {
            Bench bench;
            bench.panel.open({path("drop me.mid")});
            QTRY_COMPARE(bench.session.seed().name, "drop me");
            QTRY_COMPARE(bench.tabs->currentIndex(), int(recent));
            QTRY_COMPARE(bench.list->currentIndex().data().toString(), "drop me");
        }
        Bench bench;
        bench.tabs->setCurrentIndex(recent);
        QTRY_COMPARE(bench.rows(), 1);
    }

    void aBrokenFileIsExplained() {
        QVERIFY(writeFileAtomically(path("torn.mid").toStdString(), "no music"));
        Bench bench;
        bench.panel.open({path("torn.mid")});
        QTRY_VERIFY(says(bench.panel, "torn.mid"));
        QVERIFY(!bench.session.seed().song);
    }

    void ofSeveralFilesAndFoldersNoneIsLost() {
        write("one.mid", 1);
        write("two.mid", 2);
        write("music/three.mid", 3);
        write("more/four.mid", 4);
        QVERIFY(writeFileAtomically(path("torn.mid").toStdString(), "no music"));
        Bench bench;
        bench.panel.open(
            {path("torn.mid"), path("one.mid"), path("music"), path("nowhere.mid"), path("two.mid"), path("more")});
        QTRY_COMPARE(bench.session.seed().name, "one");
        QCOMPARE(bench.tabs->currentIndex(), int(recent));
        QTRY_COMPARE(bench.rows(), 2);
        QCOMPARE(bench.list->model()->index(0, 0).data().toString(), "one");
        QCOMPARE(bench.list->model()->index(1, 0).data().toString(), "two");
        const auto tellsAll = [](const QLabel* label) {
            const auto names = [&](const char* name) { return label->text().contains(QLatin1String(name)); };
            return label->isVisible() && names("torn.mid") && names("nowhere.mid") && names("more");
        };
        QCOMPARE(std::ranges::count_if(bench.panel.findChildren<QLabel*>(), tellsAll), 1);
        bench.tabs->setCurrentIndex(folder);
        QTRY_COMPARE(bench.rows(), 1);
        QCOMPARE(bench.list->model()->index(0, 0).data().toString(), "three");
        bench.panel.open({path("two.mid")});
        QTRY_COMPARE(bench.session.seed().name, "two");
        QVERIFY(!says(bench.panel, "torn.mid"));
    }

    void finishedTakesAreSeeds() {
        Bench bench;
        bench.tabs->setCurrentIndex(takes);
        QVERIFY(says(bench.panel, "A take can be the seed of the next one."));
        const auto id = bench.session.beginTakes(1).front();
        QCOMPARE(bench.rows(), 0);
        bench.session.finishTake(id, share(SongBuilder().note(60, 8).build()), {}, {});
        QCOMPARE(bench.rows(), 1);
        QVERIFY(bench.choose(0));
        QCOMPARE(bench.session.seed().name, "take 1");
        QCOMPARE(bench.session.currentTake(), nullptr);
        bench.session.rejectTake(id);
        QCOMPARE(bench.rows(), 0);
    }

    void fromNothing() {
        writeExamples();
        Bench bench;
        QTRY_VERIFY(bench.session.seed().song);
        auto* nothing = control<QPushButton>(bench.panel, "From nothing");
        QVERIFY(!nothing->isChecked());
        nothing->click();
        QVERIFY(!bench.session.seed().song);
        QVERIFY(nothing->isChecked());
        QVERIFY(!bench.list->currentIndex().isValid());
        QVERIFY(bench.choose(0));
        QVERIFY(!nothing->isChecked());
    }

    void theSeedOfAnEarlierTakeLeavesTheList() {
        writeExamples();
        Bench bench;
        QTRY_VERIFY(bench.session.seed().song);
        const auto id = bench.session.beginTakes(1).front();
        QVERIFY(bench.choose(1));
        bench.session.setCurrentTake(id);
        QCOMPARE(bench.session.seed().name, "Lantern walk");
        QVERIFY(!bench.list->currentIndex().isValid());
    }

    void emptyTabsSayWhatToDo() {
        Bench bench;
        QTRY_VERIFY(says(bench.panel, "No examples are installed."));
        bench.tabs->setCurrentIndex(folder);
        QVERIFY(says(bench.panel, "choose the folder they are in"));
        bench.tabs->setCurrentIndex(recent);
        QTRY_VERIFY(says(bench.panel, "The files you used as seeds will be here."));
        bench.panel.findChild<QPushButton*>("emptySeeds")->click();
        QCOMPARE(bench.tabs->currentIndex(), int(examples));
    }
};

}  // namespace ricercar

QTEST_MAIN(ricercar::SeedPanelTest)
#include "seed_panel_test.moc"
