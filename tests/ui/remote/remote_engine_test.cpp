// The real engine behind a real ssh: an sshd of the test's own, on this machine, and an engine with folders of its own.

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QPushButton>
#include <QSignalSpy>

#include "core/base/descriptor.h"
#include "core/engine/host_name.h"
#include "panel_test.h"
#include "ui/panels/generation.h"
#include "ui/panels/training_dialog.h"
#include "ui/panels/training_panel.h"

namespace ricercar {

class RemoteEngineTest : public PanelTest {
    Q_OBJECT

    static constexpr int patience = 120'000;  // milliseconds
    const QString m_sshd = QStringLiteral("/usr/sbin/sshd");
    std::unique_ptr<TemporaryFolder> m_server;
    std::unique_ptr<QProcess> m_daemon;
    QString m_command;

    QString there(const QString& name) const {
        return QString::fromStdString((m_server->path() / name.toStdString()).string());
    }
    static bool makeKey(const QString& file) {
        return QProcess::execute("ssh-keygen", {"-q", "-t", "ed25519", "-N", "", "-f", file}) == 0;
    }
    static bool write(const QString& path, const QByteArray& text) {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    }
    static sockaddr_in local(int port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    static int freePort() {
        const Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
        sockaddr_in address = local(0);
        socklen_t size = sizeof(address);
        ::bind(socket.number(), reinterpret_cast<sockaddr*>(&address), size);
        ::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }
    static bool listens(int port) {
        const Descriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = local(port);
        return ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    }
    void connectTo(EngineClient& engine) const {
        engine.setCommandLine(m_command);
        engine.start();
    }
    /// As when the network goes: nobody says good-bye.
    static void cut(const EngineClient& engine) { ::kill(static_cast<pid_t>(engine.processId()), SIGKILL); }

private Q_SLOTS:
    void initTestCase() {
        if (!QFile::exists(m_sshd)) QSKIP("there is no sshd here: install openssh-server");
        m_server = std::make_unique<TemporaryFolder>();
        QVERIFY(makeKey(there("host")));
        QVERIFY(makeKey(there("user")));
        QVERIFY(QFile::copy(there("user.pub"), there("authorized")));
        const int port = freePort();
        const QString config = QStringLiteral(
                                   "Port %1\nListenAddress 127.0.0.1\nHostKey %2\nAuthorizedKeysFile %3\nPidFile none\n"
                                   "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n")
                                   .arg(port)
                                   .arg(there("host"), there("authorized"));
        QVERIFY(write(there("sshd_config"), config.toUtf8()));
        if (::geteuid() == 0) QDir().mkpath("/run/sshd");  // where root's sshd shuts itself in
        m_daemon = std::make_unique<QProcess>();
        m_daemon->setStandardErrorFile(there("log"));
        m_daemon->start(m_sshd, {"-D", "-e", "-f", there("sshd_config")});
        QTRY_VERIFY_WITH_TIMEOUT(listens(port), patience);
        m_command = QStringLiteral(
                        "ssh -F none -p %1 -i %2 -o IdentitiesOnly=yes -o StrictHostKeyChecking=no "
                        "-o UserKnownHostsFile=%3 -o LogLevel=ERROR 127.0.0.1 "
                        "echo Welcome; env XDG_DATA_HOME=%4 XDG_CACHE_HOME=%5 %6 serve")
                        .arg(port)
                        .arg(there("user"), there("known"), there("data"), there("cache"), RICERCAR_ENGINE);
        EngineClient engine;
        connectTo(engine);
        QTRY_VERIFY_WITH_TIMEOUT(engine.state() != EngineClient::State::starting, patience);
        if (engine.stateText().contains("Permission denied")) QSKIP("this sshd does not let the user of the test in");
        QVERIFY2(engine.state() == EngineClient::State::ready, qPrintable(engine.stateText()));
        QCOMPARE(engine.machine(), QString::fromStdString(hostName()));
    }

    void cleanupTestCase() {
        if (m_daemon) {
            m_daemon->terminate();
            m_daemon->waitForFinished();
        }
    }

    void modelsAreListedAndNotesStreamBack() {
        EngineClient engine;
        connectTo(engine);
        QSignalSpy listed(&engine, &EngineClient::modelsListed);
        QSignalSpy notes(&engine, &EngineClient::noteDrawn);
        QSignalSpy takes(&engine, &EngineClient::takeFinished);
        QSignalSpy done(&engine, &EngineClient::generationDone);
        engine.listModels();
        GenerateRequest request;
        request.bars = 2;
        request.takes = 2;
        engine.generate(request);
        QTRY_COMPARE_WITH_TIMEOUT(done.count(), 1, patience);
        QVERIFY(!listed.front().at(1).value<QList<EngineModel>>().isEmpty());
        QVERIFY(notes.count() > 4);
        QCOMPARE(takes.count(), 2);
        QVERIFY(takes.front().at(1).value<EngineTake>().midi.startsWith("MThd"));
    }

    void aGenerationThatIsCutOffKeepsItsBarsAndCanBeAskedAgain() {
        EngineClient engine;
        connectTo(engine);
        Session session;
        Generation generation(session, engine);
        QSignalSpy failed(&generation, &Generation::failed);
        QSignalSpy ended(&generation, &Generation::ended);
        Generation::Settings settings;
        settings.model = "default";
        settings.bars = 200;
        settings.takes = 1;
        settings.rng = 7;
        generation.start(settings);
        const auto drawn = [&] { return noteCount(*session.takes().front().song); };
        QTRY_VERIFY_WITH_TIMEOUT(drawn() > 100, patience);
        cut(engine);
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, patience);
        const QString sentence = failed.front().front().toString();
        QVERIFY2(sentence.startsWith("The connection to the engine is lost"), qPrintable(sentence));
        QVERIFY(sentence.endsWith("The whole bars drawn so far are kept."));
        QVERIFY(session.takes().front().finished);
        QVERIFY(drawn() > 50);

        QTRY_COMPARE_WITH_TIMEOUT(engine.state(), EngineClient::State::ready, patience);
        settings.bars = 2;
        generation.start(settings);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, patience);
        QCOMPARE(session.takes().size(), 2u);
    }

    void aFolderIsSentAfterAskingAndItsTrainingOutlivesTheConnection() {
        if (!QFile::exists(QFileInfo(RICERCAR_ENGINE).dir().filePath("../lib/ricercar/ricercar-torch.so"))) {
            QSKIP("this build cannot train: it has no torch");
        }
        QDir().mkpath(path("songs"));
        const QDir examples(RICERCAR_SOURCE_DIR "/resources/examples");
        for (const QString& name : examples.entryList({"*.mid"})) {
            QFile::copy(examples.filePath(name), path("songs/") + name);
        }
        QVERIFY(write(path("songs/torn.mid"), "MThd and no more"));
        QVERIFY(write(path("songs/diary.txt"), "nobody's business"));

        EngineClient engine;
        connectTo(engine);
        QTRY_COMPARE_WITH_TIMEOUT(engine.state(), EngineClient::State::ready, patience);
        TrainingPanel panel(engine);
        panel.show();
        QSignalSpy trained(&panel, &TrainingPanel::modelTrained);
        QSignalSpy sent(&engine, &EngineClient::filesSent);
        panel.openFolder(path("songs"));
        auto* dialog = panel.findChild<TrainingDialog*>();
        auto* start = dialog->findChild<QPushButton*>("startTraining");
        QTRY_VERIFY(start->isEnabled());
        QCOMPARE(start->text(), "Send to " + engine.machine());
        QVERIFY(says(*dialog, "May 13 MIDI files"));
        QVERIFY(!QFile::exists(there("cache/ricercar/sent")));
        start->click();
        QTRY_COMPARE_WITH_TIMEOUT(start->text(), QString("Start training"), patience);
        QTRY_VERIFY_WITH_TIMEOUT(says(*dialog, "12 of 13 MIDI files can be used"), patience);
        QVERIFY(sent.count() > 0);

        auto* base = control<QComboBox>(*dialog, "Start from");
        base->setCurrentIndex(base->count() - 1);  // from scratch, where the first step comes soon
        start->click();
        QTRY_VERIFY_WITH_TIMEOUT(says(panel, "tokens/s"), patience);
        cut(engine);
        QTRY_VERIFY_WITH_TIMEOUT(says(panel, "goes on there"), patience);
        QVERIFY(!says(panel, "tokens/s"));
        QTRY_VERIFY_WITH_TIMEOUT(says(panel, "tokens/s"), patience);
        control<QPushButton>(panel, "Stop, keep best")->click();
        QTRY_VERIFY_WITH_TIMEOUT(control<QPushButton>(panel, "Train")->isVisible(), patience);
        const QString model = there("data/ricercar/models/songs.safetensors");
        QVERIFY(QFile::exists(model));
        QVERIFY(!QFile::exists(path("data")));  // of this computer

        QSignalSpy listed(&engine, &EngineClient::modelsListed);
        engine.listModels();
        QTRY_COMPARE_WITH_TIMEOUT(listed.count(), 1, patience);
        const auto models = listed.front().at(1).value<QList<EngineModel>>();
        QVERIFY(std::ranges::any_of(models, [&](const EngineModel& one) { return one.path == model; }));

        // Once more, with one further piece: only that is sent.
        QVERIFY(QFile::copy(path("songs/torn.mid"), path("songs/copy of torn.mid")));
        QVERIFY(write(path("songs/another.mid"), "MThd and still no more"));
        const auto before = sent.count();
        FolderSender sender(engine, path("songs"));
        QSignalSpy counted(&sender, &FolderSender::counted);
        QSignalSpy progress(&sender, &FolderSender::progressed);
        QSignalSpy ready(&sender, &FolderSender::sent);
        QTRY_COMPARE(counted.count(), 1);
        sender.send();
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, patience);
        QCOMPARE(sent.count(), before + 1);
        QCOMPARE(progress.back().at(1).toString(), QString("file 1 of 1"));
    }
};

}  // namespace ricercar

QTEST_MAIN(ricercar::RemoteEngineTest)
#include "remote_engine_test.moc"
