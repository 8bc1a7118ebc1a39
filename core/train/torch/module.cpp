#include <dlfcn.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <thread>

#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include "core/train/torch/module_decoding.h"
#include "core/train/torch/trainable.h"

namespace ricercar {

namespace {

/// The tensors of a step come and go by the hundred megabytes. Memory that is given back to the system each time, as is
/// glibc's way, has to be cleared again: evaluation takes a third less time without.
void keepFreedMemory() {
#if defined(__GLIBC__)
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

class TorchBackend : public NetworkBackend {
public:
    TorchBackend() {
        if (std::getenv("OMP_NUM_THREADS") == nullptr) {
            setThreads(std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / 2));
        }
    }

    std::string description() const override { return "libtorch " TORCH_VERSION; }

    std::string blas() const override {
        // OpenBLAS tells its version and kernels; the reference BLAS has no such function and is many times slower.
        using Config = char* (*)();
        const auto config = reinterpret_cast<Config>(dlsym(RTLD_DEFAULT, "openblas_get_config"));
        const auto core = reinterpret_cast<Config>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
        if (config != nullptr && core != nullptr) {
            const std::string text = config();
            return text.substr(0, text.find(' ', text.find(' ') + 1)) + " (" + core() + ")";
        }
        return at::hasMKL() ? "MKL" : "reference BLAS (slow: install libopenblas0-pthread)";
    }

    std::vector<std::string> devices() const override {
        std::vector<std::string> names = {"cpu"};
        if (torch::cuda::is_available()) {
            names.insert(names.begin(), "cuda");
        }
        return names;
    }

    int threads() const override { return at::get_num_threads(); }

    double matrixRate(const std::string& device, bool half) const override {
        constexpr std::int64_t large = 4096;
        constexpr std::int64_t small = 1024;
        const std::int64_t size = device == "cpu" ? small : large;
        const auto options = at::device(at::Device(device)).dtype(half ? at::kBFloat16 : at::kFloat);
        const at::Tensor a = at::ones({size, size}, options);
        const auto product = [&a] { at::mm(a, a)[0][0].item(); };  // waits for the device
        product();                                                 // warms up
        const auto start = std::chrono::steady_clock::now();
        double seconds = 0;
        int products = 0;
        for (; seconds < 0.5; ++products) {
            product();
            seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        }
        return 2.0 * std::pow(static_cast<double>(size), 3) * products / seconds;
    }

    void setThreads(int count) const override {
        at::set_num_threads(count);
        // OpenBLAS has threads of its own.
        if (const auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
            set(count);
        }
    }

    std::string precision(const std::string& device) const override {
        const auto found = find(device);
        return found && hasFastBfloat16(*found) ? "bfloat16" : "float32";
    }

    Result<double> moduleDecodingSpeed(const std::filesystem::path& model, int rows) const override {
        return ricercar::moduleDecodingSpeed(model, rows);
    }

    Result<std::unique_ptr<TrainableNetwork>> create(const NetworkConfig& config, const std::string& device,
                                                     std::uint64_t rng, ProcessGroup* group) const override {
        auto* const torchGroup = static_cast<TorchProcessGroup*>(group);
        return find(device).and_then([&](at::Device found) -> Result<std::unique_ptr<TrainableNetwork>> {
            const at::Device chosen = torchGroup != nullptr ? torchGroup->device() : found;
            try {
                keepFreedMemory();
                torch::manual_seed(rng);
                return std::make_unique<TorchTrainable>(config, chosen, torchGroup);
            } catch (const std::exception& error) {
                return failure("the network could not be made on {}: {}", chosen.str(), error.what());
            }
        });
    }

    Result<std::unique_ptr<ProcessGroup>> join(const WorkerPlace& place, const std::string& device, double seconds,
                                               const std::stop_token& stop) const override {
        return find(device).and_then([&](at::Device found) {
            const auto count = static_cast<int>(torch::cuda::device_count());
            const at::Device own =
                found.is_cuda() ? at::Device(at::kCUDA, static_cast<at::DeviceIndex>(place.localRank % count)) : found;
            return joinProcessGroup(place, own, seconds, stop);
        });
    }

private:
    Result<at::Device> find(const std::string& device) const {
        const auto known = devices();
        const std::string chosen = device == "auto" ? known.front() : device;
        if (std::find(known.begin(), known.end(), chosen) == known.end()) {
            return failure("there is no device \"{}\" here; use --device cpu", device);
        }
        return at::Device(chosen);
    }
};

}  // namespace

}  // namespace ricercar

extern "C" __attribute__((visibility("default"))) const ricercar::NetworkBackend* ricercarNetworkBackend() {
    static const ricercar::TorchBackend backend;
    return &backend;
}
