#include "core/model/key_value_cache.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ricercar {

namespace {

std::size_t unsignedSize(int count) { return static_cast<std::size_t>(count); }
int upToLanes(int count) { return (count + 15) / 16 * 16; }

/// Of a head: keys [slot][number], values [slot][number].
class FloatCache : public KeyValueCache {
public:
    explicit FloatCache(const NetworkConfig& config)
        : KeyValueCache(config,
                        2 * sizeof(float) * unsignedSize(config.context) * unsignedSize(config.width / config.heads)),
          m_slots(config.context) {}

    void put(int head, int slot, const float* key, const float* value, AttentionWork&) override {
        std::copy_n(key, m_width, numbers(head, slot));
        std::copy_n(value, m_width, numbers(head, m_slots + slot));
    }

    void attend(int head, const float* query, int slots, float* out, AttentionWork& work) const override {
        work.scores.resize(unsignedSize(upToLanes(slots)));
        float* scores = work.scores.data();
        kernels().linear(numbers(head, 0), query, scores, 1, m_width, slots);
        for (float& score : work.scores) {
            score /= std::sqrt(static_cast<float>(m_width));
        }
        const float total = kernels().exponentials(scores, slots);
        std::fill_n(out, m_width, 0.0F);
        kernels().weightedSum(scores, numbers(head, m_slots), out, slots, m_width);
        std::for_each_n(out, m_width, [&](float& number) { number /= total; });
    }

private:
    float* numbers(int head, int row) const {
        return reinterpret_cast<float*>(memory(head)) + std::ptrdiff_t{row} * m_width;
    }
    std::size_t rowBytes() const { return sizeof(float) * unsignedSize(m_width); }
    void visit(int slot, int count, const Visit& visit) const {
        visit({unsignedSize(slot) * rowBytes(), unsignedSize(count) * rowBytes()});
        visit({unsignedSize(m_slots + slot) * rowBytes(), unsignedSize(count) * rowBytes()});
    }
    void visitSlot(int slot, const Visit& visit) const override { this->visit(slot, 1, visit); }
    void visitFirst(int slots, const Visit& visit) const override { this->visit(0, slots, visit); }

    int m_slots;
};

/// Of a head: keys as a `ByteMatrix` [slot, number], values as another [number, slot], and the scales of the keys and
/// of the values by slot.
class ByteCache : public KeyValueCache {
public:
    explicit ByteCache(const NetworkConfig& config)
        : KeyValueCache(config, unsignedSize(upToLanes(config.context)) *
                                    (2 * unsignedSize(config.width / config.heads) + 2 * sizeof(float))),
          m_slots(upToLanes(config.context)) {
        for (int head = 0; head < m_heads; ++head) {
            std::fill_n(keyScales(head), 2 * m_slots, 0.0F);  // a slot that nothing was put in weighs nothing
        }
    }

    void put(int head, int slot, const float* key, const float* value, AttentionWork& work) override {
        keyScales(head)[slot] = scatter(key, keys(head), work, [&](int number) { return keyPlace(slot, number); });
        valueScales(head)[slot] =
            scatter(value, values(head), work, [&](int number) { return valuePlace(slot, number); });
    }

    void attend(int head, const float* query, int slots, float* out, AttentionWork& work) const override {
        const Kernels& run = kernels();
        const int padded = upToLanes(slots);
        work.scores.resize(unsignedSize(padded));
        work.rounded.round(query, 1, m_width);
        work.rounded.rows[0].scale /= std::sqrt(static_cast<float>(m_width));
        run.linearBytes({keys(head), keyScales(head), m_width}, work.rounded.bytes.data(), work.rounded.rows.data(),
                        work.scores.data(), 1, m_width, slots);
        const float total = run.exponentials(work.scores.data(), slots);
        work.rounded.bytes.resize(unsignedSize(2 * padded));
        work.rounded.rows.resize(2);
        run.toTwoBytes(work.scores.data(), valueScales(head), work.rounded.bytes.data(), work.rounded.rows.data(),
                       padded);
        work.sums.resize(unsignedSize(2 * m_width));
        work.factors.assign(unsignedSize(m_width), 1 / total);
        run.linearBytes({values(head), work.factors.data(), m_slots}, work.rounded.bytes.data(),
                        work.rounded.rows.data(), work.sums.data(), 2, padded, m_width);
        std::transform(work.sums.begin(), work.sums.begin() + m_width, work.sums.begin() + m_width, out, std::plus<>());
    }

private:
    std::uint8_t* keys(int head) const { return reinterpret_cast<std::uint8_t*>(memory(head)); }
    std::uint8_t* values(int head) const { return keys(head) + matrixBytes(); }
    float* keyScales(int head) const { return reinterpret_cast<float*>(memory(head) + 2 * matrixBytes()); }
    float* valueScales(int head) const { return keyScales(head) + m_slots; }
    std::size_t matrixBytes() const { return unsignedSize(m_slots) * unsignedSize(m_width); }
    std::size_t keyPlace(int slot, int number) const {
        return static_cast<std::size_t>(ByteMatrix::place(slot, number, m_width));
    }
    std::size_t valuePlace(int slot, int number) const {
        return static_cast<std::size_t>(ByteMatrix::place(number, slot, m_slots));
    }

    /// Returns the scale.
    template <typename Place>
    float scatter(const float* numbers, std::uint8_t* matrix, AttentionWork& work, Place place) const {
        work.rounded.round(numbers, 1, m_width);
        for (int number = 0; number < m_width; ++number) {
            matrix[place(number)] = static_cast<std::uint8_t>(work.rounded.bytes[unsignedSize(number)] + 128);
        }
        return work.rounded.rows[0].scale;
    }

    void visitSlot(int slot, const Visit& visit) const override {
        for (int number = 0; number < m_width; ++number) {
            visit({keyPlace(slot, number), 1});
            visit({matrixBytes() + valuePlace(slot, number), 1});
        }
        visitScales(slot, 1, visit);
    }
    void visitFirst(int slots, const Visit& visit) const override {
        visit({0, keyPlace(upToLanes(slots), 0)});
        for (int number = 0; number < m_width; number += 16) {
            visit({matrixBytes() + valuePlace(0, number), valuePlace(upToLanes(slots), 0)});
        }
        visitScales(0, slots, visit);
    }
    void visitScales(int slot, int count, const Visit& visit) const {
        for (const int first : {slot, m_slots + slot}) {
            visit({2 * matrixBytes() + sizeof(float) * unsignedSize(first), sizeof(float) * unsignedSize(count)});
        }
    }

    int m_slots;
};

constexpr int mostByteSlots = 65'536;  // inputs of `Kernels::linearBytes`

}  // namespace

KeyValueCache::KeyValueCache(const NetworkConfig& config, std::size_t headBytes)
    : m_heads(config.layers * config.heads),
      m_width(config.width / config.heads),
      m_headLines((headBytes + sizeof(ByteLine) - 1) / sizeof(ByteLine)),
      m_lines(std::make_unique_for_overwrite<ByteLine[]>(unsignedSize(m_heads) * m_headLines)) {}

std::unique_ptr<KeyValueCache> KeyValueCache::make(const NetworkConfig& config, Precision precision) {
    if (precision == Precision::int8 && config.context <= mostByteSlots) {
        return std::make_unique<ByteCache>(config);
    }
    return std::make_unique<FloatCache>(config);
}

void KeyValueCache::copy(const KeyValueCache& other, int slots) {
    visitFirst(slots, [&](Run run) {
        for (int head = 0; head < m_heads; ++head) {
            std::copy_n(other.memory(head) + run.offset, run.size, memory(head) + run.offset);
        }
    });
}

void KeyValueCache::save(int slot, std::vector<std::byte>& saved) const {
    visitSlot(slot, [&](Run run) {
        for (int head = 0; head < m_heads; ++head) {
            const std::byte* first = memory(head) + run.offset;
            saved.insert(saved.end(), first, first + run.size);
        }
    });
}

std::span<const std::byte> KeyValueCache::restore(int slot, std::span<const std::byte> saved) {
    visitSlot(slot, [&](Run run) {
        for (int head = 0; head < m_heads; ++head) {
            std::copy_n(saved.begin(), run.size, memory(head) + run.offset);
            saved = saved.subspan(run.size);
        }
    });
    return saved;
}

}  // namespace ricercar
