#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/model.h"
#include "core/music/key.h"

namespace ricercar {

/// Random seeds go up to here: so far every number is exact in JSON.
inline constexpr std::int64_t largestRng = (std::int64_t{1} << 53) - 1;

struct GenerateSettings {
    int bars = 8;                     ///< 1 to 256
    int takes = 4;                    ///< 1 to 64
    double temperature = 1.0;         ///< 0.05 to 2, see `samplingAt`
    std::optional<double> minP = {};  ///< 0 to 1; none: that of the temperature
    std::optional<double> topP = {};  ///< above 0, to 1; likewise
    std::uint64_t rng = 0;

    /// Only notes of this key; of a minor key also its raised seventh. Drums play on.
    std::optional<Key> key = {};
    bool keyOfSeed = false;  ///< the key that the seed is found to be in, instead of `key`
    /// Only these pitches, MIDI 0 to 127; drums play on.
    int lowestPitch = 0;
    int highestPitch = 127;
    // What each new bar shall be like, where the model knows conditions; also `key` is told to it.
    std::string style = {};             ///< one of `stylesOf(model)`; empty: any
    std::optional<int> density = {};    ///< class, see `Description`
    std::optional<int> polyphony = {};  ///< likewise
    /// The last two bars are drawn several times, and those are taken that close the piece best, see `cadence`.
    bool ending = false;
};
/// From what people write: a key such as "D minor", "seed" for that of the seed, or nothing for any. Errors: no such
/// key.
Result<void> setKey(GenerateSettings& settings, std::string_view text);
/// The styles that a model's card names; empty where it knows none.
std::vector<std::string> stylesOf(const Model& model);
/// The error names the setting that is out of range.
Result<void> check(const GenerateSettings& settings);

/// The pitches that `settings` allow, whose key of the seed is found. Errors: there are none.
Result<PitchSet> pitchesOf(const GenerateSettings& settings);
/// What `settings`, likewise, have said of each new bar. Errors: something of which the model knows nothing.
Result<std::vector<Token>> descriptionTokens(const Model& model, const GenerateSettings& settings);

}  // namespace ricercar
