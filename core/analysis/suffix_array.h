#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ricercar {

/// The places of `text` in the order of the suffixes that begin there, a suffix before those that it begins; fewer than
/// 2^31 places. Time and memory are linear in the text (induced sorting: Nong, Zhang and Chan, "Two efficient
/// algorithms for linear time suffix array construction", IEEE Transactions on Computers 60, 2011).
std::vector<std::int32_t> suffixArray(std::span<const std::uint16_t> text);

}  // namespace ricercar
