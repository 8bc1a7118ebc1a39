#include "core/train/music.h"

#include "core/corpus/scan.h"

namespace ricercar {

Result<std::shared_ptr<const TokenShard>> loadMusic(const std::filesystem::path& folder,
                                                    std::shared_ptr<const Vocabulary> vocabulary,
                                                    const ProgressSink& progress, std::stop_token stop) {
    ScanSettings settings;
    settings.vocabulary = std::move(vocabulary);
    const auto report = scan(folder, settings, progress, std::move(stop));
    if (!report) {
        return tl::make_unexpected(report.error());
    }
    if (const auto usable = checkUsable(*report); !usable) {
        return tl::make_unexpected(usable.error());
    }
    auto shard = TokenShard::open(report->shard);
    if (!shard) {
        return tl::make_unexpected(shard.error());
    }
    return std::make_shared<const TokenShard>(std::move(*shard));
}

}  // namespace ricercar
