#include "core/engine/server.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string_view>

#include "core/engine/methods.h"
#include "core/engine/rpc/framing.h"
#include "core/engine/rpc/params.h"

namespace ricercar {

namespace {

Json toJson(const EngineFacts& facts) {
    return {{"version", facts.version}, {"protocol", protocolVersion}, {"host", facts.host},
            {"devices", facts.devices}, {"blas", facts.blas},          {"threads", facts.threads}};
}

/// One client, from its first byte to its last.
class Server {
public:
    Server(const Services& services, int output) : m_services(services), m_outbox(output), m_seeds(services) {
        const Workshop workshop{services, m_outbox, m_jobs, m_seeds, m_closing};
        addLifecycle();
        addCancelling();
        addComposing(m_dispatcher, workshop);
        addLearning(m_dispatcher, workshop);
        addSending(m_dispatcher, workshop);
        addTraining(m_dispatcher, workshop);
    }

    int serve(int input) {
        FrameReader reader;
        std::array<char, 65536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init)
        while (m_phase != Phase::exited) {
            const ssize_t count = ::read(input, chunk.data(), chunk.size());
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count <= 0) {
                break;
            }
            reader.append({chunk.data(), static_cast<std::size_t>(count)});
            receiveAll(reader);
        }
        m_closing = true;
        m_jobs.end();
        m_outbox.close(std::chrono::seconds(2));
        return m_exitStatus;
    }

private:
    enum class Phase { fresh, initialized, shutDown, exited };

    void receiveAll(FrameReader& reader) {
        while (m_phase != Phase::exited) {
            const auto message = reader.next();
            if (!message) {
                return;
            }
            m_outbox.waitForRoom();
            if (message->has_value()) {
                m_dispatcher.receive(**message);
            } else {
                m_dispatcher.refuse(RpcErrorCode::parseError, message->error().message);
            }
        }
    }

    /// When which method may be called, as in the Language Server Protocol.
    std::optional<RpcError> gate(std::string_view method) const {
        if (method == "exit") {
            return std::nullopt;
        }
        if (m_phase == Phase::fresh && method != "initialize") {
            return RpcError{RpcErrorCode::serverNotInitialized, "the first request must be \"initialize\""};
        }
        if (m_phase == Phase::initialized && method == "initialize") {
            return RpcError{RpcErrorCode::invalidRequest, "\"initialize\" is sent once"};
        }
        if (m_phase == Phase::shutDown) {
            return RpcError{RpcErrorCode::invalidRequest, "nothing but \"exit\" may follow \"shutdown\""};
        }
        return std::nullopt;
    }

    void addLifecycle() {
        m_dispatcher.add("initialize", [this](const Json&, const Reply& reply) {
            m_phase = Phase::initialized;
            m_jobs.startRequest(
                reply, [this, reply](JobNumber, const std::stop_token&) { reply.result(toJson(m_services.facts())); });
        });
        m_dispatcher.add("engine/facts", [this](const Json&, const Reply& reply) {
            m_jobs.startRequest(reply, [this, reply](JobNumber, const std::stop_token&) {
                reply.result(toJson(m_services.trainingFacts ? m_services.trainingFacts() : m_services.facts()));
            });
        });
        m_dispatcher.add("shutdown", [this](const Json&, const Reply& reply) {
            m_phase = Phase::shutDown;
            m_closing = true;
            m_jobs.cancelAll();
            reply.result(nullptr);
        });
        m_dispatcher.add("exit", [this](const Json&, const Reply&) {
            m_exitStatus = m_phase == Phase::shutDown ? 0 : 1;
            m_phase = Phase::exited;
        });
    }

    void addCancelling() {
        m_dispatcher.add("$/cancelRequest", [this](const Json& params, const Reply& reply) {
            m_jobs.cancelRequest(params.value("id", Json()));
            reply.result(nullptr);
        });
        for (const char* method : {"job/cancel", "train/stop"}) {
            m_dispatcher.add(method, [this](const Json& json, const Reply& reply) {
                Params params(json);
                const auto job = params.integer("job", 1, std::numeric_limits<JobNumber>::max());
                if (params.fault()) {
                    reply.error({RpcErrorCode::invalidParams, *params.fault()});
                    return;
                }
                reply.result({{"cancelled", m_jobs.cancel(static_cast<JobNumber>(job))}});
            });
        }
    }

    const Services& m_services;
    Phase m_phase = Phase::fresh;
    int m_exitStatus = 0;
    std::atomic<bool> m_closing = false;
    Outbox m_outbox;
    Dispatcher m_dispatcher{[this](const Json& message) { m_outbox.post(message); },
                            [this](std::string_view method) { return gate(method); }};
    SeedStore m_seeds;
    Jobs m_jobs;  ///< last: jobs use all of the above
};

}  // namespace

int serve(const Services& services, int input, int output) { return Server(services, output).serve(input); }

}  // namespace ricercar
