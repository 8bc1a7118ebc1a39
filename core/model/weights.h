#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/model/kernels/kernels.h"
#include "core/model/model_file.h"
#include "core/model/precision.h"

namespace ricercar {

/// Sixty-four bytes of a byte matrix; allocated at an address that 64 divides.
struct alignas(64) ByteLine {
    std::uint8_t bytes[64];
};

/// Rows of numbers rounded to bytes. Work space: keeps its memory.
struct RoundedRows {
    std::vector<std::int8_t> bytes;
    std::vector<ByteRow> rows;
    std::size_t width = 0;

    /// Each number times the `factors` of its column, if there are any.
    void round(const float* x, int count, int width, const float* factors = nullptr);
    std::span<const std::int8_t> row(std::size_t index) const { return std::span(bytes).subspan(index * width, width); }
};

/// Puts an output's bytes into a `ByteMatrix`.
void putOutput(std::uint8_t* matrix, long output, std::span<const std::int8_t> bytes, int capacity);
/// The same for an input.
void putInput(std::uint8_t* matrix, long input, std::span<const std::int8_t> bytes, int capacity);

/// The weights of a linear layer, `[outputs, inputs]`.
class Matrix {
public:
    /// `tensor` outlives the matrix.
    Matrix(const StoredTensor& tensor, Precision precision);

    /// y = x times the transposed matrix, for each row of x `[rows, inputs]`; y is `[rows, outputs]` and, where `onto`
    /// says so, what it was is added. What a row gives does not depend on the rows beside it.
    void multiply(const float* x, float* y, int rows, RoundedRows& work, Onto onto = Onto::nothing) const;

private:
    void round();

    const StoredTensor* m_tensor;
    int m_outputs;
    int m_inputs;
    std::vector<ByteLine> m_bytes;  ///< a `ByteMatrix` where the precision is int8, else empty
    std::vector<float> m_scales;
};

/// A network's weights, ready for decoding. Immutable; shared by the decoders.
class Weights {
public:
    Weights(ModelFile file, Precision precision);

    const ModelDescription& description() const { return m_file.description; }
    const NetworkConfig& config() const { return m_file.description.network; }
    const std::string& hash() const { return m_file.weights.hash(); }
    Precision precision() const { return m_precision; }

    /// Names as in `tensorsOf(config())`: all of two dimensions, and the numbers of the others and of "embedding".
    const Matrix& matrix(const std::string& name) const { return m_matrices.at(name); }
    const float* numbers(const std::string& name) const { return m_numbers.at(name).data(); }

private:
    ModelFile m_file;
    Precision m_precision;
    std::map<std::string, Matrix> m_matrices;
    std::map<std::string, std::vector<float>> m_numbers;
};

}  // namespace ricercar
