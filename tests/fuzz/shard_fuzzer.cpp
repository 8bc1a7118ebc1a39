// Any shard is refused or read as pieces that fill it, and any ledger in it is refused or can be written again. The
// hash of what follows the tokens is set right first: it is there against accidents.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/corpus/ledger.h"
#include "core/corpus/shard.h"
#include "fuzz/memory_file.h"

using namespace ricercar;

namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

void setHash(std::span<std::byte> shard) {
    constexpr std::size_t headerBytes = 56;
    constexpr std::size_t tokenCountPlace = 16;
    std::uint64_t tokenCount = 0;
    if (shard.size() < headerBytes) {
        return;
    }
    std::memcpy(&tokenCount, &shard[tokenCountPlace], sizeof tokenCount);
    if (tokenCount <= (shard.size() - headerBytes) / sizeof(Token)) {
        const ContentHash rest = contentHash(shard.subspan(headerBytes + tokenCount * sizeof(Token)));
        std::memcpy(&shard[headerBytes - sizeof rest], &rest, sizeof rest);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = std::as_bytes(std::span(data, size));
    std::vector<std::byte> bytes(input.begin(), input.end());
    setHash(bytes);
    const MemoryFile file(bytes);
    const auto shard = TokenShard::open(file.path());
    if (!shard) {
        return 0;
    }
    std::uint64_t tokens = 0;
    for (std::size_t i = 0; i < shard->size(); ++i) {
        tokens += shard->tokens(i).size();
    }
    require(tokens == shard->tokenCount());
    if (const auto records = unpackLedger(shard->attachment())) {
        const std::string packed = packLedger(*records);
        const auto again = unpackLedger(std::as_bytes(std::span(packed)));
        require(again && packLedger(*again) == packed);
    }
    return 0;
}
