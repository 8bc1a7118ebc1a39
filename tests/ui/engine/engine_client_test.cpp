#include "ui/engine/engine_client.h"

#include <signal.h>

#include <algorithm>
#include <memory>
#include <string>

#include <QFile>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "core/engine/rpc/framing.h"
#include "core/engine/rpc/message.h"

using ricercar::EngineClient;
using ricercar::EngineNote;
using ricercar::EngineTake;
using ricercar::EvaluateRequest;
using ricercar::GenerateRequest;
using ricercar::Json;
using ricercar::TrainingEnd;
using ricercar::TrainRequest;

/// The client against a server that is a process of its own; see tests/core/engine/fake.
class EngineClientTest : public QObject {
    Q_OBJECT

private:
    static constexpr int patience = 20'000;  // milliseconds

    std::unique_ptr<EngineClient> startedClient() {
        auto client = std::make_unique<EngineClient>();
        client->setCommand({QStringLiteral(FAKE_ENGINE), QStringLiteral("serve")});
        client->start();
        return client;
    }

    /// Waits for a signal whose first argument is `call`.
    static bool waitFor(QSignalSpy& spy, int call) {
        return QTest::qWaitFor(
            [&] { return std::any_of(spy.begin(), spy.end(), [call](const auto& one) { return one.at(0) == call; }); },
            patience);
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void becomesReadyAndSaysSo() {
        EngineClient client;
        QCOMPARE(client.state(), EngineClient::State::dead);
        QVERIFY(!client.stateText().isEmpty());
        client.setCommand({QStringLiteral(FAKE_ENGINE), QStringLiteral("serve")});
        QSignalSpy states(&client, &EngineClient::stateChanged);
        QSignalSpy facts(&client, &EngineClient::infoChanged);
        client.start();
        QCOMPARE(client.state(), EngineClient::State::starting);
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::ready, patience);
        QCOMPARE(states.size(), 2);
        QCOMPARE(client.stateText(), QStringLiteral("Engine 0.1.0 is ready (cpu)"));
        QVERIFY(facts.count() == 1 || facts.wait());
        QCOMPARE(client.info().blas, QStringLiteral("OpenBLAS 0.3.21"));
        QVERIFY(client.processId() > 0);
    }

    void callsMadeWhileStartingAreAnswered() {
        const auto client = startedClient();
        QSignalSpy listed(client.get(), &EngineClient::modelsListed);
        const int call = client->listModels();
        QVERIFY(waitFor(listed, call));
        const auto models = listed.at(0).at(1).value<QList<ricercar::EngineModel>>();
        QCOMPARE(models.size(), 1);
        QCOMPARE(models.at(0).name, QStringLiteral("default"));
        QCOMPARE(models.at(0).weights, 4612352);
    }

    void composes() {
        const auto client = startedClient();
        QSignalSpy notes(client.get(), &EngineClient::noteDrawn);
        QSignalSpy takes(client.get(), &EngineClient::takeFinished);
        QSignalSpy done(client.get(), &EngineClient::generationDone);
        QSignalSpy prepared(client.get(), &EngineClient::seedPrepared);
        const int preparing = client->prepareSeed(QStringLiteral("default"), {});
        GenerateRequest request;
        request.bars = 2;
        request.takes = 2;
        request.rng = 24;
        const int call = client->generate(request);
        QVERIFY(call != preparing);
        QVERIFY(waitFor(done, call));
        QVERIFY(waitFor(prepared, preparing));
        QCOMPARE(done.at(0).at(1).toBool(), false);
        QCOMPARE(notes.size(), 16);
        const auto note = notes.at(3).at(1).value<EngineNote>();
        QCOMPARE(note.take, 1);
        QCOMPARE(note.onset, 1.0);
        QCOMPARE(note.pitch, 68);
        QCOMPARE(takes.size(), 2);
        const auto take = takes.at(1).at(1).value<EngineTake>();
        QCOMPARE(take.number, 1);
        QVERIFY(take.midi.startsWith("MThd"));
        QCOMPARE(take.recipe["rng"].get<int>(), 24);
        QFile file(take.path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), take.midi);
    }

    void cancelsAGenerationAndKeepsWholeBars() {
        const auto client = startedClient();
        QSignalSpy notes(client.get(), &EngineClient::noteDrawn);
        QSignalSpy takes(client.get(), &EngineClient::takeFinished);
        QSignalSpy done(client.get(), &EngineClient::generationDone);
        GenerateRequest request;
        request.bars = 256;
        request.takes = 1;
        const int call = client->generate(request);
        QTRY_VERIFY_WITH_TIMEOUT(notes.size() >= 5, patience);
        client->cancel(call);
        QVERIFY(waitFor(done, call));
        QCOMPARE(done.at(0).at(1).toBool(), true);
        QCOMPARE(takes.size(), 1);
        client->cancel(call);  // has ended: nothing to do
    }

    void scansAndEvaluates() {
        const auto client = startedClient();
        QSignalSpy progress(client.get(), &EngineClient::corpusProgress);
        QSignalSpy scanned(client.get(), &EngineClient::corpusScanned);
        QSignalSpy evaluated(client.get(), &EngineClient::evaluated);
        const int scan = client->scanCorpus(QStringLiteral("/music/Björk's songs"));
        QVERIFY(waitFor(scanned, scan));
        QVERIFY(!progress.isEmpty());
        QCOMPARE(scanned.at(0).at(1).value<Json>()["folder"].get<std::string>(), std::string("/music/Björk's songs"));
        EvaluateRequest request;
        request.data = QStringLiteral("/music/held-out");
        const int evaluation = client->evaluate(request);
        QVERIFY(waitFor(evaluated, evaluation));
        QCOMPARE(evaluated.at(0).at(1).value<Json>()["natsPerNote"].get<double>(), 3.21);
    }

    void trainsAndStops() {
        const auto client = startedClient();
        QSignalSpy progress(client.get(), &EngineClient::trainingProgress);
        QSignalSpy ended(client.get(), &EngineClient::trainingEnded);
        TrainRequest request;
        request.folder = QStringLiteral("/music/endless");
        request.run = QStringLiteral("/music/run");
        request.minutes = 5;
        const int endless = client->train(request);
        QTRY_VERIFY_WITH_TIMEOUT(progress.size() >= 2, patience);
        client->cancel(endless);
        QVERIFY(waitFor(ended, endless));
        QCOMPARE(ended.at(0).at(1).value<TrainingEnd>().state, TrainingEnd::State::stopped);

        request.folder = QStringLiteral("/music/broken");
        const int broken = client->train(request);
        QVERIFY(waitFor(ended, broken));
        const auto end = ended.at(1).at(1).value<TrainingEnd>();
        QCOMPARE(end.state, TrainingEnd::State::failed);
        QCOMPARE(end.exitStatus, 1);
        QCOMPARE(end.error, QStringLiteral("no MIDI files in this folder"));
    }

    void everyFailureIsASentence() {
        const auto client = startedClient();
        QSignalSpy failed(client.get(), &EngineClient::failed);
        GenerateRequest wrong;
        wrong.bars = 0;
        GenerateRequest broken;
        broken.model = QStringLiteral("broken");
        EvaluateRequest missing;
        missing.data = QStringLiteral("/music/missing");
        for (const int call : {client->generate(wrong), client->generate(broken), client->evaluate(missing),
                               client->scanCorpus(QString()), client->scanCorpus(QStringLiteral("/music/missing"))}) {
            QVERIFY(waitFor(failed, call));
        }
        for (const auto& failure : failed) {
            QVERIFY(failure.at(1).toString().size() > 10);
        }
        QCOMPARE(failed.size(), 5);
    }

    void aKilledEngineFailsItsCallsAndCanBeRestarted() {
        const auto client = startedClient();
        QSignalSpy failed(client.get(), &EngineClient::failed);
        QSignalSpy notes(client.get(), &EngineClient::noteDrawn);
        GenerateRequest request;
        request.bars = 256;
        const int generation = client->generate(request);
        QTRY_VERIFY_WITH_TIMEOUT(!notes.isEmpty(), patience);
        QCOMPARE(::kill(static_cast<pid_t>(client->processId()), SIGKILL), 0);
        QTRY_COMPARE_WITH_TIMEOUT(client->state(), EngineClient::State::dead, patience);
        QVERIFY(client->stateText().contains(QStringLiteral("killed")));
        QCOMPARE(client->processId(), 0);
        QVERIFY(waitFor(failed, generation));

        const int late = client->listModels();
        QCOMPARE(failed.size(), 1);  // not before the call has returned
        QVERIFY(waitFor(failed, late));
        QCOMPARE(failed.at(1).at(1).toString(), client->stateText());

        client->restart();
        QTRY_COMPARE_WITH_TIMEOUT(client->state(), EngineClient::State::ready, patience);
        QSignalSpy listed(client.get(), &EngineClient::modelsListed);
        QVERIFY(waitFor(listed, client->listModels()));
    }

    void trainingDoesNotOutliveAKilledEngine() {
        const auto client = startedClient();
        QSignalSpy progress(client.get(), &EngineClient::trainingProgress);
        TrainRequest request;
        request.folder = QStringLiteral("/music/endless");
        request.run = QStringLiteral("/music/run");
        client->train(request);
        QTRY_VERIFY_WITH_TIMEOUT(!progress.isEmpty(), patience);
        const int process = progress.at(0).at(1).value<Json>()["process"].get<int>();
        QCOMPARE(::kill(static_cast<pid_t>(client->processId()), SIGKILL), 0);
        const auto runs = [process] {  // a process that has ended and nobody has waited for has no command line
            QFile commandLine(QStringLiteral("/proc/%1/cmdline").arg(process));
            return commandLine.open(QIODevice::ReadOnly) && !commandLine.readAll().isEmpty();
        };
        QTRY_VERIFY_WITH_TIMEOUT(!runs(), patience);
    }

    void restartReplacesAnEngineThatRuns() {
        const auto client = startedClient();
        QTRY_COMPARE_WITH_TIMEOUT(client->state(), EngineClient::State::ready, patience);
        const qint64 first = client->processId();
        QSignalSpy failed(client.get(), &EngineClient::failed);
        GenerateRequest request;
        request.bars = 256;
        const int generation = client->generate(request);
        client->restart();
        QCOMPARE(client->state(), EngineClient::State::starting);
        QCOMPARE(failed.at(0).at(0), generation);
        QTRY_COMPARE_WITH_TIMEOUT(client->state(), EngineClient::State::ready, patience);
        QVERIFY(client->processId() != first);
        QTRY_VERIFY_WITH_TIMEOUT(::kill(static_cast<pid_t>(first), 0) != 0, patience);
    }

    void aCommandThatDoesNotExistIsDeadWithAReason() {
        EngineClient client;
        client.setCommand({QStringLiteral("/nowhere/engine"), QStringLiteral("serve")});
        QSignalSpy failed(&client, &EngineClient::failed);
        client.start();
        const int call = client.listModels();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::dead, patience);
        QVERIFY(client.stateText().contains(QStringLiteral("/nowhere/engine")));
        QVERIFY(waitFor(failed, call));
    }

    void whatTheEngineSaidLastIsInTheText() {
        EngineClient client;
        client.setCommand({QStringLiteral(FAKE_ENGINE), QStringLiteral("sing")});
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::dead, patience);
        QVERIFY(client.stateText().contains(QStringLiteral("status 2")));
        QVERIFY(client.stateText().contains(QStringLiteral("usage: fake-engine")));
    }

    void whereTheEngineIsNotFoundItsPathIsAskedFor() {
        EngineClient client;
        client.setCommand({QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                           QStringLiteral("printf '\\033[31mno\\a\\tengine\\033[0m\\r\\n' >&2; exit 127")});
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::dead, patience);
        QCOMPARE(client.stateText(),
                 QStringLiteral("Engine has stopped: it ended with status 127, and said: no engine. "
                                "Give the whole path of ricercar-engine in the command"));
    }

    void aGreetingBeforeTheFirstMessageIsSkipped() {
        EngineClient client;
        client.setCommand({QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                           QStringLiteral("echo Welcome to this machine; exec " FAKE_ENGINE " serve")});
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::ready, patience);
    }

    void aCommandThatPrintsWithoutEndIsNoEngine() {
        EngineClient client;
        client.setCommand({QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                           QStringLiteral("head -c 300000000 /dev/zero; exec sleep 100")});
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::dead, patience / 2);
        QVERIFY(client.stateText().contains(QStringLiteral("prints without end")));
    }

    void whatASilentCommandPrintedIsTold() {
        EngineClient client;
        client.setCommandLine(QStringLiteral("/bin/sh -c \"echo Welcome to this machine; exec sleep 60\""));
        client.setPatience(std::chrono::milliseconds(300));
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::dead, patience);
        QCOMPARE(client.stateText(), QStringLiteral("Engine does not answer; what came was: Welcome to this machine"));
    }

    void anEngineOfAnotherProtocolIsRefused() {
        EngineClient client;
        const QTemporaryDir folder;
        QFile answer(folder.filePath(QStringLiteral("answer")));
        QVERIFY(answer.open(QIODevice::WriteOnly));
        const Json result{{"version", "9.1"}, {"protocol", 7}};
        answer.write(ricercar::framed(ricercar::textOf(ricercar::rpcResult(1, result))).c_str());
        answer.close();
        client.setCommandLine(QStringLiteral("/bin/sh -c \"cat '%1'; exec cat >&2\"").arg(answer.fileName()));
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::dead, patience);
        QVERIFY2(client.stateText().startsWith(QStringLiteral("Engine 9.1 speaks protocol 7, this window")),
                 qPrintable(client.stateText()));
        QVERIFY(client.stateText().contains(QStringLiteral("speaks protocol 1")));
        QVERIFY(!client.isWaiting());
    }

    void sshNeverAsksForAPassword() {
        const QTemporaryDir folder;
        QFile ssh(folder.filePath(QStringLiteral("ssh")));
        QVERIFY(ssh.open(QIODevice::WriteOnly));
        ssh.write("#!/bin/sh\nprintf '<%s>' \"$@\" >&2\nexit 255\n");
        ssh.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        ssh.close();
        EngineClient client;
        client.setCommandLine(ssh.fileName() + QStringLiteral(" \"ada@gpu server\" ricercar-engine serve"));
        QCOMPARE(client.place(), EngineClient::Place::elsewhere);
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::dead, patience);
        QVERIFY(client.stateText().contains(QStringLiteral("cannot be reached")));
        QVERIFY(client.stateText().contains(QStringLiteral("<-oBatchMode=yes>")));
        QVERIFY(client.stateText().contains(QStringLiteral("<ada@gpu server><ricercar-engine><serve>")));
        QVERIFY(!client.isWaiting());  // it never was reached: nothing says that the command is right
        client.setCommandLine(QString());
        QCOMPARE(client.command(), EngineClient::defaultCommand());
        QCOMPARE(client.place(), EngineClient::Place::here);
    }

    void aLostConnectionIsToldAndMadeAgain() {
        EngineClient client;
        client.setCommand({QStringLiteral(FAKE_ENGINE), QStringLiteral("serve")}, EngineClient::Place::elsewhere);
        QSignalSpy failed(&client, &EngineClient::failed);
        QSignalSpy notes(&client, &EngineClient::noteDrawn);
        client.start();
        GenerateRequest request;
        request.bars = 256;
        const int generation = client.generate(request);
        QTRY_VERIFY_WITH_TIMEOUT(!notes.isEmpty(), patience);
        QCOMPARE(client.machine(), QStringLiteral("studio"));
        QVERIFY(client.isBusy());
        QCOMPARE(::kill(static_cast<pid_t>(client.processId()), SIGKILL), 0);
        QVERIFY(waitFor(failed, generation));
        QVERIFY(failed.at(0).at(1).toString().startsWith(QStringLiteral("The connection to the engine is lost")));
        QVERIFY(client.stateText().endsWith(QStringLiteral("It is tried again in 1 s")));
        QVERIFY(client.isWaiting());
        QVERIFY(!client.isBusy());
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::ready, patience);
        QVERIFY(!client.isWaiting());
        QSignalSpy done(&client, &EngineClient::generationDone);
        request.bars = 1;
        QVERIFY(waitFor(done, client.generate(request)));
    }

    void theEngineGetsItsEnvironment() {
        EngineClient client;
        client.setCommand({QStringLiteral("/bin/sh"), QStringLiteral("-c"),
                           QStringLiteral("echo $OPENBLAS_NUM_THREADS $OMP_WAIT_POLICY >&2")});
        client.start();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), EngineClient::State::dead, patience);
        QVERIFY(client.stateText().contains(QStringLiteral("1 passive")));
    }

    void aClientThatIsGoneLetsTheEngineEnd() {
        auto client = startedClient();
        QTRY_COMPARE_WITH_TIMEOUT(client->state(), EngineClient::State::ready, patience);
        const auto process = static_cast<pid_t>(client->processId());
        GenerateRequest request;
        request.bars = 256;
        client->generate(request);
        client.reset();
        QTRY_VERIFY_WITH_TIMEOUT(::kill(process, 0) != 0, patience);
    }

    void aCommandThatNeverAnsweredEndsWithItsClient() {
        auto client = std::make_unique<EngineClient>();
        client->setCommandLine(QStringLiteral("sleep 1000"));
        client->start();
        const auto process = static_cast<pid_t>(client->processId());
        QVERIFY(process > 0);
        client.reset();
        QTRY_VERIFY_WITH_TIMEOUT(::kill(process, 0) != 0, patience);
    }
};

QTEST_GUILESS_MAIN(EngineClientTest)
#include "engine_client_test.moc"
