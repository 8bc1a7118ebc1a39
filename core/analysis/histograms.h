#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/music/song.h"

namespace ricercar {

struct NoteValue {
    double quarters;
    std::string_view name;
};

/// The classes of durations; a note counts in the one that is nearest in proportion.
inline constexpr std::array<NoteValue, 15> noteValues = {{{1.0 / 16, "1/64"},
                                                          {1.0 / 8, "1/32"},
                                                          {1.0 / 6, "1/16 triplet"},
                                                          {1.0 / 4, "1/16"},
                                                          {1.0 / 3, "1/8 triplet"},
                                                          {3.0 / 8, "1/16 dotted"},
                                                          {1.0 / 2, "1/8"},
                                                          {2.0 / 3, "1/4 triplet"},
                                                          {3.0 / 4, "1/8 dotted"},
                                                          {1.0, "1/4"},
                                                          {1.5, "1/4 dotted"},
                                                          {2.0, "1/2"},
                                                          {3.0, "1/2 dotted"},
                                                          {4.0, "1/1"},
                                                          {8.0, "longer"}}};

/// How many notes have each pitch and each duration.
struct Histograms {
    std::array<std::uint32_t, 128> pitches{};  ///< drums left out
    std::array<std::uint32_t, 128> drums{};
    std::array<std::uint32_t, noteValues.size()> durations{};  ///< by `noteValues`, drums left out

    bool operator==(const Histograms&) const = default;
    Histograms& operator+=(const Histograms& other);
    std::array<std::uint32_t, 12> pitchClasses() const;
};

Histograms histograms(const Song& song);

/// Objects from names ("C4", "C", "1/8") to counts, without zeros.
Json toJson(const Histograms& histograms);

/// Charts for people; lines end with '\n'. Empty without pitched notes.
std::string reportText(const Histograms& histograms);

/// The pitches that begin together (on the grid of `fineStepsPerQuarter`), lowest first, and how often exactly these
/// do.
struct ChordCount {
    std::vector<Pitch> pitches;
    std::uint32_t count = 0;

    bool operator==(const ChordCount&) const = default;
};

/// Every note or chord of the piece, the most frequent first, drums left out.
std::vector<ChordCount> chordCounts(const Song& song);

}  // namespace ricercar
