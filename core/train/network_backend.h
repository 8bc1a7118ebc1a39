#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/network.h"
#include "core/model/safetensors.h"

namespace ricercar {

/// Windows of tokens for one step: what the network reads and what it should say at each place.
struct TokenBatch {
    /// A target that does not count.
    static constexpr std::int32_t ignored = -1;

    int rows = 0;
    int length = 0;
    std::vector<std::int32_t> inputs;   ///< [rows, length]
    std::vector<std::int32_t> targets;  ///< [rows, length]; a token or `ignored`
};

/// Summed over the places of a batch that count.
struct BatchLoss {
    double nats = 0;
    std::int64_t tokens = 0;
    std::int64_t correct = 0;  ///< places where the likeliest token was the target

    BatchLoss& operator+=(const BatchLoss& other) {
        nats += other.nats;
        tokens += other.tokens;
        correct += other.correct;
        return *this;
    }
};

struct StepSettings {
    double learningRate = 0;
    double dropout = 0;
    std::uint64_t rng = 0;  ///< of this step's dropout
};

/// A tensor with its own storage.
struct OwnedTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<float> values;

    TensorView view() const { return {name, shape, values}; }
};

/// A network with its optimiser on some device. The same calls on the same machine with one thread give the same
/// numbers bit by bit. Owned and used by one thread at a time.
class TrainableNetwork {
public:
    virtual ~TrainableNetwork() = default;

    /// One step of AdamW (Loshchilov and Hutter 2019) with gradients clipped to norm 1; products of matrices in
    /// bfloat16 where the device has it. Errors: out of memory on the device; a loss that is no number.
    virtual Result<BatchLoss> train(const TokenBatch& batch, const StepSettings& settings) = 0;
    /// In 32 bits throughout.
    virtual Result<BatchLoss> evaluate(const TokenBatch& batch) = 0;

    /// The tensors of `tensorsOf`, copied to the host.
    virtual std::vector<OwnedTensor> weights() const = 0;
    /// The state of the optimiser in tensors named "optimiser.*"; with the weights and the number of steps it is all
    /// that going on needs.
    virtual std::vector<OwnedTensor> optimiser() const = 0;
    /// Takes over weights and, where `file` has it, the optimiser's state after `steps` steps.
    virtual Result<void> load(const SafeTensors& file, std::int64_t steps) = 0;
    /// Takes over the weights of a network of which this one is `grown`: further tokens stay random, further layers
    /// begin by changing nothing (as in Chen et al., "Net2Net", ICLR 2016, section 2.3).
    virtual Result<void> beginWith(const SafeTensors& base) = 0;
};

/// The library that trains, loaded at run time.
class NetworkBackend {
public:
    virtual ~NetworkBackend() = default;

    virtual std::string description() const = 0;           ///< "libtorch 1.13.1"
    virtual std::string blas() const = 0;                  ///< "OpenBLAS 0.3.21 (SkylakeX)", or a word on a slow one
    virtual std::vector<std::string> devices() const = 0;  ///< the one that "auto" means first
    virtual int threads() const = 0;

    /// `device` is "cpu", "cuda" or "auto"; weights start random from `rng`.
    virtual Result<std::unique_ptr<TrainableNetwork>> create(const NetworkConfig& config, const std::string& device,
                                                             std::uint64_t rng) const = 0;
};

}  // namespace ricercar
