#include "core/model/safetensors.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include <fmt/ranges.h>

#include "core/base/hash.h"
#include "core/base/json.h"

namespace ricercar {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

constexpr const char* metadataKey = "__metadata__";
constexpr const char* hashKey = "hash";
constexpr std::size_t lengthBytes = 8;
constexpr std::uint64_t longestHeader = 16 << 20;

/// Of the numbers and of the header without the hash itself.
std::string hashOf(Json header, std::span<const std::byte> numbers) {
    header[metadataKey].erase(hashKey);
    const ContentHash ofNumbers = contentHash(numbers);
    return contentHash(header.dump() + ofNumbers.hex()).hex();
}

/// Round to nearest, ties to even; what is no number stays none.
std::uint16_t toBfloat16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t rounded = bits + 0x7fff + ((bits >> 16) & 1);
    return static_cast<std::uint16_t>((value == value ? rounded : bits | 0x10000) >> 16);
}

float fromBfloat16(std::uint16_t value) { return std::bit_cast<float>(std::uint32_t{value} << 16); }

struct Entry {
    StoredTensor tensor;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

Result<Entry> readEntry(const std::string& name, const Json& json, std::span<const std::byte> numbers) {
    const auto dtype = field<std::string>(json, "dtype");
    const auto shape = field<std::vector<std::int64_t>>(json, "shape");
    const auto offsets = field<std::vector<std::uint64_t>>(json, "data_offsets");
    if (!dtype || !shape || !offsets || offsets->size() != 2) {
        return failure("tensor \"{}\" is not described as it should be", name);
    }
    if (*dtype != "F32" && *dtype != "BF16") {
        return failure("tensor \"{}\" holds {}; this program reads F32 and BF16", name, *dtype);
    }
    const std::size_t numberBytes = *dtype == "F32" ? sizeof(float) : sizeof(std::uint16_t);
    const std::uint64_t begin = (*offsets)[0];
    const std::uint64_t end = (*offsets)[1];
    if (begin > end || end > numbers.size() || begin % numberBytes != 0) {
        return failure("tensor \"{}\" lies outside the file; the file is cut short or damaged", name);
    }
    std::uint64_t count = 1;
    for (const std::int64_t extent : *shape) {
        if (extent < 0 || (extent > 0 && count > numbers.size() / static_cast<std::uint64_t>(extent))) {
            return failure("tensor \"{}\" is larger than the file", name);
        }
        count *= static_cast<std::uint64_t>(extent);
    }
    if (count * numberBytes != end - begin) {
        return failure("tensor \"{}\" has {} bytes where its shape needs {}", name, end - begin, count * numberBytes);
    }
    const auto type = *dtype == "F32" ? NumberType::float32 : NumberType::bfloat16;
    return Entry{{name, *shape, type, numbers.subspan(begin, end - begin)}, begin, end};
}

}  // namespace

std::string shapeText(std::span<const std::int64_t> shape) { return fmt::format("{}", shape); }

std::vector<float> StoredTensor::values() const {
    std::vector<float> values(size());
    if (type == NumberType::float32) {
        std::memcpy(values.data(), bytes.data(), bytes.size());
    } else {
        const std::span stored(reinterpret_cast<const std::uint16_t*>(bytes.data()), values.size());
        std::transform(stored.begin(), stored.end(), values.begin(), fromBfloat16);
    }
    return values;
}

Result<SafeTensors> SafeTensors::open(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    const auto refuse = [&](const std::string& why) { return failure("{}: {}", path.string(), why); };
    SafeTensors opened(std::move(*file));
    const auto bytes = opened.m_file.bytes();
    std::uint64_t headerLength = 0;
    if (bytes.size() < lengthBytes) {
        return refuse("not a model file: shorter than 8 bytes");
    }
    std::memcpy(&headerLength, bytes.data(), lengthBytes);
    if (headerLength > longestHeader || headerLength > bytes.size() - lengthBytes) {
        return refuse("not a model file, or cut short: its header is longer than the file");
    }
    const auto numbers = bytes.subspan(lengthBytes + headerLength);
    if ((lengthBytes + headerLength) % sizeof(float) != 0) {
        return refuse("its numbers are not aligned");
    }
    const auto header =
        parseJson({reinterpret_cast<const char*>(bytes.data()) + lengthBytes, static_cast<std::size_t>(headerLength)});
    if (!header || !header->is_object()) {
        return refuse("not a model file: its header is no JSON object");
    }
    std::vector<Entry> entries;
    for (const auto& [name, value] : header->items()) {
        if (name == metadataKey) {
            const auto metadata = field<std::map<std::string, std::string>>(*header, metadataKey);
            if (!metadata) {
                return refuse("its metadata is not text");
            }
            opened.m_metadata = *metadata;
            continue;
        }
        auto entry = readEntry(name, value, numbers);
        if (!entry) {
            return refuse(entry.error().message);
        }
        entries.push_back(std::move(*entry));
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.begin < b.begin; });
    std::uint64_t covered = 0;
    for (Entry& entry : entries) {
        if (entry.begin != covered) {
            return refuse("its tensors overlap or leave gaps");
        }
        covered = entry.end;
        opened.m_tensors.push_back(std::move(entry.tensor));
    }
    if (covered != numbers.size()) {
        return refuse("it has bytes that belong to no tensor");
    }
    opened.m_hash = opened.metadata(hashKey);
    if (opened.m_hash.empty()) {
        return refuse("it is no model of this program: it has no hash");
    }
    if (opened.m_hash != hashOf(*header, numbers)) {
        return refuse("the file is damaged: its hash does not fit its content");
    }
    return opened;
}

std::string SafeTensors::metadata(const std::string& key) const {
    const auto found = m_metadata.find(key);
    return found == m_metadata.end() ? std::string() : found->second;
}

const StoredTensor* SafeTensors::find(const std::string& name) const {
    const auto found = std::find_if(m_tensors.begin(), m_tensors.end(),
                                    [&](const StoredTensor& tensor) { return tensor.name == name; });
    return found == m_tensors.end() ? nullptr : &*found;
}

Result<void> writeSafeTensors(const std::filesystem::path& path, std::map<std::string, std::string> metadata,
                              std::span<const TensorView> tensors, NumberType type) {
    std::vector<std::byte> numbers;
    metadata.erase(hashKey);
    Json header = {{metadataKey, metadata}};
    for (const TensorView& tensor : tensors) {
        assert(!header.contains(tensor.name));
        std::vector<std::uint16_t> narrow;
        if (type == NumberType::bfloat16) {
            std::transform(tensor.values.begin(), tensor.values.end(), std::back_inserter(narrow), toBfloat16);
        }
        const auto bytes = narrow.empty() ? std::as_bytes(tensor.values) : std::as_bytes(std::span(narrow));
        header[tensor.name] = {{"dtype", type == NumberType::float32 ? "F32" : "BF16"},
                               {"shape", tensor.shape},
                               {"data_offsets", {numbers.size(), numbers.size() + bytes.size()}}};
        numbers.insert(numbers.end(), bytes.begin(), bytes.end());
    }
    header[metadataKey][hashKey] = hashOf(header, numbers);
    std::string text = header.dump();
    constexpr std::size_t alignment = 64;  // of the numbers in the file, and so in memory
    text.append(alignment - 1 - (lengthBytes + text.size() + alignment - 1) % alignment, ' ');
    const std::uint64_t length = text.size();
    std::vector<std::byte> file(lengthBytes);
    std::memcpy(file.data(), &length, lengthBytes);
    const auto headerBytes = std::as_bytes(std::span(text));
    file.insert(file.end(), headerBytes.begin(), headerBytes.end());
    file.insert(file.end(), numbers.begin(), numbers.end());
    return writeFileAtomically(path, file);
}

}  // namespace ricercar
