#include "core/model/weights.h"

#include <cstring>

namespace ricercar {

void RoundedRows::round(const float* x, int count, int rowWidth, const float* factors) {
    width = static_cast<std::size_t>(rowWidth);
    bytes.resize(static_cast<std::size_t>(count) * width);
    rows.resize(static_cast<std::size_t>(count));
    kernels().toBytes(x, factors, bytes.data(), rows.data(), count, rowWidth);
}

void putOutput(std::uint8_t* matrix, long output, std::span<const std::int8_t> bytes, int capacity) {
    for (std::size_t input = 0; input < bytes.size(); input += 4) {
        std::uint32_t four = 0;
        std::memcpy(&four, &bytes[input], sizeof(four));
        four ^= 0x80808080;  // 128 more, of each byte
        std::memcpy(matrix + ByteMatrix::place(output, static_cast<long>(input), capacity), &four, sizeof(four));
    }
}

void putInput(std::uint8_t* matrix, long input, std::span<const std::int8_t> bytes, int capacity) {
    constexpr long together = 16;
    for (long first = 0; first < std::ssize(bytes); first += together) {
        std::uint8_t* const to = matrix + ByteMatrix::place(first, input, capacity);
        for (long output = 0; output < together; ++output) {
            to[ByteMatrix::place(output, 0, capacity)] = static_cast<std::uint8_t>(bytes[first + output] + 128);
        }
    }
}

Matrix::Matrix(const StoredTensor& tensor, Precision precision)
    : m_tensor(&tensor), m_outputs(static_cast<int>(tensor.shape[0])), m_inputs(static_cast<int>(tensor.shape[1])) {
    if (precision == Precision::int8) {
        round();
    }
}

void Matrix::round() {
    const std::vector<float> values = m_tensor->values();
    RoundedRows rounded;
    rounded.round(values.data(), m_outputs, m_inputs);
    const std::size_t outputs = (static_cast<std::size_t>(m_outputs) + 15) / 16 * 16;
    m_bytes.resize(outputs * static_cast<std::size_t>(m_inputs) / sizeof(ByteLine));
    m_scales.resize(outputs);
    for (int output = 0; output < m_outputs; ++output) {
        const auto place = static_cast<std::size_t>(output);
        m_scales[place] = rounded.rows[place].scale;
        putOutput(m_bytes.front().bytes, output, rounded.row(place), m_inputs);
    }
}

void Matrix::multiply(const float* x, float* y, int rows, RoundedRows& work, Onto onto) const {
    const Kernels& run = kernels();
    const std::byte* stored = m_tensor->bytes.data();
    if (!m_bytes.empty()) {
        work.round(x, rows, m_inputs);
        run.linearBytes({m_bytes.front().bytes, m_scales.data(), m_inputs}, work.bytes.data(), work.rows.data(), y,
                        rows, m_inputs, m_outputs, onto);
    } else if (m_tensor->type == NumberType::bfloat16) {
        run.linearBfloat16(reinterpret_cast<const std::uint16_t*>(stored), x, y, rows, m_inputs, m_outputs, onto);
    } else {
        run.linear(reinterpret_cast<const float*>(stored), x, y, rows, m_inputs, m_outputs, onto);
    }
}

Weights::Weights(ModelFile file, Precision precision) : m_file(std::move(file)), m_precision(precision) {
    for (const TensorSpec& spec : tensorsOf(config())) {
        const StoredTensor& tensor = *m_file.weights.find(spec.name);
        if (spec.shape.size() == 2) {
            m_matrices.try_emplace(spec.name, tensor, precision);
        }
        if (spec.shape.size() == 1 || spec.name == "embedding") {
            m_numbers.try_emplace(spec.name, tensor.values());
        }
    }
}

}  // namespace ricercar
