#include "core/train/condition_protocol.h"

#include <algorithm>
#include <numeric>

#include "core/tokens/house_probe.h"
#include "core/train/judge.h"
#include "core/train/music.h"

namespace ricercar {

namespace {

TokenBatch batchOf(const HouseProbe& probe) {
    TokenBatch batch{1, static_cast<int>(probe.tokens.size()) - 1, {}, {}};
    for (std::size_t place = 0; place + 1 < probe.tokens.size(); ++place) {
        batch.inputs.push_back(probe.tokens[place]);
        batch.targets.push_back(probe.judged[place + 1] ? std::int32_t{probe.tokens[place + 1]} : TokenBatch::ignored);
    }
    return batch;
}

std::optional<int> styleOf(const ShardPiece& piece, const std::vector<std::string>& styles) {
    const auto found = std::find(styles.begin(), styles.end(), piece.path.substr(0, piece.path.find('/')));
    return found == styles.end() ? std::nullopt : std::optional(static_cast<int>(found - styles.begin()));
}

}  // namespace

Result<std::vector<ConditionRow>> judgeConditions(const std::filesystem::path& model,
                                                  const std::filesystem::path& folder, std::size_t mostPieces,
                                                  const NetworkBackend& backend, const std::string& device,
                                                  const ProgressSink& progress, const std::stop_token& stop) {
    const auto judging = JudgingModel::open(model, backend, device);
    if (!judging) {
        return tl::make_unexpected(judging.error());
    }
    const ModelDescription& description = judging->description;
    if (judging->vocabulary->name() != "house-2") {
        return failure("{}: the vocabulary \"{}\" has no conditions", model.string(), description.vocabulary);
    }
    const auto music = loadMusic(folder, judging->vocabulary, {}, stop);
    if (!music) {
        return tl::make_unexpected(music.error());
    }
    std::vector<std::size_t> order((*music)->size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Random random(0);
    random.shuffle(std::span(order));
    order.resize(std::min(order.size(), mostPieces));

    const auto styles =
        fieldOr(description.card, "styles", std::vector<std::string>()).value_or(std::vector<std::string>());
    const auto mostTokens = static_cast<std::size_t>(judging->window);
    std::vector<ConditionRow> rows;
    for (std::size_t done = 0; done < order.size(); ++done) {
        if (progress) {
            progress({static_cast<double>(done) / static_cast<double>(order.size()),
                      fmt::format("piece {} of {}", done + 1, order.size())});
        }
        const auto style = styleOf((*music)->piece(order[done]), styles);
        const auto probes =
            houseProbes((*music)->tokens(order[done]), style, static_cast<int>(styles.size()), mostTokens - 1, random);
        for (const HouseProbe& probe : probes) {
            const TokenBatch batch = batchOf(probe);
            if (batch.length == 0) {
                continue;
            }
            const auto evaluation = evaluate(*judging->network, std::span(&batch, 1), *judging->vocabulary, {}, stop);
            if (!evaluation) {
                return tl::make_unexpected(evaluation.error());
            }
            auto row = std::find_if(rows.begin(), rows.end(), [&](const ConditionRow& known) {
                return known.condition == probe.condition && known.told == probe.told;
            });
            if (row == rows.end()) {
                row = rows.insert(rows.end(), {probe.condition, probe.told, {}});
            }
            row->evaluation.loss += evaluation->loss;
            row->evaluation.notes += evaluation->notes;
        }
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const ConditionRow& a, const ConditionRow& b) { return a.condition < b.condition; });
    return rows;
}

Json toJson(std::span<const ConditionRow> rows) {
    Json json = Json::array();
    for (const ConditionRow& row : rows) {
        json.push_back({{"condition", row.condition},
                        {"told", row.told},
                        {"natsPerNote", row.evaluation.natsPerNote()},
                        {"notes", row.evaluation.notes}});
    }
    return json;
}

std::string reportText(std::span<const ConditionRow> rows) {
    std::string text = fmt::format("{:<14}{:<17}{:>12}{:>10}\n", "condition", "told", "nats a note", "notes");
    for (const ConditionRow& row : rows) {
        text += fmt::format("{:<14}{:<17}{:>12.3f}{:>10}\n", row.condition, row.told, row.evaluation.natsPerNote(),
                            row.evaluation.notes);
    }
    return text;
}

}  // namespace ricercar
