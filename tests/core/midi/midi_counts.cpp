#include <cstdio>

#include "core/midi/smf_reader.h"

/// Prints "NOTES PATH" or "error PATH" for each file named.
int main(int count, char** paths) {
    for (int i = 1; i < count; ++i) {
        const auto reading = ricercar::readSmfFile(paths[i]);
        std::printf("%s %s\n", reading ? std::to_string(noteCount(reading->song)).c_str() : "error", paths[i]);
    }
}
