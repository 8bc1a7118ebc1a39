// Any JSON is refused or read as pieces with frames.

#include <cstdlib>

#include "core/frames/frame_data.h"
#include "fuzz/memory_file.h"

using namespace ricercar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile file(std::as_bytes(std::span(data, size)));
    if (const auto read = readFrameData(file.path())) {
        for (const auto* pieces : {&read->train, &read->valid, &read->test}) {
            for (const FramePiece& piece : *pieces) {
                if (piece.empty()) {
                    std::abort();
                }
            }
        }
    }
    return 0;
}
