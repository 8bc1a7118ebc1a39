#pragma once

#include "core/train/network_backend.h"
#include "core/train/torch/network.h"
#include "core/train/torch/process_group.h"

namespace ricercar {

/// `TrainableNetwork` on libtorch. Its exceptions end here.
class TorchTrainable : public TrainableNetwork {
public:
    /// `group` may be null.
    TorchTrainable(const NetworkConfig& config, at::Device device, TorchProcessGroup* group);

    Result<BatchLoss> train(const TokenBatch& batch, const StepSettings& settings) override;
    Result<BatchLoss> evaluate(const TokenBatch& batch) override;
    std::vector<OwnedTensor> weights() const override;
    std::vector<OwnedTensor> optimiser() const override;
    Result<void> load(const SafeTensors& file, std::int64_t steps) override;
    Result<void> beginWith(const SafeTensors& base) override;
    Result<void> becomeAlike() override;

private:
    struct Moments {
        at::Tensor first;
        at::Tensor second;
    };
    struct Forward {
        at::Tensor nats;  ///< what `loss` says, to go back from
        BatchLoss loss;
    };

    Forward forward(const TokenBatch& batch, const Pass& pass) const;
    void sumOverGroup(BatchLoss& loss);
    void clipGradients();
    void update(double learningRate);

    TorchNetwork m_network;
    TorchProcessGroup* m_group;
    std::map<std::string, Moments> m_moments;
    std::int64_t m_steps = 0;
};

}  // namespace ricercar
