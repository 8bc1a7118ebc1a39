#include "ui/panels/engine_dialog.h"

#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTimer>

#include "panel_test.h"

namespace ricercar {

class EngineDialogTest : public PanelTest {
    Q_OBJECT

    const QString m_command = QStringLiteral(PANEL_ENGINE " serve 20");

    static void choose(EngineDialog& dialog, const QString& command) {
        control<QRadioButton>(dialog, "Another computer")->setChecked(true);
        control<QLineEdit>(dialog, "Command of the engine")->setText(command);
    }
    static QPushButton* button(EngineDialog& dialog, const QString& name) { return control<QPushButton>(dialog, name); }

private Q_SLOTS:
    void isThisComputerAtFirst() {
        EngineClient engine;
        EngineDialog dialog(engine);
        QVERIFY(control<QRadioButton>(dialog, "This computer")->isChecked());
        QVERIFY(!control<QLineEdit>(dialog, "Command of the engine")->isEnabled());
        QVERIFY(button(dialog, "Use it")->isEnabled());
        choose(dialog, "  ");
        QVERIFY(control<QLineEdit>(dialog, "Command of the engine")->isEnabled());
        QVERIFY(!button(dialog, "Use it")->isEnabled());
        QVERIFY(!button(dialog, "Test the engine")->isEnabled());
    }

    void theCommandIsWrittenWithDoubleQuotes() {
        EngineClient engine;
        EngineDialog dialog(engine);
        dialog.show();
        control<QRadioButton>(dialog, "Another computer")->click();
        QVERIFY(dialog.focusWidget() == control<QLineEdit>(dialog, "Command of the engine"));
        choose(dialog, "ssh host '/home/ada/my engine' serve");
        QVERIFY(says(dialog, "quote with double quotes"));
        QVERIFY(button(dialog, "Use it")->isEnabled());
        choose(dialog, "ssh host \"'/home/ada/my engine' serve\"");
        QVERIFY(!says(dialog, "quote with double quotes"));
    }

    void aTestSaysWhatAnswered() {
        EngineClient engine;
        EngineDialog dialog(engine);
        dialog.show();
        choose(dialog, m_command);
        button(dialog, "Test the engine")->click();
        QTRY_VERIFY(says(dialog, "studio answers in"));
        QVERIFY(says(dialog, "Version 0.1.0, with 2 models."));
        QTRY_VERIFY(says(dialog, "Trains on: processor, 2 threads."));
        QCOMPARE(engine.state(), EngineClient::State::dead);  // the one that is used is left alone
        choose(dialog, "/nowhere/ssh host ricercar-engine serve");
        QVERIFY(!says(dialog, "answers"));
        button(dialog, "Test the engine")->click();
        QTRY_VERIFY(says(dialog, "The engine cannot be reached: /nowhere/ssh could not be started"));
        QVERIFY(button(dialog, "Test the engine")->isEnabled());
    }

    void theChoiceIsUsedAtOnceAndRemembered() {
        EngineClient engine;
        EngineDialog dialog(engine);
        choose(dialog, m_command);
        button(dialog, "Use it")->click();
        QTRY_COMPARE(engine.state(), EngineClient::State::ready);
        QCOMPARE(engine.machine(), QString("studio"));
        QCOMPARE(QSettings().value(EngineDialog::setting).toString(), m_command);
        QVERIFY(control<QRadioButton>(*std::make_unique<EngineDialog>(engine), "Another computer")->isChecked());
    }

    void workUnderWayIsNotCutOffWithoutAsking() {
        EngineClient engine;
        engine.setCommandLine(m_command);
        QSettings().setValue(EngineDialog::setting, m_command);
        engine.start();
        QSignalSpy notes(&engine, &EngineClient::noteDrawn);
        GenerateRequest request;
        request.bars = 256;
        engine.generate(request);
        QTRY_VERIFY(!notes.isEmpty());
        EngineDialog dialog(engine);
        dialog.show();
        control<QRadioButton>(dialog, "This computer")->setChecked(true);
        bool asked = false;
        QTimer::singleShot(0, &dialog, [&] {
            auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
            asked = box != nullptr && box->text().contains("The engine is at work") &&
                    box->text().contains("a training goes on there by itself");
            if (box != nullptr) box->button(QMessageBox::No)->click();
        });
        button(dialog, "Use it")->click();
        QVERIFY(asked);
        QVERIFY(dialog.isVisible());
        QCOMPARE(engine.state(), EngineClient::State::ready);
        QCOMPARE(engine.place(), EngineClient::Place::elsewhere);
    }
};

}  // namespace ricercar

QTEST_MAIN(ricercar::EngineDialogTest)
#include "engine_dialog_test.moc"
