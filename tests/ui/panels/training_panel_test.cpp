#include "ui/panels/training_panel.h"

#include <signal.h>

#include <algorithm>

#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScreen>
#include <QSignalSpy>
#include <QTreeWidget>

#include "core/base/files.h"
#include "panel_test.h"
#include "ui/panels/training_dialog.h"

namespace ricercar {

class TrainingPanelTest : public PanelTest {
    Q_OBJECT

    struct Bench {
        EngineClient engine;
        TrainingPanel panel{engine};

        explicit Bench(EngineClient::Place place = EngineClient::Place::here) {
            engine.setCommand({PANEL_ENGINE, "serve"}, place);
            engine.start();
            panel.resize(300, 400);
            panel.show();
        }
        QPushButton* button(const QString& name) { return control<QPushButton>(panel, name); }
        TrainingDialog* dialog() { return panel.findChild<TrainingDialog*>(); }
        /// Chooses the folder and starts as the dialog proposes.
        bool train(const QString& folder) {
            panel.openFolder(folder);
            auto* start = control<QPushButton>(*dialog(), "Start training");
            if (!QTest::qWaitFor([&] { return start->isEnabled(); })) return false;
            start->click();
            return true;
        }
    };

    /// Whether a run is left that would be offered again.
    bool unfinished() const {
        const QDir runs(path("data/ricercar/runs"));
        return std::ranges::any_of(runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot),
                                   [&](const QString& name) { return runs.exists(name + "/request.json"); });
    }

private Q_SLOTS:
    void reportsTheFolderFirst() {
        Bench bench;
        bench.panel.openFolder(path("songs"));
        auto* dialog = bench.dialog();
        auto* start = control<QPushButton>(*dialog, "Start training");
        QVERIFY(!start->isEnabled());
        QTRY_VERIFY(start->isEnabled());
        QVERIFY(says(*dialog, "38 of 39 MIDI files can be used, with 80,000 notes, 2.5 hours of music"));
        QVERIFY(says(*dialog, "Keys: D minor (20), F major (18)"));
        QVERIFY(says(*dialog, "Instruments: Acoustic Grand Piano (38)"));
        auto* rejected = control<QTreeWidget>(*dialog, "Rejected files");
        QCOMPARE(rejected->topLevelItemCount(), 1);
        QCOMPARE(rejected->topLevelItem(0)->text(0), "sub/torn.mid");
        QCOMPARE(rejected->topLevelItem(0)->text(1), "broken at byte 12");
        QCOMPARE(control<QLineEdit>(*dialog, "Name of the model")->text(), "songs");
    }

    void enterStartsTheTrainingOnceTheFolderIsReported() {
        Bench bench;
        bench.panel.openFolder(path("songs"));
        auto* dialog = bench.dialog();
        QSignalSpy started(dialog, &TrainingDialog::startRequested);
        QTRY_VERIFY(control<QPushButton>(*dialog, "Start training")->isEnabled());
        QVERIFY(dialog->focusWidget() == control<QPushButton>(*dialog, "Start training"));
        QTest::keyClick(dialog->focusWidget(), Qt::Key_Return);
        QCOMPARE(started.count(), 1);
    }

    void proposesTheHouseModel() {
        Bench bench;
        bench.panel.openFolder(path("songs"));
        auto* base = control<QComboBox>(*bench.dialog(), "Start from");
        auto* size = control<QComboBox>(*bench.dialog(), "Size of the model");
        QTRY_COMPARE(base->count(), 3);
        QVERIFY(base->currentText().startsWith("House model: knows music already"));
        QCOMPARE(base->currentData().toString(), QString("house.safetensors"));
        QVERIFY(!size->isEnabled());
        QCOMPARE(size->currentIndex(), -1);
        base->setCurrentIndex(2);
        QVERIFY(base->currentText().startsWith("Scratch"));
        QVERIFY(size->isEnabled());
        QVERIFY(size->currentText().startsWith("small"));
    }

    void isInsideTheScreen() {
        Bench bench;
        const QRect room = bench.panel.screen()->availableGeometry();
        bench.panel.move(room.bottomRight() - QPoint(40, 40));
        bench.panel.openFolder(path("songs"));
        auto* dialog = bench.dialog();
        QVERIFY(room.contains(dialog->frameGeometry()));
        QTRY_VERIFY(control<QTreeWidget>(*dialog, "Rejected files")->isVisible());
        QVERIFY(room.contains(dialog->frameGeometry()));
    }

    void saysWhenThereIsLittleOrNothing() {
        Bench bench;
        bench.panel.openFolder(path("small"));
        QTRY_VERIFY(says(*bench.dialog(), "This is very little"));
        QVERIFY(control<QPushButton>(*bench.dialog(), "Start training")->isEnabled());
        delete bench.dialog();
        bench.panel.openFolder(path("empty"));
        QTRY_VERIFY(says(*bench.dialog(), "Nothing here can be learnt from"));
        QVERIFY(!control<QPushButton>(*bench.dialog(), "Start training")->isEnabled());
        delete bench.dialog();
        bench.panel.openFolder(path("missing"));
        QTRY_VERIFY(says(*bench.dialog(), "no such folder"));
    }

    void trainsAndKeepsTheModel() {
        Bench bench;
        QSignalSpy trained(&bench.panel, &TrainingPanel::modelTrained);
        QVERIFY(bench.train(path("songs")));
        QTRY_COMPARE(trained.count(), 1);
        const QString model = trained.front().front().toString();
        QCOMPARE(model, path("data/ricercar/models/songs.safetensors"));
        QCOMPARE(readTextFile(model.toStdString()).value(), "weights");
        QVERIFY(says(bench.panel, "songs is trained"));
        QVERIFY(says(bench.panel, "each note surprises it 20 % less"));
        QVERIFY(says(bench.panel, "In 1 sample there is nothing to be found again"));
        QVERIFY(says(bench.panel, "2.29 nats a note, best 2.29 - base 2.86"));
        QVERIFY(bench.button("Train")->isVisible());
        QVERIFY(!std::filesystem::exists(path("data/ricercar/runs/songs").toStdString()));
        QTRY_VERIFY(!unfinished());
        QVERIFY(bench.train(path("songs")));
        QTRY_COMPARE(trained.count(), 2);
        QCOMPARE(trained.back().front().toString(), path("data/ricercar/models/songs-2.safetensors"));
    }

    void aModelThatGainedNothingIsNeitherKeptNorChosen() {
        Bench bench;
        QSignalSpy trained(&bench.panel, &TrainingPanel::modelTrained);
        QVERIFY(bench.train(path("useless")));
        QTRY_VERIFY(says(bench.panel,
                         "useless is not kept (the schedule is complete).\n"
                         "Base model 2.86 nats a note: nothing that was learnt made it better."));
        QVERIFY(!says(bench.panel, "is trained"));
        QVERIFY(bench.button("Train")->isVisible());
        QTRY_VERIFY(!unfinished());
        QVERIFY(!QFile::exists(path("data/ricercar/models/useless.safetensors")));
        QCOMPARE(trained.count(), 0);
    }

    void aRunThatWasStoppedBeforeItGainedAnythingGoesOn() {
        Bench bench;
        QSignalSpy trained(&bench.panel, &TrainingPanel::modelTrained);
        QVERIFY(bench.train(path("useless-endless")));
        QTRY_VERIFY(bench.button("Hear now")->isVisible());
        bench.button("Stop, keep best")->click();
        QTRY_VERIFY(says(bench.panel, "Stopped before it was better than the model it began from"));
        QVERIFY(bench.button("Go on")->isVisible());
        QCOMPARE(bench.button("Keep as it is")->text(), "Discard");
        bench.button("Keep as it is")->click();
        QTRY_VERIFY(!unfinished());
        QCOMPARE(trained.count(), 0);
    }

    void saysWhatItDoesAfterTheLastStep() {
        Bench bench;
        QVERIFY(bench.train(path("late")));
        QTRY_VERIFY(says(bench.panel, "finishing"));
        QTRY_VERIFY(says(bench.panel, "looking for copies"));
        QVERIFY(!says(bench.panel, "left"));
        QVERIFY(!says(bench.panel, "tokens/s"));
        bench.button("Stop, keep best")->click();
        QTRY_VERIFY(says(bench.panel, "late is trained"));
    }

    void showsHowItGoesAndStops() {
        Bench bench;
        QSignalSpy trained(&bench.panel, &TrainingPanel::modelTrained);
        QSignalSpy heard(&bench.panel, &TrainingPanel::auditionRequested);
        QVERIFY(bench.train(path("endless")));
        QTRY_VERIFY(bench.button("Hear now")->isVisible());
        QVERIFY(says(bench.panel, "100 s left") || says(bench.panel, "2 min left"));
        QVERIFY(says(bench.panel, "2,400 tokens/s"));
        QVERIFY(says(bench.panel, "cpu, 2 threads, 0.8 GB of memory"));
        QVERIFY(!bench.button("Train")->isVisible());
        bench.button("Hear now")->click();
        QCOMPARE(heard.count(), 1);
        QCOMPARE(noteCount(*heard.front().front().value<std::shared_ptr<const Song>>()), 1u);
        bench.button("Stop, keep best")->click();
        QVERIFY(!bench.button("Stop, keep best")->isEnabled());
        QTRY_COMPARE(trained.count(), 1);
        QVERIFY(!bench.button("Stop, keep best")->isVisible());
    }

    void saysThatItWaitsForTheCharger() {
        Bench bench;
        QVERIFY(bench.train(path("unplugged")));
        QTRY_VERIFY(says(bench.panel, "Paused: on battery"));
        QVERIFY(!says(bench.panel, "tokens/s"));
        bench.button("Stop, keep best")->click();
    }

    void aRunThatFailsIsExplained() {
        Bench bench;
        QVERIFY(bench.train(path("broken")));
        QTRY_VERIFY(says(bench.panel, "Too little music to learn from"));
        QVERIFY(bench.button("Train")->isVisible());
        QTRY_VERIFY(!unfinished());
    }

    void aRunThatIsKilledCanGoOn() {
        Bench bench;
        QVERIFY(bench.train(path("killed")));
        QTRY_VERIFY(says(bench.panel, "The process was killed, perhaps because memory ran out. Nothing is lost"));
        QVERIFY(bench.button("Go on")->isVisible());
        QVERIFY(unfinished());
    }

    void tellsThatItIsPreparing() {
        Bench bench;
        QVERIFY(bench.train(path("waiting")));
        auto* preparing = control<QProgressBar>(bench.panel, "Preparing");
        QVERIFY(preparing->isVisible());
        QCOMPARE(preparing->maximum(), preparing->minimum());
        QTRY_VERIFY(says(bench.panel, "Preparing: file 1 of 2"));
        QVERIFY(!says(bench.panel, "left"));
        bench.button("Stop, keep best")->click();
        QTRY_VERIFY(says(bench.panel, "Stopped before anything was learnt."));
        QVERIFY(!preparing->isVisible());
        QTRY_VERIFY(!unfinished());
        QVERIFY(bench.train(path("endless")));
        QTRY_VERIFY(says(bench.panel, "tokens/s"));
        QVERIFY(!preparing->isVisible());
    }

    void aRunThatWasStoppedBeforeItHadAModelGoesOn() {
        {
            Bench bench;
            QVERIFY(bench.train(path("early")));
            QTRY_VERIFY(says(bench.panel, "tokens/s"));
            bench.button("Stop, keep best")->click();
            QTRY_VERIFY(bench.button("Go on")->isVisible());
            QVERIFY(says(bench.panel, "nothing that was learnt is lost"));
            bench.button("Go on")->click();
            QTRY_VERIFY(says(bench.panel, "tokens/s"));
            bench.button("Stop, keep best")->click();
            QTRY_VERIFY(bench.button("Go on")->isVisible());
        }
        Bench bench;
        QTRY_VERIFY(bench.button("Go on")->isVisible());
        bench.button("Keep as it is")->click();
        QTRY_VERIFY(!unfinished());
    }

    void aModelThatWasNotTriedOnHeldOutMusicIsNotChosen() {
        Bench bench;
        QSignalSpy trained(&bench.panel, &TrainingPanel::modelTrained);
        QSignalSpy changed(&bench.panel, &TrainingPanel::modelsChanged);
        QVERIFY(bench.train(path("unjudged")));
        QTRY_VERIFY(says(bench.panel, "tokens/s"));
        bench.button("Stop, keep best")->click();
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(trained.count(), 0);
        QCOMPARE(readTextFile(path("data/ricercar/models/unjudged.safetensors").toStdString()).value(), "weights");
        QVERIFY(says(bench.panel, "stopped before it was tried on held-out music"));
        QVERIFY(bench.button("Go on")->isVisible());
        bench.button("Keep as it is")->click();
        QTRY_COMPARE(trained.count(), 1);
        QTRY_VERIFY(!unfinished());
    }

    void aRunThatWasCutOffGoesOn() {
        {
            Bench bench;
            QVERIFY(bench.train(path("endless")));
            QTRY_VERIFY(bench.button("Hear now")->isVisible());
        }
        Bench bench;
        QTRY_VERIFY(says(bench.panel, "This training was cut off."));
        QVERIFY(says(bench.panel, "endless"));
        QSignalSpy trained(&bench.panel, &TrainingPanel::modelTrained);
        bench.button("Go on")->click();
        QTRY_VERIFY(bench.button("Hear now")->isVisible());
        bench.button("Stop, keep best")->click();
        QTRY_COMPARE(trained.count(), 1);
        QTRY_VERIFY(!unfinished());
    }

    void aRunThatWasCutOffCanBeKept() {
        {
            Bench bench;
            QVERIFY(bench.train(path("endless")));
            QTRY_VERIFY(bench.button("Hear now")->isVisible());
        }
        Bench bench;
        QSignalSpy trained(&bench.panel, &TrainingPanel::modelTrained);
        QTRY_VERIFY(bench.button("Keep as it is")->isVisible());
        bench.button("Keep as it is")->click();
        QTRY_COMPARE(trained.count(), 1);
        QTRY_VERIFY(!unfinished());
    }

    void anEngineElsewhereGetsAFolderOnlyAfterAsking() {
        Bench bench(EngineClient::Place::elsewhere);
        QTRY_COMPARE(bench.engine.state(), EngineClient::State::ready);
        QVERIFY(says(bench.panel, "A folder to train on goes to studio only after you were asked"));
        QVERIFY(writeFileAtomically(path("songs/sub/one.mid").toStdString(), "MThd one"));
        QVERIFY(writeFileAtomically(path("songs/two.mid").toStdString(), "MThd two"));
        QVERIFY(writeFileAtomically(path("songs/diary.txt").toStdString(), "private"));
        bench.panel.openFolder(path("songs"));
        QTRY_VERIFY(says(*bench.dialog(), "The engine is on studio. May 2 MIDI files, 16 bytes, be sent there?"));
        QVERIFY(!QFile::exists(path("cache/ricercar/sent")));
        control<QPushButton>(*bench.dialog(), "Send to studio")->click();
        QTRY_VERIFY(says(*bench.dialog(), "38 of 39 MIDI files can be used"));
        QVERIFY(control<QPushButton>(*bench.dialog(), "Start training")->isEnabled());
        const QDir sent(path("cache/ricercar/sent"));
        QCOMPARE(QDir(sent.filePath("files")).entryList(QDir::Files).size(), 2);
        QCOMPARE(sent.entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 2);
        const QString id = sent.entryList(QDir::Dirs | QDir::NoDotAndDotDot).front();
        QCOMPARE(readTextFile((sent.filePath(id) + "/songs/sub/one.mid").toStdString()).value(), "MThd one");
    }

    void aFolderWithoutMusicIsNotSent() {
        Bench bench(EngineClient::Place::elsewhere);
        QVERIFY(QDir().mkpath(path("songs")));
        bench.panel.openFolder(path("songs"));
        QTRY_VERIFY(says(*bench.dialog(), "There is no MIDI file in this folder."));
        QVERIFY(!bench.dialog()->findChild<QPushButton*>("startTraining")->isEnabled());
    }

    void aTrainingElsewhereGoesOnWithoutTheConnection() {
        Bench bench(EngineClient::Place::elsewhere);
        QTRY_COMPARE(bench.engine.state(), EngineClient::State::ready);
        QSignalSpy trained(&bench.panel, &TrainingPanel::modelTrained);
        QVERIFY(writeFileAtomically(path("endless/one.mid").toStdString(), "MThd one"));
        bench.panel.openFolder(path("endless"));
        auto* start = bench.dialog()->findChild<QPushButton*>("startTraining");
        QTRY_VERIFY(start->isEnabled());
        start->click();
        QTRY_COMPARE(start->text(), "Start training");
        QTRY_VERIFY(start->isEnabled());
        start->click();
        QTRY_VERIFY(bench.button("Hear now")->isVisible());
        QCOMPARE(::kill(static_cast<pid_t>(bench.engine.processId()), SIGKILL), 0);
        QTRY_VERIFY(says(bench.panel, "A training that has begun goes on there"));
        QVERIFY(!bench.button("Hear now")->isVisible());
        QVERIFY(!bench.button("Go on")->isVisible());
        QTRY_VERIFY(bench.button("Hear now")->isVisible());
        QVERIFY(says(bench.panel, "2.29 nats a note, best 2.29 - base 2.86"));
        bench.button("Stop, keep best")->click();
        QTRY_COMPARE(trained.count(), 1);
        QVERIFY(!unfinished());
    }

    void anotherEngineShowsNothingOfATrainingElsewhere() {
        Bench bench(EngineClient::Place::elsewhere);
        QTRY_COMPARE(bench.engine.state(), EngineClient::State::ready);
        QVERIFY(writeFileAtomically(path("endless/one.mid").toStdString(), "MThd one"));
        bench.panel.openFolder(path("endless"));
        auto* start = bench.dialog()->findChild<QPushButton*>("startTraining");
        for (const QString name : {"Send to studio", "Start training"}) {
            QTRY_COMPARE(start->text(), name);
            QTRY_VERIFY(start->isEnabled());
            start->click();
        }
        QTRY_VERIFY(bench.button("Hear now")->isVisible());
        qputenv("XDG_DATA_HOME", path("here").toUtf8());
        bench.engine.setCommand({PANEL_ENGINE, "serve", "1"});
        bench.engine.restart();
        for (int state = 0; state < 2; ++state) {  // while it starts, and then
            QVERIFY(says(bench.panel, "Teach a model your own music"));
            QVERIFY(!says(bench.panel, "nats a note"));
            QVERIFY(!bench.button("Go on")->isVisible());
            QVERIFY(bench.button("Train")->isVisible());
            QSignalSpy listed(&bench.engine, &EngineClient::runsListed);
            QVERIFY(state == 1 || listed.wait());
        }
        qputenv("XDG_DATA_HOME", path("data").toUtf8());
        bench.engine.setCommand({PANEL_ENGINE, "serve"}, EngineClient::Place::elsewhere);
        bench.engine.restart();
        QTRY_VERIFY(bench.button("Hear now")->isVisible());
        QSignalSpy trained(&bench.panel, &TrainingPanel::modelTrained);
        bench.button("Stop, keep best")->click();
        QTRY_COMPARE(trained.count(), 1);
    }

    void stepsThatAreTakenOnceMoreReplaceTheFirstOnes() {
        TrainingLog log;
        const auto step = [&](int number, double nats) {
            log.add({{"event", "step"}, {"step", number}, {"trainNatsPerNote", nats}});
        };
        step(10, 3.5);
        step(20, 3.4);
        step(30, 3.3);
        step(20, 3.2);  // from the checkpoint at 10
        QCOMPARE(log.train, (std::vector<QPointF>{{10, 3.5}, {20, 3.2}}));
    }
};

}  // namespace ricercar

QTEST_MAIN(ricercar::TrainingPanelTest)
#include "training_panel_test.moc"
