#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/files.h"
#include "core/base/result.h"

namespace ricercar {

/// How numbers are stored. `bfloat16` has the range of `float32` and 8 bits of precision, in half the space.
enum class NumberType { float32, bfloat16 };

/// A named array of 32-bit floats in row-major order, to be written.
struct TensorView {
    std::string name;
    std::vector<std::int64_t> shape;
    std::span<const float> values;
};

/// A named array in row-major order as the file has it.
struct StoredTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    NumberType type = NumberType::float32;
    std::span<const std::byte> bytes;

    std::size_t size() const { return bytes.size() / (type == NumberType::float32 ? 4 : 2); }
    std::vector<float> values() const;  ///< a copy, widened where the file has bfloat16
};

std::string shapeText(std::span<const std::int64_t> shape);  ///< "[256, 1024]"

/// A memory-mapped file in the safetensors format (https://huggingface.co/docs/safetensors, "Format"): a JSON header,
/// then the numbers. Ours hold F32 or BF16 and carry the hash of everything but itself in the metadata.
class SafeTensors {
public:
    /// Errors: no such file, not safetensors, truncated, numbers of another type, overlapping or missing bytes, wrong
    /// hash.
    static Result<SafeTensors> open(const std::filesystem::path& path);

    /// The metadata under `key`; empty when there is none.
    std::string metadata(const std::string& key) const;
    const std::vector<StoredTensor>& tensors() const { return m_tensors; }
    /// Null when there is none of that name.
    const StoredTensor* find(const std::string& name) const;
    /// 32 hexadecimal digits that stand for the content.
    const std::string& hash() const { return m_hash; }

private:
    explicit SafeTensors(MappedFile file) : m_file(std::move(file)) {}

    MappedFile m_file;
    std::map<std::string, std::string> m_metadata;
    std::vector<StoredTensor> m_tensors;
    std::string m_hash;
};

/// Writes whole or not at all, every number rounded to the nearest of `type`. Names must differ and the sizes fit the
/// shapes.
Result<void> writeSafeTensors(const std::filesystem::path& path, std::map<std::string, std::string> metadata,
                              std::span<const TensorView> tensors, NumberType type = NumberType::float32);

}  // namespace ricercar
