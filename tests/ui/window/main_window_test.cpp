#include "ui/main_window.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include "support/qt_warnings.h"
#include "support/song_builder.h"
#include "support/temporary_folder.h"
#include "ui/engine/engine_client.h"
#include "ui/panels/user_library.h"
#include "ui/piano_roll.h"
#include "ui/playback.h"
#include "ui/session.h"
#include "ui/shortcuts_window.h"
#include "ui/theme.h"
#include "ui/theme_choice.h"

namespace ricercar {

namespace {

std::shared_ptr<const Song> fourBars() {
    SongBuilder builder;
    builder.meter(0, {3, 4}).tempo(0, 96);
    for (int bar = 0; bar < 4; ++bar) builder.note(60 + bar, 3);
    return std::make_shared<const Song>(builder.build());
}

}  // namespace

class MainWindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<ThemeChoice>(); }
    void init() {
        failOnQtWarnings();
        m_session = std::make_unique<Session>();
        m_session->setSeed(
            {.name = QStringLiteral("Waltz"), .file = {}, .firstBar = 0, .lastBar = 3, .song = fourBars()});
        m_player = Player::create({.soundFont = {}, .driver = "silent"});
        m_playback = std::make_unique<Playback>(*m_session, *m_player);
        m_engine = std::make_unique<EngineClient>();
        m_library = std::make_unique<UserLibrary>(m_folder.path() / "library.sqlite");
        m_window = std::make_unique<MainWindow>(*m_session, *m_playback, *m_engine, *m_library, *m_theme);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }
    void cleanup() {
        m_window.reset();
        m_library.reset();
        std::filesystem::remove(m_folder.path() / "library.sqlite");
        m_engine.reset();
        m_playback.reset();
        m_player.reset();
        m_session.reset();
    }

    void controlsHaveTheirNames_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"Seeds", "Model", "Temperature", "Bars", "Takes", "Generate", "Take list", "Play",
                                 "Stop", "Loop", "Train", "Piano roll"}) {
            QTest::newRow(name) << QString::fromLatin1(name);
        }
    }
    void controlsHaveTheirNames() {
        QFETCH(QString, name);
        int found = 0;
        for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
            found += widget->accessibleName() == name;
        }
        QCOMPARE(found, 1);
    }

    void everyButtonHasANameAndEveryControlAnObjectName() {
        for (const auto* button : m_window->findChildren<QAbstractButton*>()) {
            const bool named = !button->accessibleName().isEmpty() || !button->text().isEmpty();
            const bool ofQt = button->objectName().startsWith(QStringLiteral("qt_")) ||
                              qobject_cast<QLineEdit*>(button->parentWidget()) != nullptr;
            if (ofQt) continue;
            QVERIFY2(named, qPrintable(button->objectName()));
            QVERIFY2(!button->objectName().isEmpty(), qPrintable(button->text() + button->accessibleName()));
        }
    }

    void transportFollowsTheKeyboard() {
        press(Qt::Key_Space);
        QTRY_VERIFY(m_playback->position().value > 0);
        QTRY_VERIFY(action("play")->isChecked());
        press(Qt::Key_Return);
        QVERIFY(!m_playback->playing());
        QCOMPARE(m_playback->position().value, 0);
        press(Qt::Key_End);
        QCOMPARE(m_playback->position().value, 12 * 480);
        press(Qt::Key_Home);
        QCOMPARE(m_playback->position().value, 0);
        press(Qt::Key_L);
        QVERIFY(m_playback->loopOn());
        QVERIFY(action("loop")->isChecked());
        press(Qt::Key_QuoteLeft);
        QVERIFY(m_playback->metronomeOn());
        press(Qt::Key_L);
        QVERIFY(!m_playback->loopOn());
    }

    void takesFollowTheKeyboard() {
        const auto takes = m_session->beginTakes(2);
        for (const auto take : takes) m_session->finishTake(take, fourBars(), {}, {});
        press(Qt::Key_BracketRight);
        QCOMPARE(m_session->currentTake()->id, takes[1]);
        press(Qt::Key_BracketLeft);
        QCOMPARE(m_session->currentTake()->id, takes[0]);
        press(Qt::Key_Asterisk);
        QVERIFY(m_session->take(takes[0])->starred);
        press(Qt::Key_Delete);
        QVERIFY(m_session->take(takes[0])->rejected);
        press(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(!m_session->take(takes[0])->rejected);
    }

    void lettersInAFieldAreWords() {
        QLineEdit* field = nullptr;
        for (auto* found : m_window->findChildren<QLineEdit*>()) {
            if (!found->placeholderText().isEmpty()) field = found;
        }
        QVERIFY(field != nullptr);
        field->setFocus();
        QTest::keyClicks(field, QStringLiteral("l g"));
        QCOMPARE(field->text(), QStringLiteral("l g"));
        QVERIFY(!m_playback->loopOn());
        QVERIFY(m_session->takes().empty());
    }

    void lettersInAFieldOfNumbersAreCommands() {
        auto* bars = control<QSpinBox>("Bars");
        bars->setFocus();
        bars->selectAll();
        QTest::keyClicks(bars, QStringLiteral("14"));
        QCOMPARE(bars->value(), 14);
        QTest::keyClick(bars, Qt::Key_Space);
        QVERIFY(m_playback->playing());
        QTest::keyClick(bars, Qt::Key_L);
        QVERIFY(m_playback->loopOn());
        QCOMPARE(bars->value(), 14);
        QVERIFY(bars->hasFocus());
    }

    void enterAndEscapeInAFieldOfNumbersGiveTheKeyboardBack_data() {
        QTest::addColumn<Qt::Key>("key");
        QTest::newRow("Return") << Qt::Key_Return;
        QTest::newRow("Enter") << Qt::Key_Enter;
        QTest::newRow("Escape") << Qt::Key_Escape;
    }
    void enterAndEscapeInAFieldOfNumbersGiveTheKeyboardBack() {
        QFETCH(Qt::Key, key);
        m_playback->play();
        button("More")->click();
        for (const char* name : {"Bars", "Takes", "Random seed"}) {
            auto* field = control<QSpinBox>(name);
            field->setFocus();
            field->selectAll();
            QTest::keyClick(field, Qt::Key_7);
            QTest::keyClick(field, key);
            QCOMPARE(field->value(), 7);
            QCOMPARE(QApplication::focusWidget(), &m_window->pianoRoll());
        }
        QVERIFY(m_playback->playing());
    }

    void returnTakesTheChoiceOfAnOpenList() {
        auto* order = control<QComboBox>("Sort takes");
        m_playback->play();
        order->setFocus();
        order->showPopup();
        QVERIFY(QTest::qWaitForWindowExposed(order->view()->window()));
        QTest::keyClick(order->view(), Qt::Key_Down);
        QTest::keyClick(order->view(), Qt::Key_Return);
        QTRY_VERIFY(!order->view()->isVisible());
        QCOMPARE(order->currentIndex(), 1);
        QVERIFY(m_playback->playing());
    }

    void aButtonReachedByTabKeepsTheSpaceBar() {
        auto* loop = button("Loop");
        loop->setFocus(Qt::TabFocusReason);
        QTest::keyClick(loop, Qt::Key_Space);
        QVERIFY(m_playback->loopOn());
        QVERIFY(!m_playback->playing());
    }

    void showsWhereItPlays() {
        m_playback->locate(Tick{3 * 480 * 2 + 480 + 120});
        QCOMPARE(m_window->findChild<QWidget*>(QStringLiteral("position"))->accessibleDescription(),
                 QStringLiteral("3 . 2 . 120"));
        QCOMPARE(label("tempo"), QStringLiteral("96.0"));
        QCOMPARE(label("meter"), QStringLiteral("3/4"));
        QCOMPARE(m_window->windowTitle(), QStringLiteral("Waltz - Ricercar"));
    }

    void themeCanBeChosenAndIsRemembered() {
        action("themeLight")->trigger();
        QCOMPARE(&currentTheme(), &lightTheme());
        QVERIFY(ThemeChoice().choice() == ThemeChoice::Choice::light);
        action("themeDark")->trigger();
        QCOMPARE(&currentTheme(), &darkTheme());
    }

    void everyShortcutIsListedAndNoneTwice() {
        QList<QKeySequence> all;
        for (const QAction* found : m_window->findChildren<QAction*>()) {
            for (const QKeySequence& keys : found->shortcuts()) {
                QVERIFY2(!all.contains(keys), qPrintable(keys.toString()));
                all.append(keys);
            }
        }
        QVERIFY(all.size() > 20);
        ShortcutsWindow window(m_window->menuBar()->actions(), m_window.get());
        QString text;
        for (const QLabel* words : window.findChildren<QLabel*>()) text += words->text() + QLatin1Char('\n');
        for (const QKeySequence& keys : all) {
            QVERIFY2(text.contains(keys.toString(QKeySequence::NativeText)), qPrintable(keys.toString()));
        }
    }

    void panelsCanBeHidden() {
        auto* panel = m_window->findChild<QWidget*>(QStringLiteral("seedPanel"));
        QVERIFY(panel->isVisible());
        action("showSeeds")->trigger();
        QVERIFY(!panel->isVisible());
        action("showSeeds")->trigger();
        QVERIFY(panel->isVisible());
    }

    void whatWentWrongIsToldForAWhile() {
        auto* notice = m_window->findChild<QWidget*>(QStringLiteral("notice"));
        QVERIFY(!notice->isVisible());
        for (const bool closed : {true, false}) {
            Q_EMIT m_library->failed(QStringLiteral("The disk is full"));
            QVERIFY(notice->isVisible());
            QCOMPARE(notice->findChild<QLabel*>()->text(), QStringLiteral("The disk is full"));
            closed ? button("Close the message")->click() : notice->findChild<QTimer*>()->start(0);
            QTRY_VERIFY(!notice->isVisible());
        }
    }

    void aMenuThatIsClosedGivesTheKeyboardBack() {
        m_window->pianoRoll().setFocus();
        QTest::keyClick(m_window.get(), Qt::Key_R, Qt::AltModifier);
        QTRY_VERIFY(QApplication::activePopupWidget() != nullptr);
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Escape);
        QTRY_VERIFY(QApplication::activePopupWidget() == nullptr);
        QCOMPARE(QApplication::focusWidget(), &m_window->pianoRoll());
    }

    void fitsALowScreenWithEverythingOpen() {
        button("More")->click();
        QTRY_VERIFY(m_window->minimumSizeHint().height() <= 700);
        m_window->showNormal();
        m_window->resize(1280, 800);
        const auto* generate = m_window->findChild<QPushButton*>(QStringLiteral("generate"));
        QTRY_COMPARE(generate->visibleRegion().boundingRect(), generate->rect());
    }

    void theWheelChangesOnlyTheFieldThatHasTheFocus() {
        auto* bars = control<QSpinBox>("Bars");
        auto* key = control<QComboBox>("Key");
        auto* temperature = control<QSlider>("Temperature");
        m_window->pianoRoll().setFocus();
        const int before[] = {bars->value(), key->currentIndex(), temperature->value()};
        for (QWidget* field : std::initializer_list<QWidget*>{bars, key, temperature}) {
            QCOMPARE(field->focusPolicy(), Qt::StrongFocus);  // the wheel does not give it the focus either
            turnWheel(field);
        }
        QCOMPARE(bars->value(), before[0]);
        QCOMPARE(key->currentIndex(), before[1]);
        QCOMPARE(temperature->value(), before[2]);
        bars->setFocus();
        turnWheel(bars);
        QCOMPARE(bars->value(), before[0] - 1);
        bars->setValue(before[0]);
    }

    void midiFilesCanBeDropped() {
        const QString file = QStringLiteral(RICERCAR_SOURCE_DIR "/resources/examples/Clockwork.mid");
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QStringLiteral("/nowhere/picture.png")), QUrl::fromLocalFile(file)});
        QDragEnterEvent enter({600, 300}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({600, 300}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(m_window.get(), &drop);
        QTRY_COMPARE(m_session->seed().name, QStringLiteral("Clockwork"));
        QCOMPARE(m_window->windowTitle(), QStringLiteral("Clockwork - Ricercar"));

        QMimeData picture;
        picture.setUrls({QUrl::fromLocalFile(QStringLiteral("/nowhere/picture.png"))});
        QDragEnterEvent other({600, 300}, Qt::CopyAction, &picture, Qt::LeftButton, {});
        QApplication::sendEvent(m_window.get(), &other);
        QVERIFY(!other.isAccepted());
    }

    void programStartsAndTellsItsTime() {
        QProcess program;
        program.start(QStringLiteral(RICERCAR_PROGRAM), {QStringLiteral("--startup-time")});
        QVERIFY(program.waitForFinished());
        QCOMPARE(program.exitCode(), 0);
        bool isNumber = false;
        const int milliseconds = QString::fromLatin1(program.readAllStandardOutput()).trimmed().toInt(&isNumber);
        QVERIFY(isNumber);
        QVERIFY(milliseconds > 0);
    }

private:
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        m_window->pianoRoll().setFocus();
        QTest::keyClick(&m_window->pianoRoll(), key, modifiers);
    }
    /// A notch downwards.
    static void turnWheel(QWidget* widget) {
        const QPointF middle = widget->rect().center();
        QWheelEvent event(middle, widget->mapToGlobal(middle), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(widget, &event);
    }
    QAction* action(const char* name) { return m_window->findChild<QAction*>(QString::fromLatin1(name)); }
    QString label(const char* name) { return m_window->findChild<QLabel*>(QString::fromLatin1(name))->text(); }
    template <typename Control>
    Control* control(const char* name) {
        for (auto* found : m_window->findChildren<Control*>()) {
            if (found->accessibleName() == QLatin1String(name)) return found;
        }
        return nullptr;
    }
    QToolButton* button(const char* name) { return control<QToolButton>(name); }

    TemporaryFolder m_folder;
    std::unique_ptr<ThemeChoice> m_theme;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Player> m_player;
    std::unique_ptr<Playback> m_playback;
    std::unique_ptr<EngineClient> m_engine;
    std::unique_ptr<UserLibrary> m_library;
    std::unique_ptr<MainWindow> m_window;
};

}  // namespace ricercar

QTEST_MAIN(ricercar::MainWindowTest)
#include "main_window_test.moc"
