#include "core/train/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "core/base/files.h"
#include "core/model/model_library.h"
#include "core/train/evaluation.h"
#include "core/train/holdout.h"
#include "core/train/music.h"
#include "core/train/preset.h"
#include "core/train/run_directory.h"
#include "core/train/sample.h"
#include "core/train/windows.h"

namespace ricercar {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t littleMusic = 300'000;  // tokens; less than this gets the strong dropout
constexpr double strongDropout = 0.3;
constexpr std::size_t mostValidTokens = 40'000;  // looked at in each evaluation while training
constexpr std::int64_t stepsPerLine = 10;
constexpr double fineTuningRate = 0.3;  // of the preset's learning rate
constexpr double lowestRate = 0.05;     // of the peak, at the end of the schedule
constexpr std::int64_t warmUpSteps = 50;

/// Changes when the music of a run changes.
std::string hashOf(const Split& split) {
    std::string text;
    for (const auto& shard : split.shards) {
        for (std::size_t index = 0; index < shard->size(); ++index) {
            text += shard->piece(index).content.hex();
        }
    }
    return contentHash(text).hex();
}

std::size_t tokenCount(std::span<const std::span<const Token>> pieces) {
    std::size_t count = 0;
    for (const auto piece : pieces) {
        count += piece.size();
    }
    return count;
}

/// One training run from its first step, or its checkpoint, to its end.
class Run {
public:
    Run(TrainingSettings settings, const NetworkBackend& backend, const TrainingEvents& events, std::stop_token stop)
        : m_settings(std::move(settings)),
          m_backend(backend),
          m_events(events),
          m_stop(std::move(stop)),
          m_directory(m_settings.run) {}

    Result<TrainingOutcome> run() {
        return choosePreset()
            .and_then([&] { return loadMusic(); })
            .and_then([&] { return makeNetwork(); })
            .and_then([&] { return startOrResume(); })
            .and_then([&] { return steps(); });
    }

private:
    Result<void> choosePreset();
    Result<void> loadMusic();
    Result<void> makeNetwork();
    Result<void> startOrResume();
    Result<TrainingOutcome> steps();

    Json config() const;
    double fraction() const;
    double learningRate() const;
    double seconds() const { return m_state.seconds + std::chrono::duration<double>(Clock::now() - m_started).count(); }
    Result<void> takeStep();
    Result<void> judge();
    Result<TrainingOutcome> finish(const std::string& reason);
    Result<void> checkpoint();
    Json line(const char* event) const;
    Result<void> record(const Json& line) const;
    void tell(const Json& event) const {
        if (m_events.event) {
            m_events.event(event);
        }
    }

    TrainingSettings m_settings;
    const NetworkBackend& m_backend;
    const TrainingEvents& m_events;
    std::stop_token m_stop;
    RunDirectory m_directory;

    Preset m_preset;
    std::shared_ptr<const Vocabulary> m_vocabulary;
    std::optional<ModelFile> m_base;
    Split m_split;
    double m_dropout = 0;
    std::optional<TrainingWindows> m_windows;
    std::vector<TokenBatch> m_validBatches;
    std::unique_ptr<TrainableNetwork> m_network;
    ModelDescription m_description;
    std::int64_t m_lastStep = 0;       ///< by epochs
    std::int64_t m_evaluateEvery = 0;  ///< steps

    RunState m_state;             ///< `seconds` up to m_started
    Clock::time_point m_started;  ///< of this sitting
    // Since the last line of metrics.
    Evaluation m_recent;
    Clock::time_point m_recentStart;
    Json m_lastLine;  ///< what the last step's line said of training
};

Result<void> Run::choosePreset() {
    if (m_settings.resume != m_directory.holdsRun()) {
        return m_settings.resume
                   ? failure("{} holds no training run to resume", m_settings.run.string())
                   : failure("{} already holds a training run; go on with --resume or choose another folder",
                             m_settings.run.string());
    }
    const auto preset = findPreset(m_settings.preset);
    if (!preset) {
        return tl::make_unexpected(preset.error());
    }
    m_preset = *preset;
    std::string_view vocabulary = m_preset.vocabulary;
    if (!m_settings.base.empty()) {
        auto base = findModel(m_settings.base).and_then(ModelFile::open);
        if (!base) {
            return tl::make_unexpected(base.error());
        }
        m_base = std::move(*base);
        vocabulary = m_base->description.vocabulary;
        m_preset.network = m_base->description.network;
        m_preset.learningRate *= fineTuningRate;
    }
    const auto found = findVocabulary(vocabulary);
    if (!found) {
        return tl::make_unexpected(found.error());
    }
    m_vocabulary = *found;
    m_preset.network.vocabularySize = m_vocabulary->size();
    return {};
}

Result<void> Run::loadMusic() {
    auto music = ricercar::loadMusic(m_settings.folder, m_vocabulary, m_events.scan, m_stop);
    if (!music) {
        return tl::make_unexpected(music.error());
    }
    if (m_settings.validFolder.empty()) {
        m_split = holdOut(*music, *m_vocabulary);
    } else {
        auto valid = ricercar::loadMusic(m_settings.validFolder, m_vocabulary, m_events.scan, m_stop);
        if (!valid) {
            return tl::make_unexpected(valid.error());
        }
        m_split = holdOut(*music, *valid);
    }
    if (m_split.valid.empty()) {
        return failure("{}: too little music to learn from: a piece of at least six bars, or five pieces, are needed",
                       m_settings.folder.string());
    }
    m_dropout = tokenCount(m_split.train) < littleMusic ? strongDropout : m_preset.dropout;
    m_windows.emplace(m_split.train, *m_vocabulary, m_preset.window, m_preset.batch, m_settings.rng);
    // What is looked at while training is drawn from all held-out pieces, always the same ones.
    Random(0).shuffle(std::span(m_split.valid));
    m_validBatches = evaluationBatches(m_split.valid, m_preset.window, m_preset.batch, mostValidTokens);
    const std::int64_t perEpoch = m_windows->stepsPerEpoch();
    m_lastStep = perEpoch * m_settings.epochs.value_or(m_preset.epochs);
    // Not oftener than once in ten steps, however short the epochs are.
    m_evaluateEvery = std::clamp<std::int64_t>(perEpoch, 10, m_preset.evaluateEvery);
    return {};
}

Result<void> Run::makeNetwork() {
    auto network = m_backend.create(m_preset.network, m_settings.device, m_settings.rng);
    if (!network) {
        return tl::make_unexpected(network.error());
    }
    m_network = std::move(*network);
    m_description = {m_preset.network, std::string(m_vocabulary->name()), std::string(m_preset.name), Json::object()};
    m_description.card = {{"name", m_settings.run.filename().string()},
                          {"trainedOn", m_settings.folder.filename().string()},
                          {"trainPieces", m_split.train.size()},
                          {"trainTokens", tokenCount(m_split.train)},
                          {"heldOut", m_split.how}};
    if (!m_settings.card.empty()) {
        const auto card =
            readTextFile(m_settings.card).and_then([](const std::string& text) { return parseJson(text); });
        if (!card || !card->is_object()) {
            return failure("{}: {}", m_settings.card.string(), card ? "not a JSON object" : card.error().message);
        }
        m_description.card.update(*card);
    }
    if (m_base) {
        m_description.card["base"] = m_base->description.card;
        return m_network->load(m_base->weights, 0);
    }
    return {};
}

Json Run::config() const {
    return {{"folder", m_settings.folder.string()},
            {"validFolder", m_settings.validFolder.string()},
            {"preset", m_preset.name},
            {"base", m_settings.base},
            {"rng", m_settings.rng},
            {"minutes", m_settings.minutes ? Json(*m_settings.minutes) : Json()},
            {"epochs", m_settings.epochs ? Json(*m_settings.epochs) : Json()},
            {"network", toJson(m_preset.network)},
            {"vocabulary", m_vocabulary->name()},
            {"window", m_preset.window},
            {"batch", m_preset.batch},
            {"learningRate", m_preset.learningRate},
            {"dropout", m_dropout},
            {"split", m_split.how},
            {"music", hashOf(m_split)}};
}

Result<void> Run::startOrResume() {
    if (m_settings.resume) {
        const auto before =
            readTextFile(m_directory.config()).and_then([](const std::string& text) { return parseJson(text); });
        if (!before) {
            return failure("{}: {}", m_directory.config().string(), before.error().message);
        }
        for (const char* name : {"network", "vocabulary", "rng", "music"}) {
            if (before->value(name, Json()) != config()[name]) {
                return failure("{} was begun with another {}; train anew with --base {} instead of --resume",
                               m_settings.run.string(), name, m_settings.run.string());
            }
        }
        const auto state = m_directory.readCheckpoint(*m_network);
        if (!state) {
            return tl::make_unexpected(state.error());
        }
        m_state = *state;
        return m_directory.trimMetrics(m_state.step);
    }
    return writeFileAtomically(m_directory.config(), config().dump(2) + "\n").and_then([&] { return checkpoint(); });
}

double Run::fraction() const {
    if (m_settings.minutes) {
        const double ofTime = seconds() / (*m_settings.minutes * 60);
        const double ofSteps = static_cast<double>(m_state.step) / static_cast<double>(m_lastStep);
        return std::min(1.0, m_settings.epochs ? std::max(ofTime, ofSteps) : ofTime);
    }
    return static_cast<double>(m_state.step) / static_cast<double>(m_lastStep);
}

double Run::learningRate() const {
    const auto warmUp = std::min(warmUpSteps, std::max<std::int64_t>(1, m_lastStep / 10));
    const double warm = std::min(1.0, static_cast<double>(m_state.step + 1) / static_cast<double>(warmUp));
    const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * fraction()));
    return m_preset.learningRate * warm * (lowestRate + (1 - lowestRate) * cosine);
}

Result<TrainingOutcome> Run::steps() {
    tell({{"event", "start"},
          {"run", m_settings.run.string()},
          {"preset", m_preset.name},
          {"device", m_settings.device},
          {"weights", weightCount(m_preset.network)},
          {"trainPieces", m_split.train.size()},
          {"validPieces", m_split.valid.size()},
          {"trainTokens", tokenCount(m_split.train)},
          {"split", m_split.how},
          {"stepsPerEpoch", m_windows->stepsPerEpoch()},
          {"backend", m_backend.description()}});
    m_started = m_recentStart = Clock::now();
    while (fraction() < 1) {
        if (m_stop.stop_requested()) {
            return finish("stopped");
        }
        if (m_state.sinceBest >= m_preset.patience) {
            return finish("the held-out loss no longer falls");
        }
        if (const auto taken = takeStep(); !taken) {
            return tl::make_unexpected(taken.error());
        }
        if (m_state.step % m_evaluateEvery == 0) {
            if (const auto judged = judge().and_then([&] { return checkpoint(); }); !judged) {
                return tl::make_unexpected(judged.error());
            }
        }
    }
    return finish("the schedule is complete");
}

Result<void> Run::takeStep() {
    const TokenBatch batch = m_windows->batch(m_state.step);
    const std::uint64_t rng = Random::forStream(m_settings.rng, static_cast<std::uint64_t>(m_state.step)).next();
    const auto loss = m_network->train(batch, {learningRate(), m_dropout, rng});
    if (!loss) {
        return tl::make_unexpected(loss.error());
    }
    ++m_state.step;
    m_recent.loss += *loss;
    m_recent.notes += noteTargets(batch, *m_vocabulary);
    if (m_state.step % stepsPerLine != 0 && m_state.step % m_evaluateEvery != 0) {
        return {};
    }
    m_lastLine = line("step");
    m_recent = {};
    m_recentStart = Clock::now();
    return record(m_lastLine);
}

Json Run::line(const char* event) const {
    const double done = fraction();
    const double elapsed = std::chrono::duration<double>(Clock::now() - m_recentStart).count();
    return {{"event", event},
            {"step", m_state.step},
            {"epoch", static_cast<double>(m_state.step) / static_cast<double>(m_windows->stepsPerEpoch())},
            {"trainNatsPerToken", m_recent.natsPerToken()},
            {"trainNatsPerNote", m_recent.natsPerNote()},
            {"tokensPerSecond", static_cast<double>(m_recent.loss.tokens) / std::max(1e-9, elapsed)},
            {"learningRate", learningRate()},
            {"fraction", done},
            {"secondsLeft", done > 0 ? seconds() / done * (1 - done) : 0.0}};
}

Result<void> Run::record(const Json& line) const {
    tell(line);
    return appendLine(m_directory.metrics(), line.dump());
}

Result<void> Run::judge() {
    auto evaluation = evaluate(*m_network, m_validBatches, *m_vocabulary);
    if (!evaluation) {
        return tl::make_unexpected(evaluation.error());
    }
    const bool best = m_state.bestStep == 0 || evaluation->natsPerNote() < m_state.bestNatsPerNote;
    Json line = m_lastLine;
    line.update({{"event", "evaluation"},
                 {"step", m_state.step},
                 {"validNatsPerToken", evaluation->natsPerToken()},
                 {"validNatsPerNote", evaluation->natsPerNote()},
                 {"accuracy", evaluation->accuracy()},
                 {"best", best}});
    m_state.sinceBest = best ? 0 : m_state.sinceBest + 1;
    if (best) {
        m_state.bestStep = m_state.step;
        m_state.bestNatsPerNote = evaluation->natsPerNote();
        m_description.card["steps"] = m_state.step;
        m_description.card["heldOutNumbers"] = toJson(*evaluation);
        if (const auto written = m_directory.writeBest(m_description, *m_network); !written) {
            return written;
        }
        const auto path = m_directory.sample(m_state.step);
        if (const auto written = writeSample(m_directory.best(), m_split.valid.front(), path); !written) {
            return written;
        }
        line["sample"] = path.string();
    }
    m_recentStart = Clock::now();
    return record(line);
}

Result<void> Run::checkpoint() {
    RunState state = m_state;
    state.seconds = m_state.step == 0 ? 0 : seconds();
    return m_directory.writeCheckpoint(m_description, *m_network, state);
}

Result<TrainingOutcome> Run::finish(const std::string& reason) {
    // The checkpoint comes first: what the last judgement finds must not change how a resumed run goes on.
    const bool judged = m_state.step > 0 && m_state.step % m_evaluateEvery == 0;
    auto done = judged ? Result<void>() : checkpoint().and_then([&] { return judge(); });
    if (!done) {
        return tl::make_unexpected(done.error());
    }
    const TrainingOutcome outcome{m_directory.best(), reason, m_state.bestNatsPerNote, m_state.step};
    tell({{"event", "end"},
          {"reason", reason},
          {"steps", outcome.steps},
          {"model", outcome.model.string()},
          {"validNatsPerNote", outcome.natsPerNote}});
    return outcome;
}

}  // namespace

Result<TrainingOutcome> train(const TrainingSettings& settings, const NetworkBackend& backend,
                              const TrainingEvents& events, std::stop_token stop) {
    return Run(settings, backend, events, std::move(stop)).run();
}

}  // namespace ricercar
