#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/json.h"

namespace ricercar {

/// One thing measured on this machine.
struct Figure {
    /// The same of something else, measured in the same run.
    struct Peer {
        std::string name;
        double value = 0;
    };

    std::string name;  ///< "decoding, 8 rows"
    double value = 0;
    std::string unit;  ///< "tokens/s", "ms", ...
    std::vector<Peer> peers = {};
};

/// Peers with their `ratio`, how many times theirs our value is.
Json toJson(const Figure& figure);

/// Is told each figure as soon as it is measured.
using FigureSink = std::function<void(const Figure& figure)>;

}  // namespace ricercar
