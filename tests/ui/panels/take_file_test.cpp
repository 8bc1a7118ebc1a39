#include "ui/panels/take_file.h"

#include <sys/wait.h>
#include <unistd.h>

#include <QFile>
#include <QFileInfo>

#include "core/base/files.h"
#include "core/midi/smf_reader.h"
#include "panel_test.h"

namespace ricercar {

class TakeFileTest : public PanelTest {
    Q_OBJECT

    static Session::Take take() {
        Session::Take take;
        take.name = "take 12 #2";
        take.seed.song = share(SongBuilder().tempo(0, 96).meter(0, {3, 4}).track(5).note(62, 3).build());
        take.song = share(SongBuilder().track(5).note(64, 3).note(65, 2).build());
        take.finished = true;
        return take;
    }

private Q_SLOTS:
    void namesArePlainAscii_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("file");
        QTest::newRow("spaces and #") << "take 12 #2"
                                      << "take-12-2.mid";
        QTest::newRow("accents") << QString::fromUtf8("Élégie à l'été") << "Elegie-a-l-ete.mid";
        QTest::newRow("paths") << "../a/b\\c"
                               << "a-b-c.mid";
        QTest::newRow("nothing left") << QString::fromUtf8("夜想曲") << "take.mid";
        QTest::newRow("long") << QString(300, 'x') << QString(80, 'x') + ".mid";
    }
    void namesArePlainAscii() {
        QFETCH(QString, name);
        QTEST(takeFileName(name), "file");
    }

    void aTakeAloneIsAFinishedFile() {
        const QString path = writeDragFile(take(), TakeContent::takeAlone).value();
        QCOMPARE(QFileInfo(path).fileName(), "take-12-2.mid");
        const SmfReading reading = readSmfFile(path.toStdString()).value();
        QVERIFY(reading.warnings.empty());
        QCOMPARE(reading.format, 1);
        QCOMPARE(reading.song.tempi.front().tick, Tick{});
        QCOMPARE(qRound(reading.song.tempi.front().quartersPerMinute()), 96);
        QCOMPARE(reading.song.meters.front(), (MeterChange{Tick{}, {3, 4}}));
        QCOMPARE(reading.song.end, (Tick{6 * reading.song.ticksPerQuarter}));
        QCOMPARE(noteCount(reading.song), 2u);
        QCOMPARE(reading.song.tracks.front()->name, std::string(programName(Program::clamped(5))));
    }

    void theSeedCanComeFirst() {
        const Song song = takeSong(take(), TakeContent::seedAndTake);
        QCOMPARE(noteCount(song), 3u);
        QCOMPARE(barCount(song), 3);
        QCOMPARE(song.tracks.front()->notes.front().pitch.midi(), 62);
    }

    void aTakeThatFillsInHasTheSeedAroundIt() {
        Session::Take take;
        take.name = "take 3";
        take.seed.song = share(SongBuilder().track(5).note(60, 4).note(62, 4).note(64, 4).build());
        take.recipe = {{"fill", {{"firstBar", 2}, {"lastBar", 2}}}};
        take.song = share(SongBuilder().track(5).note(72, 2).note(74, 2).build());
        const Song song = takeSong(take, TakeContent::seedAndTake);
        QCOMPARE(barCount(song), 3);
        QCOMPARE(song.tracks.size(), 1u);
        QCOMPARE(noteCount(song), 4u);
        QCOMPARE(barCount(takeSong(take, TakeContent::takeAlone)), 1);
    }

    void ofATakeThatFillsInOnlyWhatIsWrittenCounts() {
        Session::Take take;
        take.seed.song = share(SongBuilder().track(5).note(60, 4).note(62, 4).note(64, 4).build());
        take.recipe = {{"fill", {{"firstBar", 1}, {"lastBar", 3}, {"add", "drums"}}}};
        take.song = take.seed.song;
        QCOMPARE(wholeBarsDrawn(take), 0);
        QVERIFY(!wholeBarsOf(take));
        take.song =
            share(SongBuilder().track(5).note(60, 4).note(62, 4).note(64, 4).drums().note(36, 4).note(36, 1).build());
        QCOMPARE(wholeBarsDrawn(take), 1);
        QCOMPARE(barCount(*wholeBarsOf(take)->song), 3);
    }

    void everyDragHasAFileOfItsOwn() {
        const QString first = writeDragFile(take(), TakeContent::takeAlone).value();
        const QString second = writeDragFile(take(), TakeContent::takeAlone).value();
        QVERIFY(first != second);
        QVERIFY(QFile::exists(first));
        QVERIFY(QFile::exists(second));
    }

    void onlyFilesOfEndedProgramsArePurged() {
        const QString mine = writeDragFile(take(), TakeContent::takeAlone).value();
        const pid_t child = fork();
        if (child == 0) _exit(0);
        waitpid(child, nullptr, 0);
        const auto old = dragFolder() / fmt::format("{}-1", child) / "take.mid";
        QVERIFY(writeFileAtomically(old, "MThd"));
        purgeDragFiles();
        QVERIFY(QFile::exists(mine));
        QVERIFY(!std::filesystem::exists(old.parent_path()));
    }
};

}  // namespace ricercar

QTEST_MAIN(ricercar::TakeFileTest)
#include "take_file_test.moc"
