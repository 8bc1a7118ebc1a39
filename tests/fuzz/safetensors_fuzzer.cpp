// Any file of weights is refused or read as tensors that lie within it and fill their shapes; any JSON is refused or
// the configuration of a network.

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <numeric>

#include "core/model/network.h"
#include "core/model/safetensors.h"
#include "fuzz/memory_file.h"

using namespace ricercar;

namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile file(std::as_bytes(std::span(data, size)));
    if (const auto weights = SafeTensors::open(file.path())) {
        std::size_t bytes = 0;
        for (const StoredTensor& tensor : weights->tensors()) {
            const auto count =
                std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1}, std::multiplies());
            require(std::ssize(tensor.values()) == count);
            bytes += tensor.bytes.size();
        }
        require(bytes <= size);
    }
    if (const auto json = parseJson({reinterpret_cast<const char*>(data), size})) {
        if (const auto network = networkConfigFromJson(*json)) {
            require(networkConfigFromJson(toJson(*network)) == network);
            require(weightCount(*network) > 0);
        }
    }
    return 0;
}
