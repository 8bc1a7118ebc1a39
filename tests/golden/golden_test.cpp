#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/analysis/piece_analysis.h"
#include "core/midi/smf_reader.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;

std::string tokenText(const Vocabulary& vocabulary, const Song& song) {
    std::string text;
    for (const Token token : vocabulary.encode(song)) {
        text += vocabulary.text(token) + '\n';
    }
    return text;
}

/// What a folder of this name expects of a song.
std::string textOf(const Song& song, const std::string& kind) {
    return kind == "analysis" ? reportText(analyse(song)) : tokenText(**findVocabulary(kind), song);
}

std::string contentOf(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(text).str();
}

std::vector<fs::path> cases() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(RICERCAR_SOURCE_DIR "/tests/golden")) {
        if (entry.path().filename() == "input.mid") found.push_back(entry.path().parent_path());
    }
    return found;
}

class Golden : public testing::TestWithParam<fs::path> {};

/// With RICERCAR_REWRITE_GOLDEN=1 what is expected is written anew, to be looked at with `git diff`.
TEST_P(Golden, IsAsExpected) {
    const auto reading = readSmfFile(GetParam() / "input.mid");
    ASSERT_TRUE(reading) << reading.error().message;
    const std::string text = textOf(reading->song, GetParam().parent_path().filename());
    const fs::path expected = GetParam() / "expected.txt";
    if (std::getenv("RICERCAR_REWRITE_GOLDEN") != nullptr) {
        std::ofstream(expected, std::ios::binary) << text;
    }
    EXPECT_EQ(text, contentOf(expected));
}

INSTANTIATE_TEST_SUITE_P(All, Golden, testing::ValuesIn(cases()), [](const auto& golden) {
    std::string name = golden.param.parent_path().filename().string() + "_" + golden.param.filename().string();
    std::ranges::replace(name, '-', '_');
    return name;
});

}  // namespace
}  // namespace ricercar
