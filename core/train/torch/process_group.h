#pragma once

#include <torch/types.h>

#include "core/train/network_backend.h"

namespace ricercar {

/// `ProcessGroup` on torch.distributed (c10d).
class TorchProcessGroup : public ProcessGroup {
public:
    explicit TorchProcessGroup(at::Device device) : m_device(device) {}

    at::Device device() const { return m_device; }
    // On a contiguous tensor of the device, in place. They throw what c10d throws.
    virtual void sum(at::Tensor tensor) = 0;
    virtual void takeFromFirst(at::Tensor tensor) = 0;

    using ProcessGroup::sum;

private:
    at::Device m_device;
};

/// See `NetworkBackend::join`.
Result<std::unique_ptr<ProcessGroup>> joinProcessGroup(const WorkerPlace& place, at::Device device, double seconds,
                                                       const std::stop_token& stop);

}  // namespace ricercar
