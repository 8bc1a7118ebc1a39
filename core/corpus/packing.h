#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/base/hash.h"

namespace ricercar {

static_assert(std::endian::native == std::endian::little, "cache files are little-endian");

template <typename T>
concept PlainValue = std::is_arithmetic_v<T> || std::is_enum_v<T>;

template <typename T, typename Struct>
concept MaybeConst = std::same_as<std::remove_const_t<T>, Struct>;

/// Values to bytes and back, for files that only this program reads. A struct of its own takes part by a function
/// `void transfer(auto& archive, MaybeConst<S> auto& value)` that hands its fields to `archive`; the same function
/// then writes (Packer) and reads (Unpacker).
class Packer {
public:
    template <typename... Fields>
    void operator()(const Fields&... fields) {
        (put(fields), ...);
    }
    /// Adds bytes as they are, without their number.
    void append(std::span<const std::byte> bytes) { append(bytes.data(), bytes.size()); }
    std::string_view bytes() const { return m_bytes; }

private:
    template <PlainValue T>
    void put(const T& value) {
        append(&value, sizeof value);
    }
    void put(const std::string& text) {
        put(static_cast<std::uint32_t>(text.size()));
        append(text.data(), text.size());
    }
    template <typename T>
    void put(const std::vector<T>& items) {
        put(static_cast<std::uint32_t>(items.size()));
        for (const T& item : items) {
            put(item);
        }
    }
    /// Histograms are mostly zeros: only the others are stored, each with its place.
    template <PlainValue T, std::size_t size>
    void put(const std::array<T, size>& values) {
        const auto filled = std::count_if(values.begin(), values.end(), [](T value) { return value != T{}; });
        put(static_cast<std::uint32_t>(filled));
        for (std::size_t i = 0; i < size; ++i) {
            if (values[i] != T{}) {
                put(static_cast<std::uint16_t>(i));
                put(values[i]);
            }
        }
    }
    template <typename T>
    void put(const std::optional<T>& value) {
        put(value.has_value());
        if (value) {
            put(*value);
        }
    }
    template <typename T>
    requires std::is_class_v<T>
    void put(const T& value) { transfer(*this, value); }
    void append(const void* data, std::size_t size) { m_bytes.append(static_cast<const char*>(data), size); }

    std::string m_bytes;
};

/// Never reads beyond its bytes: once they run out every further value is zero or empty and `complete()` is false.
class Unpacker {
public:
    explicit Unpacker(std::span<const std::byte> bytes) : m_left(bytes) {}

    template <typename... Fields>
    void operator()(Fields&... fields) {
        (get(fields), ...);
    }
    /// Whether everything could be read and nothing is left over.
    bool complete() const { return !m_failed && m_left.empty(); }

private:
    template <PlainValue T>
    void get(T& value) {
        const auto bytes = take(sizeof value);
        value = T{};
        if (!bytes.empty()) {
            std::memcpy(&value, bytes.data(), sizeof value);
        }
    }
    void get(std::string& text) {
        const auto bytes = take(count());
        text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    template <typename T>
    void get(std::vector<T>& items) {
        items.resize(count());
        for (T& item : items) {
            get(item);
        }
    }
    template <PlainValue T, std::size_t size>
    void get(std::array<T, size>& values) {
        values = {};
        for (std::size_t left = count(); left > 0; --left) {
            std::uint16_t place = 0;
            T value{};
            get(place);
            get(value);
            m_failed = m_failed || place >= size;
            if (!m_failed) {
                values[place] = value;
            }
        }
    }
    template <typename T>
    void get(std::optional<T>& value) {
        std::uint8_t there = 0;  // any byte, which a bool may not hold
        get(there);
        value.reset();
        if (there != 0) {
            get(value.emplace());
        }
    }
    template <typename T>
    requires std::is_class_v<T>
    void get(T& value) { transfer(*this, value); }
    /// A number of elements, each of at least one byte, so that a damaged count cannot ask for much memory.
    std::size_t count() {
        std::uint32_t number = 0;
        get(number);
        m_failed = m_failed || number > m_left.size();
        return m_failed ? 0 : number;
    }
    std::span<const std::byte> take(std::size_t size) {
        m_failed = m_failed || size > m_left.size();
        const auto taken = m_left.first(m_failed ? 0 : size);
        m_left = m_left.subspan(taken.size());
        return taken;
    }

    std::span<const std::byte> m_left;
    bool m_failed = false;
};

void transfer(auto& archive, MaybeConst<ContentHash> auto& hash) { archive(hash.high, hash.low); }

}  // namespace ricercar
