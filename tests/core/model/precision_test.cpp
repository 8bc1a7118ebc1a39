#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/midi/smf_reader.h"
#include "core/model/model.h"
#include "core/model/model_library.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t mostTokens = 512;  // of a piece

/// The example seeds, or every tenth MIDI file under `RICERCAR_HELD_OUT` where that is set.
std::vector<fs::path> heldOut() {
    const char* const folder = std::getenv("RICERCAR_HELD_OUT");
    std::vector<fs::path> all;
    for (const auto& entry :
         fs::recursive_directory_iterator(folder != nullptr ? folder : resourceFolder() / "examples")) {
        if (entry.path().extension() == ".mid") {
            all.push_back(entry.path());
        }
    }
    std::sort(all.begin(), all.end());
    std::vector<fs::path> taken;
    for (std::size_t i = 0; i < all.size(); i += folder != nullptr ? 10 : 1) {
        taken.push_back(all[i]);
    }
    return taken;
}

double natsANote(const Model& model, const std::vector<fs::path>& files) {
    double nats = 0;
    std::size_t notes = 0;
    for (const fs::path& file : files) {
        const auto reading = readSmfFile(file);
        if (!reading) {
            continue;
        }
        auto tokens = model.vocabulary().encode(reading->song);
        tokens.resize(std::min(tokens.size(), mostTokens));
        const auto prefix = model.vocabulary().emptyPrefix();
        prefix->push(tokens.front());
        const auto decoder = model.decoder(1);
        for (std::size_t i = 1; i < tokens.size(); ++i) {
            const auto logits = decoder->step(std::array{0}, std::span(tokens).subspan(i - 1, 1));
            double total = 0;
            for (const float logit : logits) {
                total += std::exp(double{logit});
            }
            nats += std::log(total) - double{logits[tokens[i]]};
            prefix->push(tokens[i]);
        }
        notes += prefix->takeNotes().size();
    }
    return nats / static_cast<double>(notes);
}

TEST(Precision, BytesForetellTheBundledModelsMusicAsWellAsFloats) {
    const fs::path path = findModel("default").value();
    const auto files = heldOut();
    ASSERT_FALSE(files.empty());
    const double stored = natsANote(*Model::openIn(Precision::stored, path).value(), files);
    const double bytes = natsANote(*Model::openIn(Precision::int8, path).value(), files);
    RecordProperty("stored", std::to_string(stored));
    RecordProperty("int8", std::to_string(bytes));
    EXPECT_GT(stored, 0);
    EXPECT_NEAR(bytes, stored, 0.005 * stored);
}

}  // namespace
}  // namespace ricercar
