#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/engine/base64.h"
#include "core/engine/methods.h"
#include "core/engine/rpc/params.h"
#include "core/engine/seed_source.h"
#include "core/midi/smf_writer.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

Json noteMessage(JobNumber job, int take, const DrawnNote& drawn) {
    const auto quarters = [](std::int64_t ticks) { return static_cast<double>(ticks) / gridPerQuarter; };
    return rpcNotification("generate/note", {{"job", job},
                                             {"take", take},
                                             {"track", drawn.track},
                                             {"program", drawn.program.midi()},
                                             {"drum", drawn.drums},
                                             {"onset", quarters(drawn.note.onset.value)},
                                             {"duration", quarters(drawn.note.duration.value)},
                                             {"pitch", drawn.note.pitch.midi()},
                                             {"velocity", drawn.note.velocity.midi()}});
}

/// What `seed/prepare` remembered under `seedId`, which must be for `model` where that is given.
RpcResult<SeedOrigin> rememberedOrigin(const std::string& seedId, const std::optional<fs::path>& model,
                                       const Workshop& workshop) {
    const auto origin = workshop.seeds.recall(seedId);
    if (!origin) {
        return refused(RpcErrorCode::unknownSeed, "that seed is not remembered any more: prepare it again");
    }
    if (model && *model != origin->model) {
        return refused(RpcErrorCode::invalidParams, "\"seedId\" was prepared for another \"model\"");
    }
    return *origin;
}

/// What the parameter `fill`, if there is one, wants to be written into the seed.
RpcResult<std::optional<FillIn>> fillIn(const Json& json) {
    if (!json.contains("fill")) {
        return std::nullopt;
    }
    const auto fill = fillInFromJson(json["fill"]);
    if (!fill) {
        return refused(RpcErrorCode::invalidParams, "\"fill\": " + fill.error().message);
    }
    return *fill;
}

/// Where the parameters `model` and `seed` or `seedId` say to compose from.
RpcResult<SeedOrigin> originOf(const Json& json, const Workshop& workshop) {
    Params params(json);
    const bool remembered = params.has("seedId");
    const std::string seedId = params.text("seedId", "");
    const std::string name = params.text("model", "default");
    if (params.fault() || (remembered && (params.has("seed") || params.has("fill")))) {
        return refused(RpcErrorCode::invalidParams,
                       params.fault().value_or("either \"seedId\", or \"seed\" and \"fill\", not both"));
    }
    if (remembered && !params.has("model")) {
        return rememberedOrigin(seedId, std::nullopt, workshop);
    }
    const auto model = workshop.services.findModel(name);
    if (!model) {
        return refused(RpcErrorCode::requestFailed, model.error().message);
    }
    if (remembered) {
        return rememberedOrigin(seedId, *model, workshop);
    }
    const auto fill = fillIn(json);
    if (!fill) {
        return tl::make_unexpected(fill.error());
    }
    return readSeed(json.value("seed", Json::object())).map([&](Song song) {
        return SeedOrigin{*model, std::make_shared<const Song>(std::move(song)), *fill};
    });
}

struct GenerateRequest {
    SeedOrigin origin;
    GenerateSettings settings;
    fs::path folder;
};

RpcResult<GenerateRequest> generateRequest(const Json& json, const Workshop& workshop) {
    constexpr int anyInteger = std::numeric_limits<int>::max();
    constexpr double anyNumber = std::numeric_limits<double>::max();
    GenerateRequest request;
    GenerateSettings& settings = request.settings;
    Params params(json);
    settings.bars = static_cast<int>(params.integer("bars", -anyInteger, anyInteger, settings.bars));
    settings.takes = static_cast<int>(params.integer("takes", -anyInteger, anyInteger, settings.takes));
    settings.temperature = params.number("temperature", -anyNumber, anyNumber, settings.temperature);
    if (params.has("minP")) settings.minP = params.number("minP", -anyNumber, anyNumber);
    if (params.has("topP")) settings.topP = params.number("topP", -anyNumber, anyNumber);
    const std::string key = params.has("key") ? params.text("key") : "";
    settings.lowestPitch = static_cast<int>(params.integer("lowestPitch", 0, 127, settings.lowestPitch));
    settings.highestPitch = static_cast<int>(params.integer("highestPitch", 0, 127, settings.highestPitch));
    settings.style = params.has("style") ? params.text("style") : "";
    if (params.has("density")) settings.density = static_cast<int>(params.integer("density", -anyInteger, anyInteger));
    if (params.has("polyphony"))
        settings.polyphony = static_cast<int>(params.integer("polyphony", -anyInteger, anyInteger));
    settings.ending = params.flag("ending", settings.ending);
    settings.rng = static_cast<std::uint64_t>(params.integer("rng", 0, largestRng, std::random_device()()));
    request.folder = params.text("folder", workshop.services.takesFolder.string());
    if (params.fault()) {
        return refused(RpcErrorCode::invalidParams, *params.fault());
    }
    const auto checked = setKey(settings, key).and_then([&] { return check(settings); });
    if (!checked) {
        return refused(RpcErrorCode::invalidParams, checked.error().message);
    }
    auto origin = originOf(json, workshop);
    if (!origin) {
        return tl::make_unexpected(origin.error());
    }
    request.origin = std::move(*origin);
    return request;
}

/// One `generate/start` at work.
class Generation {
public:
    Generation(const Workshop& workshop, const GenerateRequest& request, JobNumber job, const std::stop_token& stop)
        : m_workshop(workshop), m_request(request), m_job(job), m_stop(stop) {}

    void run() {
        Json done{{"job", m_job}};
        const auto composed = guarded([this] { return compose(); });
        const bool cancelled = m_stop.stop_requested();
        done["cancelled"] = cancelled;
        if (!composed && !cancelled) {
            done["error"] = composed.error().message;
        }
        m_workshop.outbox.post(rpcNotification("generate/done", std::move(done)));
    }

private:
    Result<void> compose() {
        const auto seed = m_workshop.seeds.prepare(m_request.origin, m_stop);
        if (!seed) {
            return tl::make_unexpected(Error{seed.error().message});
        }
        GenerateEvents events;
        events.note = [this](int take, const DrawnNote& note) {
            m_workshop.outbox.send(noteMessage(m_job, take, note), m_stop);
        };
        events.take = [this](const Take& take) { finish(take); };
        const auto takes = m_workshop.services.generate(**seed, m_request.settings, events, m_stop);
        if (!takes) {
            return tl::make_unexpected(takes.error());
        }
        for (const Take& take : *takes) {
            finish(take);
        }
        if (takes->empty() && !m_stop.stop_requested()) {
            return failure("the model wrote nothing but silence");
        }
        return m_written;
    }

    /// Writes and announces a take, once.
    void finish(const Take& take) {
        if (!m_finished.insert(take.number).second) {
            return;
        }
        const auto midi = writeSmf(take.song);
        const fs::path path =
            m_request.folder / fmt::format("take-{}-{}.mid", take.number + 1, contentHash(midi).hex().substr(0, 8));
        if (auto written = writeCacheFile(path, midi); !written) {
            m_written = std::move(written);
            return;
        }
        m_workshop.outbox.send(rpcNotification("generate/take", {{"job", m_job},
                                                                 {"take", take.number},
                                                                 {"path", path.string()},
                                                                 {"midi", toBase64(midi)},
                                                                 {"recipe", take.recipe}}),
                               m_stop);
    }

    const Workshop& m_workshop;
    const GenerateRequest& m_request;
    const JobNumber m_job;
    const std::stop_token& m_stop;
    std::set<int> m_finished;
    Result<void> m_written;
};

}  // namespace

void addComposing(Dispatcher& dispatcher, const Workshop& workshop) {
    dispatcher.add("models/list", [workshop](const Json&, const Reply& reply) {
        workshop.jobs.startRequest(reply, [workshop, reply](JobNumber, const std::stop_token&) {
            Json models = Json::array();
            for (const ModelEntry& entry : workshop.services.listModels()) {
                models.push_back(toJson(entry));
            }
            reply.result({{"models", std::move(models)}});
        });
    });

    dispatcher.add("seed/prepare", [workshop](const Json& params, const Reply& reply) {
        workshop.jobs.startRequest(reply, [workshop, reply, params](JobNumber, const std::stop_token& stop) {
            const auto origin = originOf(params, workshop);
            if (!origin) {
                reply.error(origin.error());
                return;
            }
            const std::string id = workshop.seeds.remember(*origin);
            if (const auto prepared = workshop.seeds.prepare(*origin, stop); !prepared) {
                reply.error(prepared.error());
                return;
            }
            reply.result({{"seedId", id}});
        });
    });

    dispatcher.add("generate/start", [workshop](const Json& params, const Reply& reply) {
        workshop.jobs.start(reply, [workshop, reply, params](JobNumber job, const std::stop_token& stop) {
            const auto request = generateRequest(params, workshop);
            if (!request) {
                reply.error(request.error());
                return;
            }
            reply.result({{"job", job}});
            Generation(workshop, *request, job, stop).run();
        });
    });
}

}  // namespace ricercar
