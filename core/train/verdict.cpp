#include "core/train/verdict.h"

#include <fmt/format.h>

namespace ricercar {

std::string verdict(double baseNatsPerNote, double natsPerNote, const std::string& judges) {
    if (natsPerNote >= baseNatsPerNote) {
        return fmt::format(
            "Base model {:.2f} nats a note on {}: nothing that was learnt made it better, so it stays as it was.",
            baseNatsPerNote, judges);
    }
    return fmt::format("Base model {:.2f} -> yours {:.2f} nats a note on {}: each note surprises it {:.0f} % less.",
                       baseNatsPerNote, natsPerNote, judges, 100 * (1 - natsPerNote / baseNatsPerNote));
}

}  // namespace ricercar
