#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>

namespace ricercar {

/// A MIDI number that cannot be out of its range. `Tag` keeps kinds apart.
template <typename Tag, int lowest, int highest>
class BoundedNumber {
public:
    static constexpr int min = lowest;
    static constexpr int max = highest;

    constexpr BoundedNumber() = default;

    /// Nothing when `number` is out of range.
    static constexpr std::optional<BoundedNumber> fromMidi(int number) {
        if (number < lowest || number > highest) {
            return std::nullopt;
        }
        return BoundedNumber(number);
    }
    /// The nearest number in range.
    static constexpr BoundedNumber clamped(int number) { return BoundedNumber(std::clamp(number, lowest, highest)); }

    constexpr int midi() const { return m_number; }
    constexpr auto operator<=>(const BoundedNumber&) const = default;

private:
    constexpr explicit BoundedNumber(int number) : m_number(static_cast<std::uint8_t>(number)) {}

    std::uint8_t m_number = static_cast<std::uint8_t>(lowest);
};

}  // namespace ricercar
