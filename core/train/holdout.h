#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/train/music.h"

namespace ricercar {

/// The music to learn from and the music that only judges. The spans point into `music`, or into `cut`.
struct Split {
    std::vector<std::span<const Token>> train;
    std::vector<std::string> trainNames;          ///< the file of each piece in `train`
    std::vector<std::optional<int>> trainStyles;  ///< of each piece in `train`: index into `styles`
    /// The folders right under the scanned one, sorted; none where there is one alone, more than `mostStyles`, or a
    /// piece beside them.
    std::vector<std::string> styles;
    std::vector<std::span<const Token>> valid;
    double validQuarters = 0;
    std::string how;     ///< one sentence for people and for the model's card
    std::string judges;  ///< what `valid` is, for people: "3 held-out pieces"

    std::vector<std::shared_ptr<const Music>> music;       ///< keeps the spans alive
    std::vector<std::shared_ptr<std::vector<Token>>> cut;  ///< parts of pieces, each with its own start and end token
};

/// Holds out about a tenth of the pieces, chosen by the hash of their content, so that the choice stays the same when
/// files are added. With fewer than five pieces the last fifth of each is held out instead, with a bar of gap before
/// it.
Split holdOut(std::shared_ptr<const Music> music, const Vocabulary& vocabulary);

/// Judges by the pieces of other music; those that `train` has too are left out.
Split holdOut(std::shared_ptr<const Music> train, std::shared_ptr<const Music> valid);

}  // namespace ricercar
