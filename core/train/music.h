#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/base/progress.h"
#include "core/corpus/shard.h"

namespace ricercar {

/// The pieces of one or several shards, in their order; of pieces with the same notes the first. What is read of their
/// tokens stays in the mapped files, however many there are.
class Music {
public:
    explicit Music(std::vector<TokenShard> shards);

    std::size_t size() const { return m_pieces.size(); }
    std::span<const Token> tokens(std::size_t index) const { return shardOf(index).tokens(m_pieces[index].inShard); }
    const ShardPiece& piece(std::size_t index) const { return shardOf(index).piece(m_pieces[index].inShard); }

private:
    struct Place {
        std::uint32_t shard;
        std::uint32_t inShard;
    };
    const TokenShard& shardOf(std::size_t index) const { return m_shards[m_pieces[index].shard]; }

    std::vector<TokenShard> m_shards;
    std::vector<Place> m_pieces;
};

/// The usable pieces of `path`: a shard, as `ricercar-engine scan --shard` writes it, a folder that holds such files,
/// or a folder of MIDI files or one of them, which is scanned. Errors: nothing usable in it; shards of another
/// vocabulary; those of `TokenShard::open` and of `scan`.
Result<std::shared_ptr<const Music>> loadMusic(const std::filesystem::path& path,
                                               std::shared_ptr<const Vocabulary> vocabulary,
                                               const ProgressSink& progress, std::stop_token stop);

}  // namespace ricercar
