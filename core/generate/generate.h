#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/base/json.h"
#include "core/edit/fill_in.h"
#include "core/generate/generate_settings.h"
#include "core/music/song.h"

namespace ricercar {

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
