#include "core/train/torch/process_group.h"

#if defined(USE_C10D_GLOO)

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#if defined(USE_C10D_NCCL)
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include "core/base/descriptor.h"
#include "core/train/torch/compat.h"
#include "core/train/torch/exceptions.h"

namespace ricercar {

namespace {

using Clock = std::chrono::steady_clock;

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Result<Addresses> addressesOf(const WorkerPlace& place) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int fault = ::getaddrinfo(place.address.c_str(), std::to_string(place.port).c_str(), &hints, &found)) {
        return failure("MASTER_ADDR={}: {}", place.address, ::gai_strerror(fault));
    }
    return Addresses(found, ::freeaddrinfo);
}

/// Whether what listens there says something unasked, as no store does. Torch would take it for an answer, and abort.
bool isForeign(const Addresses& addresses) {
    constexpr int connectMilliseconds = 1000;
    constexpr int listenMilliseconds = 200;
    for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
        const Descriptor socket(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        ::connect(socket.number(), address->ai_addr, address->ai_addrlen);
        pollfd waiting{socket.number(), POLLOUT, 0};
        if (::poll(&waiting, 1, connectMilliseconds) == 1 && waiting.revents == POLLOUT) {
            waiting.events = POLLIN;
            char first = 0;
            return ::poll(&waiting, 1, listenMilliseconds) == 1 && ::recv(socket.number(), &first, 1, 0) == 1;
        }
    }
    return false;
}

/// The numeric address of this machine on the way to `place.address`; empty where there is no way.
std::string ownAddress(const WorkerPlace& place) {
    const auto found = addressesOf(place);
    if (!found) {
        return {};
    }
    const addrinfo& there = **found;
    const Descriptor socket(::socket(there.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));  // connected without a packet
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    auto* address = reinterpret_cast<sockaddr*>(&own);
    std::array<char, NI_MAXHOST> text{};
    const bool known = socket.isOpen() && ::connect(socket.number(), there.ai_addr, there.ai_addrlen) == 0 &&
                       ::getsockname(socket.number(), address, &size) == 0 &&
                       ::getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0;
    return known ? text.data() : "";
}

std::shared_ptr<::gloo::transport::Device> glooDevice(const WorkerPlace& place) {
    using Gloo = c10d::ProcessGroupGloo;
    if (const char* interface = std::getenv("GLOO_SOCKET_IFNAME"); interface != nullptr && *interface != '\0') {
        return Gloo::createDeviceForInterface(interface);
    }
    const std::string address = ownAddress(place);
    return address.empty() ? Gloo::createDefaultDevice() : Gloo::createDeviceForHostname(address);
}

/// Gloo for what lies in main memory, NCCL for what lies on GPUs where there is NCCL.
class Group : public TorchProcessGroup {
public:
    Group(const c10::intrusive_ptr<c10d::Store>& store, const WorkerPlace& place, at::Device device)
        : TorchProcessGroup(device) {
        const auto options = c10d::ProcessGroupGloo::Options::create();
        options->devices.push_back(glooDevice(place));
        m_host = c10::make_intrusive<c10d::ProcessGroupGloo>(store, place.rank, place.count, options);
        m_tensors = m_host;
#if defined(USE_C10D_NCCL)
        if (device.is_cuda()) {
            m_tensors = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, place.rank, place.count);
        }
#endif
    }

    Result<void> sum(std::span<double> numbers) override {
        try {
            sumOver(*m_host, at::from_blob(numbers.data(), {static_cast<std::int64_t>(numbers.size())}, at::kDouble));
            return {};
        } catch (const std::exception& error) {
            return failure("{}", error.what());
        }
    }
    void sum(at::Tensor tensor) override { sumOver(*m_tensors, std::move(tensor)); }
    void takeFromFirst(at::Tensor tensor) override {
        together([&](auto& tensors) { return m_tensors->broadcast(tensors); }, std::move(tensor));
    }

private:
    static void sumOver(Collectives& group, at::Tensor tensor) {
        together([&](auto& tensors) { return group.allreduce(tensors); }, std::move(tensor));
    }
    template <typename Operation>
    static void together(Operation operation, at::Tensor tensor) {
        std::vector tensors = {std::move(tensor)};
        try {
            operation(tensors)->wait();
        } catch (const std::exception& error) {
            throw std::runtime_error("another worker is lost, start all of them again with --resume: " +
                                     firstLine(error));
        }
    }

    c10::intrusive_ptr<Collectives> m_host;
    c10::intrusive_ptr<Collectives> m_tensors;
};

bool isServer(const WorkerPlace& place) { return place.rank == 0 && !place.storeOfTorchrun; }

/// The place where the processes tell each other that they are there, kept by process 0 or by torchrun.
c10::intrusive_ptr<c10d::Store> openStore(const WorkerPlace& place) {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(place.port);
    options.isServer = isServer(place);
    options.waitWorkers = false;
    options.timeout = std::chrono::seconds(1);  // the least it knows
    auto store = c10::make_intrusive<c10d::TCPStore>(place.address, options);
    store->setTimeout(c10d::Store::kDefaultTimeout);
    // Started again by torchrun, the processes meet where the traces of those before them are.
    return c10::make_intrusive<c10d::PrefixStore>("ricercar/" + std::to_string(place.restarts), std::move(store));
}

}  // namespace

Result<std::unique_ptr<ProcessGroup>> joinProcessGroup(const WorkerPlace& place, at::Device device, double seconds,
                                                       const std::stop_token& stop) {
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    const auto worker = [](int rank) { return "worker " + std::to_string(rank); };
    const auto addresses = addressesOf(place);
    if (!addresses) {
        return tl::make_unexpected(addresses.error());
    }
    c10::intrusive_ptr<c10d::Store> store;
    int awaited = 0;
    for (;;) {
        std::string problem;
        if (!store && !isServer(place) && isForeign(*addresses)) {
            return failure("port {} of {} belongs to another program; choose another MASTER_PORT", place.port,
                           place.address);
        }
        try {
            if (!store) {
                store = openStore(place);
                store->set(worker(place.rank), std::vector<std::uint8_t>{1});
            }
            while (awaited < place.count && store->check({worker(awaited)})) {
                ++awaited;
            }
            if (awaited == place.count) {
                return std::make_unique<Group>(store, place, device);
            }
        } catch (const std::exception& error) {
            problem = ": " + firstLine(error);
        }
        if (!store && isServer(place)) {
            return failure("worker 0 cannot await the others at {} port {}{}", place.address, place.port, problem);
        }
        if (awaited == place.count || stop.stop_requested() || Clock::now() >= end) {
            return failure("worker {} of {} did not meet {} at {} port {} {}{}", place.rank, place.count,
                           awaited < place.count ? worker(awaited) : "the others", place.address, place.port,
                           stop.stop_requested() ? "until it was stopped" : fmt::format("within {} s", seconds),
                           problem);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

}  // namespace ricercar

#else

namespace ricercar {

Result<std::unique_ptr<ProcessGroup>> joinProcessGroup(const WorkerPlace&, at::Device, double, const std::stop_token&) {
    return failure(
        "this program was built without Gloo, with which workers are joined; install libgloo-dev and build it again");
}

}  // namespace ricercar

#endif
