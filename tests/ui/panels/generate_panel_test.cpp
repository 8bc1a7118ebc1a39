#include "ui/panels/generate_panel.h"

#include <signal.h>

#include <QAbstractButton>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTabBar>

#include "core/base/files.h"
#include "panel_test.h"

namespace ricercar {

class GeneratePanelTest : public PanelTest {
    Q_OBJECT

    struct Bench {
        Session session;
        EngineClient engine;
        GeneratePanel panel{session, engine};
        QAbstractButton* button = control<QAbstractButton>(panel, "Generate");
        QComboBox* model = control<QComboBox>(panel, "Model");

        explicit Bench(const QString& millisecondsPerNote = "1") {
            engine.setCommand({PANEL_ENGINE, "serve", millisecondsPerNote});
            session.setSeed({.name = "seed", .file = {}, .song = share(SongBuilder().note(60, 16).build())});
            panel.show();
        }
        bool becomeReady() {
            engine.start();
            return QTest::qWaitFor([&] { return engine.state() == EngineClient::State::ready && model->count() > 0; });
        }
        void setCounts(int bars, int takes) {
            control<QSpinBox>(panel, "Bars")->setValue(bars);
            control<QSpinBox>(panel, "Takes")->setValue(takes);
        }
        bool allFinished() const {
            return !session.takes().empty() &&
                   std::ranges::all_of(session.takes(), [](const auto& take) { return take.finished; });
        }
    };

private Q_SLOTS:
    void aModelOfThisComputerIsToldToBeMissingElsewhere() {
        QSettings().setValue("generate/model", "/home/ada/models/my songs.safetensors");
        Bench bench;
        bench.engine.setCommand({PANEL_ENGINE, "serve", "1"}, EngineClient::Place::elsewhere);
        QVERIFY(bench.becomeReady());
        QTRY_VERIFY(says(bench.panel, "my songs is on this computer alone; on studio House model composes."));
        bench.model->setCurrentIndex(1);
        Q_EMIT bench.model->activated(1);
        QCOMPARE(QSettings().value("generate/modelElsewhere").toString(), "mine.safetensors");
        QCOMPARE(QSettings().value("generate/model").toString(), "/home/ada/models/my songs.safetensors");
        bench.engine.restart();
        QVERIFY(bench.becomeReady());
        QTRY_COMPARE(bench.model->currentText(), "mine");
        QVERIFY(!says(bench.panel, "on this computer alone"));
    }

    void namesAndDefaults() {
        Bench bench;
        auto* temperature = control<QSlider>(bench.panel, "Temperature");
        QCOMPARE(temperature->minimum(), 20);
        QCOMPARE(temperature->maximum(), 160);
        QCOMPARE(temperature->value(), 90);
        QVERIFY(says(bench.panel, "0.90"));
        temperature->setValue(120);
        QVERIFY(says(bench.panel, "1.20"));
        QTest::mouseDClick(temperature, Qt::LeftButton);
        QCOMPARE(temperature->value(), 90);
        QCOMPARE(control<QSpinBox>(bench.panel, "Bars")->value(), 8);
        QCOMPARE(control<QSpinBox>(bench.panel, "Takes")->value(), 4);
    }

    void listsModelsWithTheirCards() {
        Bench bench;
        bench.engine.start();
        QCOMPARE(bench.model->placeholderText(), "Loading models ...");
        QVERIFY(bench.becomeReady());
        QCOMPARE(bench.model->placeholderText(), "No model yet");
        QCOMPARE(bench.model->count(), 2);
        QCOMPARE(bench.model->itemText(0), "House model");
        QCOMPARE(bench.model->itemData(0, Qt::UserRole + 1).toString(), "8.1 M weights - open data only");
        QCOMPARE(bench.model->itemData(1, Qt::UserRole + 1).toString(), "3 pieces of songs");
    }

    void drawsTakesAndTellsTheTime() {
        Bench bench;
        QVERIFY(bench.becomeReady());
        QSignalSpy firstNote(&bench.panel, &GeneratePanel::firstNoteDrawn);
        bench.setCounts(2, 3);
        control<QSlider>(bench.panel, "Temperature")->setValue(130);
        bench.button->click();
        QCOMPARE(bench.session.takes().size(), 3u);
        QCOMPARE(bench.button->text(), "Stop");
        QTRY_VERIFY(bench.allFinished());
        QCOMPARE(firstNote.count(), 1);
        QTRY_COMPARE(bench.button->text(), "Generate");
        const Session::Take& take = bench.session.takes().front();
        QCOMPARE(noteCount(*take.song), 8u);
        QCOMPARE(take.recipe["temperature"].get<double>(), 1.3);
        static const QRegularExpression figures("^first note in \\d+ ms, 3 takes in \\d+\\.\\d s$");
        bool told = false;
        for (const auto* label : bench.panel.findChildren<QLabel*>()) told |= figures.match(label->text()).hasMatch();
        QVERIFY(told);
    }

    void theFirstNoteThatIsToldIsOneOfTheCurrentTake() {
        Bench bench;
        QVERIFY(bench.becomeReady());
        bench.setCounts(2, 3);
        bench.button->click();
        bench.session.stepTake(+1);
        bench.session.stepTake(+1);
        std::vector<std::size_t> notes;
        connect(&bench.panel, &GeneratePanel::firstNoteDrawn, this,
                [&] { notes.push_back(noteCount(*bench.session.currentTake()->song)); });
        QTRY_VERIFY(bench.allFinished());
        QCOMPARE(notes, std::vector<std::size_t>{1});
    }

    void barsAreFilledIn() {
        Bench bench;
        QVERIFY(bench.becomeReady());
        control<QTabBar>(bench.panel, "Task")->setCurrentIndex(1);
        QVERIFY(!control<QSpinBox>(bench.panel, "Bars")->isEnabled());
        QCOMPARE(control<QSpinBox>(bench.panel, "First bar to write")->value(), 2);  // of four
        QCOMPARE(control<QSpinBox>(bench.panel, "Last bar to write")->value(), 3);
        control<QSpinBox>(bench.panel, "Last bar to write")->setValue(4);
        control<QComboBox>(bench.panel, "Instrument to write anew")->setCurrentIndex(1);
        bench.button->click();
        QTRY_VERIFY(bench.allFinished());
        const FillIn fill{.firstBar = 1, .lastBar = 3, .tracks = {0}, .added = {}};
        QVERIFY(bench.session.takes().front().fill() == fill);
        QCOMPARE(barCount(*bench.session.takes().front().song), 3);
        QCOMPARE(barCount(*bench.session.arrangement()), 4);
    }

    void aPartIsAdded() {
        Bench bench;
        QVERIFY(bench.becomeReady());
        auto* task = control<QTabBar>(bench.panel, "Task");
        task->setCurrentIndex(2);
        auto* instrument = control<QComboBox>(bench.panel, "Instrument to add");
        QCOMPARE(instrument->currentText(), "Acoustic Bass");
        instrument->setCurrentIndex(0);
        bench.button->click();
        QTRY_VERIFY(bench.allFinished());
        QVERIFY(bench.session.takes().front().fill()->added->drums);
        QCOMPARE(bench.session.arrangement()->tracks.size(), 2u);
        bench.session.setSeed({});
        QCOMPARE(task->currentIndex(), 0);  // without a seed there is nothing to add to
        QVERIFY(!task->isTabEnabled(1) && !task->isTabEnabled(2));
        QVERIFY(control<QSpinBox>(bench.panel, "Bars")->isEnabled());
    }

    void notesAppearWhileTheyAreDrawn() {
        Bench bench("20");
        QVERIFY(bench.becomeReady());
        bench.setCounts(4, 2);
        bench.panel.generate();
        QTRY_VERIFY(noteCount(*bench.session.takes().front().song) > 0);
        QVERIFY(!bench.session.takes().front().finished);
        QTRY_VERIFY(bench.allFinished());
    }

    void stopKeepsWholeBars() {
        Bench bench("20");
        QVERIFY(bench.becomeReady());
        bench.setCounts(100, 2);
        bench.panel.generate();
        QTRY_VERIFY(noteCount(*bench.session.takes().front().song) >= 5);
        bench.button->click();
        QTRY_COMPARE(bench.button->text(), "Generate");
        QVERIFY(bench.allFinished());
        QCOMPARE(bench.session.takes().size(), 2u);
        QVERIFY(noteCount(*bench.session.takes().front().song) < 400);
        QCOMPARE(noteCount(*bench.session.takes().front().song) % 4, 0u);
    }

    void aTakeWithoutAWholeBarGoes() {
        Bench bench("100");
        QVERIFY(bench.becomeReady());
        bench.setCounts(100, 2);
        bench.panel.generate();
        QTRY_COMPARE(noteCount(*bench.session.takes().front().song), 1u);
        bench.panel.generate();
        QTRY_VERIFY(bench.session.takes().empty());
        QCOMPARE(bench.button->text(), "Generate");
    }

    void aStartingEngineIsWaitedFor() {
        Bench bench;
        bench.engine.start();
        bench.setCounts(1, 1);
        bench.button->click();
        QVERIFY(says(bench.panel, "The engine is starting; the takes come as soon as it is ready."));
        QTRY_VERIFY(bench.allFinished());
    }

    void aDeadEngineCanBeStartedAgain() {
        Bench bench;
        auto* restart = control<QAbstractButton>(bench.panel, "Restart the engine");
        QVERIFY(restart->isVisible());
        restart->click();
        QTRY_COMPARE(bench.engine.state(), EngineClient::State::ready);
        QVERIFY(!restart->isVisible());
        bench.setCounts(100, 1);
        bench.panel.generate();
        QTRY_COMPARE(bench.session.takes().size(), 1u);
        ::kill(static_cast<pid_t>(bench.engine.processId()), SIGKILL);
        QTRY_VERIFY(restart->isVisible());
        QVERIFY(bench.session.takes().empty());
        QCOMPARE(bench.button->text(), "Generate");
        QVERIFY(bench.button->isEnabled());
        bench.setCounts(1, 1);
        bench.button->click();
        QTRY_VERIFY(bench.allFinished());
    }

    void whatADyingEngineHasDrawnIsKept() {
        Bench bench("20");
        QVERIFY(bench.becomeReady());
        bench.setCounts(100, 2);
        bench.panel.generate();
        QTRY_VERIFY(noteCount(*bench.session.takes().back().song) >= 9);
        ::kill(static_cast<pid_t>(bench.engine.processId()), SIGKILL);
        QTRY_COMPARE(bench.button->text(), "Generate");
        QVERIFY(bench.allFinished());
        QVERIFY(says(bench.panel, "The whole bars drawn so far are kept."));
        QCOMPARE(bench.session.takes().size(), 2u);
        for (const Session::Take& take : bench.session.takes()) {
            QVERIFY(noteCount(*take.song) >= 8);
            QCOMPARE(noteCount(*take.song) % 4, 0u);
            QCOMPARE(take.song->end.value, static_cast<std::int64_t>(noteCount(*take.song)) * 480);
            QVERIFY(take.recipe["part"].get<bool>());
        }
        QCOMPARE(bench.session.takes().back().recipe["take"].get<int>(), 1);
    }

    void anEngineThatCannotStartIsExplained() {
        Bench bench;
        bench.engine.setCommand({path("nowhere")});
        bench.button->click();
        QTRY_VERIFY(says(bench.panel, "nowhere"));
        QTRY_VERIFY(bench.session.takes().empty());
        QCOMPARE(bench.button->text(), "Generate");
    }

    void theRandomSeedChangesUnlessKept() {
        Bench bench;
        QVERIFY(bench.becomeReady());
        bench.setCounts(1, 1);
        auto* rng = control<QSpinBox>(bench.panel, "Random seed");
        const auto draw = [&] {
            bench.button->click();
            return QTest::qWaitFor([&] { return bench.button->text() == "Generate" && bench.allFinished(); });
        };
        QVERIFY(draw());
        const int first = rng->value();
        QCOMPARE(bench.session.takes().front().recipe["rng"].get<int>(), first);
        control<QCheckBox>(bench.panel, "Keep the random seed")->setChecked(true);
        QVERIFY(draw());
        QCOMPARE(rng->value(), first);
        QCOMPARE(*bench.session.takes()[0].song, *bench.session.takes()[1].song);
        control<QCheckBox>(bench.panel, "Keep the random seed")->setChecked(false);
        QVERIFY(draw());
        QVERIFY(rng->value() != first);
        rng->setValue(first);  // one that is chosen is kept
        QVERIFY(draw());
        QCOMPARE(rng->value(), first);
    }

    void takesKeepToWhatIsAskedOfThem() {
        {
            Bench bench;
            QVERIFY(bench.becomeReady());
            auto* more = control<QAbstractButton>(bench.panel, "More");
            QCOMPARE(more->text(), "More: key, range, style ...");
            more->click();
            auto* key = control<QComboBox>(bench.panel, "Key");
            auto* lowest = control<QSpinBox>(bench.panel, "Lowest pitch");
            auto* minP = control<QDoubleSpinBox>(bench.panel, "Min-p");
            QVERIFY(key->isVisible() && lowest->isVisible());
            QCOMPARE(minP->text(), "auto");
            key->setCurrentText("D minor");
            lowest->selectAll();
            QTest::keyClicks(lowest, "bb2");
            QTest::keyClick(lowest, Qt::Key_Return);
            QCOMPARE(lowest->text(), "A#2");
            control<QSpinBox>(bench.panel, "Highest pitch")->setValue(84);
            QCOMPARE(lowest->maximum(), 84);
            auto* style = control<QComboBox>(bench.panel, "Style");
            QTRY_VERIFY(style->isEnabled());
            style->setCurrentText("Chorale");
            Q_EMIT style->activated(style->currentIndex());
            control<QComboBox>(bench.panel, "Density")->setCurrentText("to 3 a quarter");
            control<QComboBox>(bench.panel, "Voices")->setCurrentText("over 6 at once");
            control<QCheckBox>(bench.panel, "Ending")->setChecked(true);
            QCOMPARE(more->text(),
                     "More: D minor, A#2 to C6, Chorale, notes to 3 a quarter, voices over 6 at once, ending");
            minP->setValue(0.1);
            bench.setCounts(1, 1);
            bench.button->click();
            QTRY_VERIFY(bench.allFinished());
            const Json& recipe = bench.session.takes().front().recipe;
            QCOMPARE(recipe["key"].get<std::string>(), "D minor");
            QCOMPARE(recipe["lowestPitch"].get<int>(), 46);
            QCOMPARE(recipe["highestPitch"].get<int>(), 84);
            QCOMPARE(recipe["style"].get<std::string>(), "Chorale");
            QCOMPARE(recipe["density"].get<int>(), 3);
            QCOMPARE(recipe["polyphony"].get<int>(), 5);
            QCOMPARE(recipe["ending"].get<bool>(), true);
            QCOMPARE(recipe["minP"].get<double>(), 0.1);
            // Another model knows none of them.
            control<QComboBox>(bench.panel, "Model")->setCurrentIndex(1);
            QVERIFY(!style->isEnabled());
            QCOMPARE(more->text(), "More: D minor, A#2 to C6, ending, min-p");
        }
        Bench later;
        QVERIFY(later.becomeReady());
        QTRY_COMPARE(control<QAbstractButton>(later.panel, "More")->text(),
                     "More: D minor, A#2 to C6, Chorale, notes to 3 a quarter, voices over 6 at once, ending, min-p");
    }

    void aNewModelIsChosenAndRemembered() {
        Bench bench;
        QVERIFY(bench.becomeReady());
        const QString file = path("data/ricercar/models/songs.safetensors");
        QVERIFY(writeFileAtomically(file.toStdString(), "weights"));
        bench.panel.chooseModel(file);
        QTRY_COMPARE(bench.model->currentText(), "songs");
        Bench later;
        QVERIFY(later.becomeReady());
        QCOMPARE(later.model->currentText(), "songs");
    }
};

}  // namespace ricercar

QTEST_MAIN(ricercar::GeneratePanelTest)
#include "generate_panel_test.moc"
