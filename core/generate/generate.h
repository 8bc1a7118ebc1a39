#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/model/model.h"
#include "core/music/key.h"
#include "core/music/song.h"

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

/// New bars only, without the seed; starts at tick 0, ends on a bar line and has a note. After a seed it plays the
/// instruments of the seed, in the metre and tempo of the seed's last bar; a metre that the model cannot write is
/// replaced by the one nearest in length, and the recipe says so in its field `remark`. From nothing the metre of the
/// first bar, a common one, stays to the end. Where bars of the seed are filled in, a take is these bars with all that
/// was to stay in them, unchanged, in the seed's tempo, metre and resolution.
struct Take {
    int number = 0;  ///< from 0
    Song song;
    Json recipe;  ///< model hash, seed hash, settings, take number: enough to repeat it
};

/// A model that has already read a seed: decoding starts at once. Immutable; several generations may start from it.
class PreparedSeed {
public:
    /// Reads the last bars of `seed` that fit the model's context; an empty song means "from nothing". With `fill`,
    /// takes do not go on from the seed but fill that into it. Takes as long as reading the seed does. Errors: those of
    /// `Vocabulary::fill`.
    static Result<std::shared_ptr<const PreparedSeed>> prepare(std::shared_ptr<const Model> model, const Song& seed,
                                                               const std::optional<FillIn>& fill = {});
    virtual ~PreparedSeed() = default;
};

/// What happens while decoding; called on the thread that generates. Either may be empty.
struct GenerateEvents {
    std::function<void(int take, const DrawnNote& note)> note;
    std::function<void(const Take& take)> take;
};

/// Draws `settings.takes` takes as one batch. The same seed, model and settings give the same takes, whatever the
/// callbacks do. When `stop` is requested the whole bars drawn so far are returned within one token's time; takes
/// without a whole bar or without a note are left out.
Result<std::vector<Take>> generate(const PreparedSeed& seed, const GenerateSettings& settings,
                                   const GenerateEvents& events = {}, const std::stop_token& stop = {});

}  // namespace ricercar
