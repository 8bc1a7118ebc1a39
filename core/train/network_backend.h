#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
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
    int firstRow = 0;                   ///< of the whole batch, where this is a part of it

    /// The rows from `first` to before `last`.
    TokenBatch part(int first, int last) const {
        const auto rowsOf = [&](const std::vector<std::int32_t>& all) {
            return std::vector(all.begin() + first * length, all.begin() + last * length);
        };
        return {last - first, length, rowsOf(inputs), rowsOf(targets), firstRow + first};
    }
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
    /// The gradient of a larger batch is summed up over parts of so many rows, which bounds the memory and gives the
    /// same but for the order of the sums. 0: all at once.
    int rowsAtOnce = 0;
};

/// A tensor with its own storage.
struct OwnedTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::vector<float> values;

    TensorView view() const { return {name, shape, values}; }
};

/// Which of the processes that train together this one is.
struct WorkerPlace {
    int rank = 0;
    int count = 1;
    int localRank = 0;             ///< among those of its machine
    std::string address;           ///< of worker 0
    int port = 0;                  ///< where worker 0 waits for the others
    bool storeOfTorchrun = false;  ///< it is torchrun that waits there
    int restarts = 0;              ///< by torchrun
};

/// Processes that are joined and make the same calls in the same order (torch.distributed's process group). Used by one
/// thread at a time.
class ProcessGroup {
public:
    virtual ~ProcessGroup() = default;

    /// Adds up, number by number, what all processes have, and waits until all are here. Errors: another one has ended
    /// or does not answer.
    virtual Result<void> sum(std::span<double> numbers) = 0;
};

/// A network with its optimiser on some device. The same calls on the same machine with one thread give the same
/// numbers bit by bit. Owned and used by one thread at a time.
class TrainableNetwork {
public:
    virtual ~TrainableNetwork() = default;

    /// One step of AdamW (Loshchilov and Hutter 2019) with gradients clipped to norm 1; products of matrices in
    /// bfloat16 where the device has it. In a process group `batch` is this process' part of the batch, at least a row;
    /// the step and the loss are those of the whole. Errors: out of memory on the device; a loss that is no number;
    /// another process is lost.
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
    /// In a process group, takes over the weights and the optimiser's state of process 0.
    virtual Result<void> becomeAlike() = 0;
};

/// The library that trains, loaded at run time.
class NetworkBackend {
public:
    virtual ~NetworkBackend() = default;

    virtual std::string description() const = 0;           ///< "libtorch 1.13.1"
    virtual std::string blas() const = 0;                  ///< "OpenBLAS 0.3.21 (SkylakeX)", or a word on a slow one
    virtual std::vector<std::string> devices() const = 0;  ///< the one that "auto" means first
    /// That compute in this process; at first OMP_NUM_THREADS, or half of the cores.
    virtual int threads() const = 0;
    virtual void setThreads(int count) const = 0;
    /// Floating-point operations a second of products of large matrices, measured for half a second; `half`: in
    /// bfloat16. `device` is one of `devices()`.
    virtual double matrixRate(const std::string& device, bool half) const = 0;
    /// What matrices are multiplied in on `device`, as `create` takes it: "bfloat16" or "float32".
    virtual std::string precision(const std::string& device) const = 0;
    /// A peer of our decoder: how many tokens a second of processor time the weights of a model file draw in the
    /// library's own modules, one token a step for each row, with a cache of keys and values that is half full.
    /// Errors: what is wrong with the file; a network that is no Transformer.
    virtual Result<double> moduleDecodingSpeed(const std::filesystem::path& model, int rows) const = 0;

    /// `device` is "cpu", "cuda" or "auto"; weights start random from `rng`. With a `group`, which this backend has
    /// joined and which has to outlive the network, `train` is of all its processes together, on the device of `join`.
    virtual Result<std::unique_ptr<TrainableNetwork>> create(const NetworkConfig& config, const std::string& device,
                                                             std::uint64_t rng,
                                                             ProcessGroup* group = nullptr) const = 0;

    /// Waits `seconds` at most until all processes have come. Of several GPUs each process of a machine takes its own.
    /// Errors: which process is missing, and where it was awaited; stopped.
    virtual Result<std::unique_ptr<ProcessGroup>> join(const WorkerPlace& place, const std::string& device,
                                                       double seconds, const std::stop_token& stop) const = 0;
};

}  // namespace ricercar
