#include <cstdint>
#include <cstdlib>
#include <span>

#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"
#include "support/song_check.h"

/// Any bytes are refused or read as a valid song, and what is written of it reads without a fault as the same notes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto reading = ricercar::readSmf(std::as_bytes(std::span(data, size)));
    if (!reading) {
        return 0;
    }
    const auto again = ricercar::readSmf(ricercar::writeSmf(reading->song));
    const bool sound = ricercar::faultOf(reading->song).empty() && again && again->warnings.empty() &&
                       noteCount(again->song) == noteCount(reading->song) && again->song.end == reading->song.end;
    if (!sound) {
        std::abort();
    }
    return 0;
}
