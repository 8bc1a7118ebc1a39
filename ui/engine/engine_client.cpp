#include "ui/engine/engine_client.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <QCoreApplication>
#include <QProcess>

#include "core/engine/rpc/message.h"
#include "ui/engine/engine_process.h"

namespace ricercar {

namespace {

constexpr auto startPatience = std::chrono::seconds(60);

/// Before the attempt with that number, from 0.
std::chrono::seconds waitBefore(int attempt) { return std::chrono::seconds(std::min(60, 1 << std::min(attempt, 6))); }

QString fromUtf8(const std::string& text) { return QString::fromStdString(text); }

EngineInfo infoFrom(const Json& json) {
    EngineInfo info;
    info.version = fromUtf8(json.at("version"));
    for (const Json& device : json.at("devices")) {
        info.devices.append(fromUtf8(device));
    }
    info.blas = fromUtf8(json.at("blas"));
    info.threads = json.at("threads");
    info.host = fromUtf8(json.at("host"));
    return info;
}

EngineModel modelFrom(const Json& json) {
    return {fromUtf8(json.at("name")), fromUtf8(json.at("path")), fromUtf8(json.at("preset")), json.at("weights"),
            json.at("card")};
}

EngineNote noteFrom(const Json& json) {
    return {json.at("take"),  json.at("track"),    json.at("program"), json.at("drum"),
            json.at("onset"), json.at("duration"), json.at("pitch"),   json.at("velocity")};
}

EngineTake takeFrom(const Json& json) {
    const std::string midi = json.at("midi");
    return {json.at("take"), fromUtf8(json.at("path")), QByteArray::fromBase64(QByteArray::fromStdString(midi)),
            json.at("recipe")};
}

TrainingEnd trainingEndFrom(const Json& json) {
    const std::string state = json.at("state");
    const auto known = state == "done"      ? TrainingEnd::State::done
                       : state == "stopped" ? TrainingEnd::State::stopped
                                            : TrainingEnd::State::failed;
    return {known, json.at("exitStatus"), fromUtf8(json.value("error", "")), json.value("canResume", false),
            json.value("hasModel", false)};
}

Json orNull(const QString& text) { return text.isEmpty() ? Json() : Json(text.toStdString()); }

template <typename Number>
Json orNull(const std::optional<Number>& number) {
    return number ? Json(*number) : Json();
}

Json orNull(const std::optional<FillIn>& fill) { return fill ? ricercar::toJson(*fill) : Json(); }

/// Without the fields that are null: what is left out is the engine's own choice.
Json given(Json fields) {
    Json json = Json::object();
    for (auto& [name, value] : fields.items()) {
        if (!value.is_null()) {
            json[name] = std::move(value);
        }
    }
    return json;
}

Json toJson(const EngineSeed& seed) {
    if (seed.midi.isEmpty() && seed.path.isEmpty()) {
        return Json::object();
    }
    const auto bar = [](int number) { return number != 0 ? Json(number) : Json(); };
    return given({{"midi", orNull(QString::fromLatin1(seed.midi.toBase64()))},
                  {"path", seed.midi.isEmpty() ? orNull(seed.path) : Json()},
                  {"firstBar", bar(seed.firstBar)},
                  {"lastBar", bar(seed.lastBar)}});
}

template <typename Fields>
Json toJson(const EngineFolder& folder, Fields fieldsOf) {
    Json files = Json::array();
    for (const EngineFile& file : folder.files) {
        Json fields = fieldsOf(file);
        fields["path"] = file.path.toStdString();
        files.push_back(std::move(fields));
    }
    return {{"id", folder.id.toStdString()}, {"name", folder.name.toStdString()}, {"files", std::move(files)}};
}

Json toJson(const GenerateRequest& request) {
    return given({{"model", orNull(request.model)},
                  {"seed", toJson(request.seed)},
                  {"bars", request.bars},
                  {"takes", request.takes},
                  {"temperature", request.temperature},
                  {"minP", orNull(request.minP)},
                  {"topP", orNull(request.topP)},
                  {"key", orNull(request.key)},
                  {"lowestPitch", request.lowestPitch},
                  {"highestPitch", request.highestPitch},
                  {"style", orNull(request.style)},
                  {"density", orNull(request.density)},
                  {"polyphony", orNull(request.polyphony)},
                  {"ending", request.ending},
                  {"fill", orNull(request.fill)},
                  {"rng", orNull(request.rng)},
                  {"folder", orNull(request.folder)}});
}

Json toJson(const TrainRequest& request) {
    return given({{"folder", orNull(request.folder)},
                  {"validFolder", orNull(request.validFolder)},
                  {"run", orNull(request.run)},
                  {"name", orNull(request.name)},
                  {"preset", orNull(request.preset)},
                  {"base", orNull(request.base)},
                  {"minutes", orNull(request.minutes)},
                  {"epochs", orNull(request.epochs)},
                  {"device", request.resume ? Json() : orNull(request.device)},
                  {"rng", orNull(request.rng)},
                  {"pauseOnBattery", request.pauseOnBattery},
                  {"resume", request.resume}});
}

Json toJson(const EvaluateRequest& request) {
    return given({{"model", orNull(request.model)},
                  {"data", orNull(request.data)},
                  {"protocol", orNull(request.protocol)},
                  {"device", orNull(request.device)}});
}

}  // namespace

QStringList EngineClient::defaultCommand() {
    return {QCoreApplication::applicationDirPath() + QStringLiteral("/ricercar-engine"), QStringLiteral("serve")};
}

EngineClient::EngineClient(QObject* parent) : QObject(parent), m_stateText(tr("Engine is not started")) {
    m_patience.setSingleShot(true);
    setPatience(startPatience);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        const QString said = m_process->lastWords();
        die(said.isEmpty() ? tr("Engine does not answer") : tr("Engine does not answer; what came was: %1").arg(said));
    });
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &EngineClient::start);

    m_answers["initialize"] = [this](int, const Json& facts) { becomeReady(facts); };
    m_answers["engine/facts"] = [this](int, const Json& facts) {
        m_info = infoFrom(facts);
        Q_EMIT infoChanged();
    };
    m_answers["models/list"] = [this](int call, const Json& result) {
        QList<EngineModel> models;
        for (const Json& model : result.at("models")) {
            models.append(modelFrom(model));
        }
        Q_EMIT modelsListed(call, models);
    };
    m_answers["runs/list"] = [this](int call, const Json& result) {
        QList<EngineRun> runs;
        for (const Json& run : result.at("runs")) {
            runs.append({fromUtf8(run.at("name")), run.at("running"), run.at("canResume"), run.at("hasModel")});
        }
        Q_EMIT runsListed(call, runs);
    };
    m_answers["runs/keep"] = [this](int call, const Json& result) {
        Q_EMIT runKept(call, fromUtf8(result.at("path")));
    };
    m_answers["runs/remove"] = [this](int call, const Json&) { Q_EMIT runRemoved(call); };
    m_answers["corpus/offer"] = [this](int call, const Json& result) {
        QStringList missing;
        for (const Json& path : result.at("missing")) {
            missing.append(fromUtf8(path));
        }
        Q_EMIT filesOffered(call, fromUtf8(result.at("folder")), missing);
    };
    m_answers["corpus/send"] = [this](int call, const Json&) { Q_EMIT filesSent(call); };
    m_answers["seed/prepare"] = [this](int call, const Json&) { Q_EMIT seedPrepared(call); };

    m_notifications["generate/note"] = [this](int call, const Json& note) { Q_EMIT noteDrawn(call, noteFrom(note)); };
    m_notifications["generate/take"] = [this](int call, const Json& take) {
        Q_EMIT takeFinished(call, takeFrom(take));
    };
    m_notifications["generate/done"] = [this](int call, const Json& done) {
        finishJob(call, done, [this](int last, const Json& how) { Q_EMIT generationDone(last, how.at("cancelled")); });
    };
    m_notifications["corpus/progress"] = [this](int call, const Json& progress) {
        Q_EMIT corpusProgress(call, progress.at("fraction"), fromUtf8(progress.at("what")));
    };
    m_notifications["corpus/done"] = [this](int call, const Json& done) {
        finishJob(call, done, [this](int last, const Json& scan) { Q_EMIT corpusScanned(last, scan.at("report")); });
    };
    m_notifications["train/progress"] = [this](int call, const Json& event) {
        if (event.at("state") == "running") {
            Q_EMIT trainingProgress(call, event);
            return;
        }
        const TrainingEnd end = trainingEndFrom(event);
        forget(call);
        Q_EMIT trainingEnded(call, end);
    };
    m_notifications["evaluate/done"] = [this](int call, const Json& done) {
        finishJob(call, done, [this](int last, const Json& how) { Q_EMIT evaluated(last, how.at("result")); });
    };
}

EngineClient::~EngineClient() = default;

void EngineClient::setCommand(const QStringList& command, Place place) {
    m_command = command;
    m_place = place;
    m_wasReached = false;
    m_info.host.clear();
}

void EngineClient::setCommandLine(const QString& line) {
    const QStringList words = QProcess::splitCommand(line);
    words.isEmpty() ? setCommand(defaultCommand()) : setCommand(words, Place::elsewhere);
}

void EngineClient::setPatience(std::chrono::milliseconds patience) { m_patience.setInterval(patience); }

QString EngineClient::machine() const {
    if (m_place == Place::here) return tr("this computer");
    return m_info.host.isEmpty() ? tr("the other computer") : m_info.host;
}

QStringList EngineClient::command() const { return m_command; }

EngineClient::State EngineClient::state() const { return m_state; }

QString EngineClient::stateText() const { return m_stateText; }

EngineInfo EngineClient::info() const { return m_info; }

qint64 EngineClient::processId() const { return m_process != nullptr ? m_process->processId() : 0; }

void EngineClient::start() {
    if (m_process != nullptr) {
        return;
    }
    m_retry.stop();
    m_process = new EngineProcess(m_command, this);
    connect(m_process, &EngineProcess::received, this, &EngineClient::receive);
    connect(m_process, &EngineProcess::ended, this, [this](const QString& reason) {
        die((m_place == Place::here ? tr("Engine has stopped: %1")
             : m_wasReached         ? tr("The connection to the engine is lost: %1")
                                    : tr("The engine cannot be reached: %1"))
                .arg(reason));
    });
    m_patience.start();
    send("initialize", Json::object());
    setState(State::starting,
             m_place == Place::here ? tr("The engine is starting") : tr("The engine is being connected"));
}

void EngineClient::restart() {
    if (m_process != nullptr) {
        die(tr("Engine was restarted"), false);
    }
    start();
}

int EngineClient::listModels() { return send("models/list", Json::object()); }

int EngineClient::prepareSeed(const QString& model, const EngineSeed& seed, const std::optional<FillIn>& fill) {
    return send("seed/prepare", given({{"model", orNull(model)}, {"seed", toJson(seed)}, {"fill", orNull(fill)}}));
}

int EngineClient::generate(const GenerateRequest& request) { return send("generate/start", toJson(request)); }

int EngineClient::scanCorpus(const QString& folder) { return send("corpus/scan", given({{"folder", orNull(folder)}})); }

int EngineClient::train(const TrainRequest& request) {
    Json params = toJson(request);
    if (m_place == Place::elsewhere && !request.name.isEmpty()) {
        params["detached"] = true;
    }
    return send("train/start", params);
}

int EngineClient::followRun(const QString& name) { return send("train/follow", {{"name", name.toStdString()}}); }

int EngineClient::listRuns() { return send("runs/list", Json::object()); }

int EngineClient::keepRun(const QString& name) { return send("runs/keep", {{"name", name.toStdString()}}); }

int EngineClient::removeRun(const QString& name) { return send("runs/remove", {{"name", name.toStdString()}}); }

int EngineClient::offerFiles(const EngineFolder& folder) {
    return send("corpus/offer", toJson(folder, [](const EngineFile& file) {
                    return Json{{"hash", file.hash.toStdString()}, {"bytes", file.bytes}};
                }));
}

int EngineClient::sendFiles(const EngineFolder& folder) {
    return send("corpus/send", toJson(folder, [](const EngineFile& file) {
                    return Json{{"content", file.content.toBase64().toStdString()}};
                }));
}

int EngineClient::evaluate(const EvaluateRequest& request) { return send("evaluate", toJson(request)); }

void EngineClient::cancel(int call) {
    if (m_calls.contains(call)) {
        post(rpcNotification("$/cancelRequest", {{"id", call}}));
    }
}

int EngineClient::send(const std::string& method, const Json& params) {
    const int call = ++m_lastCall;
    if (m_process == nullptr) {
        QMetaObject::invokeMethod(
            this, [this, call, text = m_stateText] { Q_EMIT failed(call, text); }, Qt::QueuedConnection);
        return call;
    }
    m_calls[call] = method;
    post(rpcRequest(call, method, params));
    return call;
}

void EngineClient::post(Json message) {
    if (m_state == State::starting) {
        m_waiting.push_back(std::move(message));
    } else {
        m_process->send(message);
    }
}

void EngineClient::receive(const Json& message) {
    const bool isAnswer = message.contains("id") && message["id"].is_number_integer();
    const int call = isAnswer ? message["id"].get<int>() : 0;
    try {
        if (isAnswer) {
            receiveAnswer(call, message);
        } else {
            receiveNotification(message.at("method"), message.at("params"));
        }
    } catch (const Json::exception& fault) {
        fail(call, tr("The engine answered something else than expected (%1): are both of one version?")
                       .arg(QString::fromUtf8(fault.what())));
    }
}

void EngineClient::receiveAnswer(int call, const Json& message) {
    const auto found = m_calls.find(call);
    if (found == m_calls.end()) {
        return;
    }
    if (message.contains("error")) {
        fail(call, fromUtf8(message["error"].at("message")));
        return;
    }
    const auto answer = m_answers.find(found->second);
    if (answer == m_answers.end()) {
        const Json& result = message.at("result");
        m_callOfJob[result.at("job")] = call;
        if (result.contains("name")) {
            Q_EMIT trainingStarted(call, fromUtf8(result["name"]));
        }
        return;
    }
    forget(call);
    answer->second(call, message.at("result"));
}

void EngineClient::receiveNotification(const std::string& method, const Json& params) {
    const auto call = m_callOfJob.find(params.at("job"));
    const auto handler = m_notifications.find(method);
    if (call != m_callOfJob.end() && handler != m_notifications.end()) {
        handler->second(call->second, params);
    }
}

void EngineClient::finishJob(int call, const Json& done, const Handler& emitSignal) {
    if (done.contains("error")) {
        fail(call, fromUtf8(done["error"]));
    } else if (done.at("cancelled") && m_calls[call] != "generate/start") {
        fail(call, tr("Cancelled"));
    } else {
        forget(call);
        emitSignal(call, done);
    }
}

void EngineClient::becomeReady(const Json& facts) {
    if (const int protocol = facts.value("protocol", 0); protocol != protocolVersion) {
        die(tr("Engine %1 speaks protocol %2, this window (%3) speaks protocol %4: install the same version on both "
               "computers")
                .arg(fromUtf8(facts.value("version", "")))
                .arg(protocol)
                .arg(QCoreApplication::applicationVersion())
                .arg(protocolVersion),
            false);
        return;
    }
    m_patience.stop();
    m_attempts = 0;
    m_wasReached = true;
    m_info = infoFrom(facts);
    for (const Json& message : std::exchange(m_waiting, {})) {
        m_process->send(message);
    }
    const QString devices = m_info.devices.join(QStringLiteral(", "));
    setState(State::ready, m_place == Place::here
                               ? tr("Engine %1 is ready (%2)").arg(m_info.version, devices)
                               : tr("Engine %1 on %2 is ready (%3)").arg(m_info.version, m_info.host, devices));
    send("engine/facts", Json::object());
}

void EngineClient::die(const QString& reason, bool again) {
    QString text = reason;
    if (again && m_place == Place::elsewhere && m_wasReached) {
        const auto wait = waitBefore(m_attempts++);
        m_retry.start(wait);
        text = tr("%1. It is tried again in %2 s").arg(reason).arg(wait.count());
    }
    m_patience.stop();
    std::exchange(m_process, nullptr)->dismiss();
    const auto calls = std::exchange(m_calls, {});
    m_callOfJob.clear();
    m_waiting.clear();
    setState(State::dead, text);
    for (const auto& [call, method] : calls) {
        if (method != "initialize" && method != "engine/facts") {
            Q_EMIT failed(call, text);
        }
    }
}

void EngineClient::setState(State state, const QString& text) {
    m_state = state;
    m_stateText = text;
    Q_EMIT stateChanged(state, text);
}

void EngineClient::fail(int call, const QString& sentence) {
    if (m_calls.contains(call)) {
        forget(call);
        Q_EMIT failed(call, sentence);
    }
}

void EngineClient::forget(int call) {
    m_calls.erase(call);
    std::erase_if(m_callOfJob, [call](const auto& entry) { return entry.second == call; });
}

}  // namespace ricercar
