#include "core/train/music_protocol.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "core/analysis/text_chart.h"
#include "core/base/files.h"
#include "core/base/random.h"
#include "core/edit/bars.h"
#include "core/generate/generate.h"
#include "core/midi/smf_writer.h"
#include "core/train/music.h"
#include "core/train/run_directory.h"

namespace ricercar {

namespace {

namespace fs = std::filesystem;

/// The pieces of a folder as a vocabulary holds them.
class Pieces {
public:
    static Result<Pieces> load(const fs::path& folder, std::string_view vocabularyName, const std::stop_token& stop) {
        Pieces pieces;
        return findVocabulary(vocabularyName)
            .and_then([&](auto vocabulary) {
                pieces.m_vocabulary = vocabulary;
                return loadMusic(folder, vocabulary, {}, stop);
            })
            .map([&](auto music) {
                pieces.m_music = music;
                return pieces;
            });
    }

    std::size_t size() const { return m_music->size(); }
    const ShardPiece& about(std::size_t piece) const { return m_music->piece(piece); }
    Result<Song> song(std::size_t piece) const { return decode(*m_vocabulary, m_music->tokens(piece)); }

private:
    std::shared_ptr<const Vocabulary> m_vocabulary;
    std::shared_ptr<const Music> m_music;
};

/// What the model learned from, ready to be searched.
struct Training {
    CopyIndex index;
    std::vector<std::string> paths;
    std::unordered_map<ContentHash, std::size_t> byContent;

    std::optional<std::size_t> find(const ContentHash& content) const {
        const auto found = byContent.find(content);
        return found == byContent.end() ? std::nullopt : std::optional(found->second);
    }
};

/// The folder that a run learned from, or `path` itself.
Result<fs::path> trainingFolder(const fs::path& path) {
    const RunDirectory run(path);
    if (!run.holdsRun()) {
        return path;
    }
    const auto folder = readTextFile(run.config())
                            .and_then([](const std::string& text) { return parseJson(text); })
                            .and_then([](const Json& config) { return field<std::string>(config, "folder"); });
    return folder ? Result<fs::path>(*folder) : failure("{}: {}", run.config().string(), folder.error().message);
}

Result<Training> loadTraining(const fs::path& path, std::string_view vocabularyName, const std::stop_token& stop) {
    const auto pieces = trainingFolder(path).and_then(
        [&](const fs::path& folder) { return Pieces::load(folder, vocabularyName, stop); });
    if (!pieces) {
        return tl::make_unexpected(pieces.error());
    }
    CopyIndex::Builder builder;
    std::vector<std::string> paths;
    std::unordered_map<ContentHash, std::size_t> byContent;
    for (std::size_t piece = 0; piece < pieces->size(); ++piece) {
        if (stop.stop_requested()) {
            return failure("stopped");
        }
        const auto song = pieces->song(piece);
        if (!song) {
            return tl::make_unexpected(song.error());
        }
        builder.add(*song);
        paths.push_back(pieces->about(piece).path);
        byContent.emplace(pieces->about(piece).content, piece);
    }
    return Training{std::move(builder).finish(), std::move(paths), std::move(byContent)};
}

/// A seed and the music that follows it in its piece.
struct HeldOut {
    Song seed;
    Song window;
    ContentHash content;   ///< of the piece
    int timesRunning = 0;  ///< of the whole piece
};

struct HeldOutMusic {
    std::vector<HeldOut> windows;
    std::size_t pieces = 0;  ///< from which they may come
};

/// So that the quartiles of real music do not depend on how few takes are drawn.
constexpr int leastWindows = 200;

/// One window of each piece in a random order, then another of each, until there are `count`.
Result<HeldOutMusic> drawHeldOut(const fs::path& folder, const MusicSettings& settings, std::string_view vocabularyName,
                                 const std::stop_token& stop) {
    const auto pieces = Pieces::load(folder, vocabularyName, stop);
    if (!pieces) {
        return tl::make_unexpected(pieces.error());
    }
    const auto count = static_cast<std::size_t>(std::max({settings.fromSeeds, settings.fromNothing, leastWindows}));
    const int bars = settings.seedBars + settings.generate.bars;
    Random random(settings.generate.rng);
    std::vector<std::size_t> order(pieces->size());
    for (std::size_t piece = 0; piece < order.size(); ++piece) {
        order[piece] = piece;
    }
    random.shuffle(std::span(order));
    HeldOutMusic music;
    std::size_t before = 0;
    do {
        before = music.windows.size();
        music.pieces = 0;
        for (const std::size_t piece : order) {
            const auto song = pieces->song(piece);
            if (!song) {
                return tl::make_unexpected(song.error());
            }
            const int spare = barCount(*song) - bars;
            if (spare < 0) {
                continue;
            }
            ++music.pieces;
            if (music.windows.size() == count) {
                continue;  // the piece only counts
            }
            const int first = random.between(0, spare);
            HeldOut heldOut{barsOf(*song, first, first + settings.seedBars - 1),
                            barsOf(*song, first + settings.seedBars, first + bars - 1), pieces->about(piece).content,
                            timesRunning(*song)};
            if (noteCount(heldOut.seed) > 0 && noteCount(heldOut.window) > 0) {
                music.windows.push_back(std::move(heldOut));
            }
        }
    } while (music.windows.size() < count && music.windows.size() > before);
    if (music.windows.empty()) {
        return failure("{}: none of the {} has {} bars with notes, as many as seed and take have together",
                       folder.string(), counted(pieces->size(), "piece"), bars);
    }
    return music;
}

/// The first batch from nothing: those from seeds have lower numbers.
constexpr std::uint64_t firstFromNothing = 1'000'000;
constexpr int takesOfBatchFromNothing = 16;

/// Draws and measures the takes of a report.
class TakeDrawer {
public:
    TakeDrawer(std::shared_ptr<const Model> model, const Training* training, MusicReport& report,
               const ProgressSink& progress, const std::stop_token& stop)
        : m_model(std::move(model)), m_training(training), m_report(report), m_progress(progress), m_stop(stop) {}

    /// Draws `takes` at each temperature as a batch; `batch` numbers it.
    Result<void> draw(const Song& seed, int takes, int timesAllowed, std::uint64_t batch) {
        const MusicSettings& settings = m_report.settings;
        const bool fromSeeds = noteCount(seed) > 0;
        if (takes == 0 || m_stop.stop_requested()) {
            return {};
        }
        const auto prepared = PreparedSeed::prepare(m_model, seed);
        if (!prepared) {
            return tl::make_unexpected(prepared.error());
        }
        for (TakesAtTemperature& set : m_report.sets) {
            if (set.fromSeeds != fromSeeds) {
                continue;
            }
            GenerateSettings generating = settings.generate;
            generating.takes = takes;
            generating.temperature = set.temperature;
            generating.rng = Random::forStream(settings.generate.rng, batch).next() >> 11U;  // as far as JSON is exact
            const auto drawn = generate(**prepared, generating, {}, m_stop);
            if (!drawn) {
                return tl::make_unexpected(drawn.error());
            }
            if (m_stop.stop_requested()) {  // the takes may be cut short
                return {};
            }
            for (const Take& take : *drawn) {
                set.takes.push_back(pieceFigures(take.song, m_training != nullptr ? &m_training->index : nullptr));
                set.takes.back().timesAllowed = timesAllowed;
                if (auto kept = keep(take, set, batch); !kept) {
                    return kept;
                }
            }
            m_drawn += takes;
            tell();
        }
        return {};
    }

private:
    Result<void> keep(const Take& take, const TakesAtTemperature& set, std::uint64_t batch) const {
        const fs::path& out = m_report.settings.out;
        const std::string name = fmt::format("{}-{}-take-{}-at-{:g}.mid", set.fromSeeds ? "seed" : "nothing",
                                             batch % firstFromNothing + 1, take.number + 1, set.temperature);
        return out.empty() ? Result<void>() : writeSmfFile(out / name, take.song);
    }
    void tell() const {
        const MusicSettings& settings = m_report.settings;
        const int all = (settings.fromSeeds + settings.fromNothing) * static_cast<int>(settings.temperatures.size());
        if (m_progress) {
            m_progress({static_cast<double>(m_drawn) / all, fmt::format("take {} of {}", m_drawn, all)});
        }
    }

    std::shared_ptr<const Model> m_model;
    const Training* m_training;
    MusicReport& m_report;
    const ProgressSink& m_progress;
    const std::stop_token& m_stop;
    int m_drawn = 0;
};

}  // namespace

Result<MusicReport> compareMusic(const std::shared_ptr<const Model>& model, const fs::path& folder,
                                 const MusicSettings& settings, const ProgressSink& progress,
                                 const std::stop_token& stop) {
    const std::string_view vocabulary = model->vocabulary().name();
    const auto heldOut = drawHeldOut(folder, settings, vocabulary, stop);
    if (!heldOut) {
        return tl::make_unexpected(heldOut.error());
    }
    std::optional<Training> training;
    if (!settings.against.empty()) {
        auto loaded = loadTraining(settings.against, vocabulary, stop);
        if (!loaded) {
            return tl::make_unexpected(loaded.error());
        }
        training = std::move(*loaded);
    }
    MusicReport report;
    report.model = fieldOr<std::string>(model->card(), "name", "").value_or("");
    report.settings = settings;
    report.pieces = heldOut->pieces;
    for (const bool fromSeeds : {true, false}) {
        for (const double temperature : settings.temperatures) {
            report.sets.push_back({fromSeeds, temperature, {}});
        }
    }
    for (const HeldOut& piece : heldOut->windows) {
        report.real.push_back(training ? pieceFigures(piece.window, &training->index, training->find(piece.content))
                                       : pieceFigures(piece.window));
    }
    TakeDrawer drawer(model, training ? &*training : nullptr, report, progress, stop);
    int left = settings.fromSeeds;
    for (std::uint64_t batch = 0; left > 0; ++batch) {
        const HeldOut& from = heldOut->windows[batch % heldOut->windows.size()];
        const int takes = std::min(left, settings.takesOfSeed);
        const int allowed = std::max(mostTimesRunning, from.timesRunning);
        if (const auto drawn = drawer.draw(from.seed, takes, allowed, batch); !drawn) {
            return tl::make_unexpected(drawn.error());
        }
        left -= takes;
    }
    left = settings.fromNothing;
    for (std::uint64_t batch = firstFromNothing; left > 0; ++batch) {
        const int takes = std::min(left, takesOfBatchFromNothing);
        if (const auto drawn = drawer.draw(Song{}, takes, mostTimesRunning, batch); !drawn) {
            return tl::make_unexpected(drawn.error());
        }
        left -= takes;
    }
    if (std::all_of(report.sets.begin(), report.sets.end(), [](const auto& set) { return set.takes.empty(); })) {
        return failure(
            "{}", stop.stop_requested() ? "stopped before a take was whole" : "the model wrote nothing but silence");
    }
    report.stopped = stop.stop_requested();
    if (training) {
        report.trainingPieces = std::move(training->paths);
    }
    return report;
}

}  // namespace ricercar
