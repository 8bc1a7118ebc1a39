#pragma once

#include <string>

namespace ricercar {

/// How much better a model foretells held-out music than the base it began from, in a sentence for people. `judges`
/// names that music: "3 held-out pieces". Equal numbers mean that nothing was gained and the base was kept.
std::string verdict(double baseNatsPerNote, double natsPerNote, const std::string& judges);

}  // namespace ricercar
