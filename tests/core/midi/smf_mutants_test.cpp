#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/base/random.h"
#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"
#include "support/random_song.h"
#include "support/song_check.h"

namespace ricercar {
namespace {

/// Changes up to 8 places: a byte, a bit, a piece left out, a piece doubled, the end cut off.
std::vector<std::byte> mutated(std::vector<std::byte> bytes, Random& random) {
    for (int changes = random.between(1, 8); changes > 0 && !bytes.empty(); --changes) {
        const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(random.below(bytes.size()));
        const auto length = std::min<std::ptrdiff_t>(bytes.end() - at, random.between(1, 40));
        switch (random.below(5)) {
            case 0:
                *at = static_cast<std::byte>(random.below(256));
                break;
            case 1:
                *at ^= static_cast<std::byte>(1U << random.below(8));
                break;
            case 2:
                bytes.erase(at, at + length);
                break;
            case 3: {
                const std::vector<std::byte> piece(at, at + length);
                bytes.insert(at, piece.begin(), piece.end());
                break;
            }
            default:
                bytes.erase(random.below(8) == 0 ? at : bytes.end(), bytes.end());
                break;
        }
    }
    return bytes;
}

TEST(SmfMutants, AreRefusedOrReadAsValidSongs) {
    Random random(3);
    int read = 0;
    for (int i = 0; i < 500; ++i) {
        const auto result = readSmf(mutated(writeSmf(randomSong(random)), random));
        if (result) {
            EXPECT_EQ(faultOf(result->song), "") << "mutant " << i;
            ++read;
        }
    }
    EXPECT_GT(read, 250);
}

TEST(SmfMutants, TheFuzzersCorpusIsRefusedOrReadAsValidSongs) {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(RICERCAR_SOURCE_DIR "/tests/fuzz/corpus/smf")) {
        const auto result = readSmfFile(entry.path());
        EXPECT_TRUE(!result || faultOf(result->song).empty()) << entry.path();
        ++files;
    }
    EXPECT_GT(files, 10);
}

}  // namespace
}  // namespace ricercar
