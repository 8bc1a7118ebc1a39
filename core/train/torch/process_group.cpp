#include "core/train/torch/process_group.h"

#if defined(USE_C10D_GLOO)

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>

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
using Milliseconds = std::chrono::milliseconds;

/// The numeric address of this machine on the way to `place.address`; empty where there is no way.
std::string ownAddress(const WorkerPlace& place) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;  // which is connected without a packet
    addrinfo* found = nullptr;
    if (::getaddrinfo(place.address.c_str(), std::to_string(place.port).c_str(), &hints, &found) != 0) {
        return {};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, ::freeaddrinfo);
    const Descriptor socket(::socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    auto* address = reinterpret_cast<sockaddr*>(&own);
    std::array<char, NI_MAXHOST> text{};
    const bool known = socket.isOpen() && ::connect(socket.number(), found->ai_addr, found->ai_addrlen) == 0 &&
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
        return withoutExceptions("adding up", [&]() -> Result<void> {
            std::vector tensors = {
                at::from_blob(numbers.data(), {static_cast<std::int64_t>(numbers.size())}, at::kDouble)};
            m_host->allreduce(tensors)->wait();
            return {};
        });
    }
    void sum(at::Tensor tensor) override {
        std::vector tensors = {std::move(tensor)};
        m_tensors->allreduce(tensors)->wait();
    }
    void takeFromFirst(at::Tensor tensor) override {
        std::vector tensors = {std::move(tensor)};
        m_tensors->broadcast(tensors)->wait();
    }

private:
    c10::intrusive_ptr<Collectives> m_host;
    c10::intrusive_ptr<Collectives> m_tensors;
};

}  // namespace

Result<std::unique_ptr<ProcessGroup>> joinProcessGroup(const WorkerPlace& place, at::Device device, double seconds) {
    const auto end = Clock::now() + Milliseconds(static_cast<std::int64_t>(seconds * 1000));
    const auto left = [&] {
        return std::max(Milliseconds(1), std::chrono::duration_cast<Milliseconds>(end - Clock::now()));
    };
    std::string awaited = "worker 0";
    try {
        c10d::TCPStoreOptions options;
        options.port = static_cast<std::uint16_t>(place.port);
        options.isServer = place.rank == 0 && !place.storeOfTorchrun;
        options.waitWorkers = false;
        options.timeout =
            Milliseconds(std::max<std::int64_t>(1000, std::lround(seconds * 1000)));  // the least it knows
        // Started again, the workers of torchrun meet at the same place, where the traces of those before them are.
        const auto store = c10::make_intrusive<c10d::PrefixStore>(
            "ricercar/" + std::to_string(place.restarts), c10::make_intrusive<c10d::TCPStore>(place.address, options));
        const auto arrival = [](int rank) { return "worker " + std::to_string(rank); };
        store->set(arrival(place.rank), std::vector<std::uint8_t>{1});
        for (int rank = 0; rank < place.count; ++rank) {
            awaited = arrival(rank);
            store->wait({awaited}, left());
        }
        awaited = "the others";
        return std::make_unique<Group>(store, place, device);
    } catch (const std::exception& error) {
        return failure("worker {} of {} did not meet {} at {} port {} within {:.0f} s: {}", place.rank, place.count,
                       awaited, place.address, place.port, seconds, firstLine(error));
    }
}

}  // namespace ricercar

#else

namespace ricercar {

Result<std::unique_ptr<ProcessGroup>> joinProcessGroup(const WorkerPlace&, at::Device, double) {
    return failure("this program was built without Gloo, with which workers are joined; install libgloo-dev and build it again");
}

}  // namespace ricercar

#endif
