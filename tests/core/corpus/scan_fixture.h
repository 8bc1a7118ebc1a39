#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/corpus/scan.h"
#include "core/corpus/shard.h"
#include "core/midi/smf_writer.h"
#include "support/song_builder.h"
#include "support/temporary_folder.h"

namespace ricercar {

/// Eight notes up from `pitch`, a quarter each.
inline Song ladder(int pitch) {
    SongBuilder song;
    for (int step = 0; step < 8; ++step) {
        song.note(pitch + step, 1);
    }
    return song.build();
}

class ScanTest : public testing::Test {
protected:
    void writeSong(const std::filesystem::path& name, const Song& song) {
        ASSERT_TRUE(writeSmfFile(m_music / name, song));
    }
    void writeText(const std::filesystem::path& name, std::string_view text) {
        ASSERT_TRUE(writeFileAtomically(m_music / name, text));
    }
    Result<ScanReport> tryScan(const std::filesystem::path& folder, const ProgressSink& progress = {},
                               const std::stop_token& stop = {}) {
        return scan(folder, {*findVocabulary("house-2"), m_cache, m_limits}, progress, stop);
    }
    ScanReport scanMusic() {
        auto report = tryScan(m_music);
        EXPECT_TRUE(report) << report.error().message;
        return *report;
    }
    std::filesystem::path onlyShard() const {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(m_cache / "corpus")) {
            files.push_back(entry.path());
        }
        EXPECT_THAT(files, testing::SizeIs(1));
        return files.front();
    }

    TemporaryFolder m_temporary;
    std::filesystem::path m_music = m_temporary.path() / "music";
    std::filesystem::path m_cache = m_temporary.path() / "cache";
    ScanLimits m_limits;
};

inline std::vector<std::string> paths(const std::vector<FileRemark>& files) {
    std::vector<std::string> list;
    for (const FileRemark& file : files) {
        list.push_back(file.path);
    }
    return list;
}

inline std::vector<std::string> pieces(const ScanReport& report) {
    const auto shard = TokenShard::open(report.shard);
    std::vector<std::string> list;
    for (std::size_t i = 0; shard && i < shard->size(); ++i) {
        list.push_back(shard->piece(i).path);
    }
    return list;
}

}  // namespace ricercar
