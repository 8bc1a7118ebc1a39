#include "core/train/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <numbers>

#include "core/base/files.h"
#include "core/model/model_library.h"
#include "core/train/begun_run.h"
#include "core/train/copying.h"
#include "core/train/evaluation.h"
#include "core/train/holdout.h"
#include "core/train/music.h"
#include "core/train/preset.h"
#include "core/train/run_directory.h"
#include "core/train/sample.h"
#include "core/train/verdict.h"
#include "core/train/windows.h"

namespace ricercar {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t littleMusic = 300'000;  // tokens; less than this gets the strong dropout
constexpr double strongDropout = 0.3;
constexpr std::size_t mostValidTokens = 40'000;  // looked at in each evaluation while training
constexpr std::int64_t stepsPerLine = 10;
constexpr std::size_t oneStyle = 2'000'000;  // tokens; less than this is a style for a base to take on
constexpr double ownKeys = 0.5;              // of the pieces of a style: its favourite keys belong to it
constexpr double continuedRate = 0.3;        // of the preset's learning rate, where a base learns much more
constexpr double lowestRate = 0.05;          // of the peak, at the end of the schedule
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
        return readBegun()
            .and_then([&] { return choosePreset(); })
            .and_then([&] { return loadMusic(); })
            .and_then([&] { return makeNetwork(); })
            .and_then([&] { return startOrResume(); })
            .and_then([&] { return steps(); });
    }

private:
    Result<void> readBegun();
    Result<void> checkFolder() const;
    Result<void> choosePreset();
    Result<void> loadMusic();
    Result<void> makeNetwork();
    Result<void> addCard();
    Result<void> startOrResume();
    Result<TrainingOutcome> steps();

    std::uint64_t rng() const { return m_settings.rng.value_or(1); }
    Json config() const;
    double fraction() const;
    double learningRate() const;
    double now() const;
    double seconds() const { return m_state.seconds + (m_started ? now() - *m_started : 0); }
    Result<void> takeStep();
    Result<void> endStretch();
    void describeStretch();
    bool isJudged() const { return m_state.judgedStep == m_state.step; }
    Result<void> judge();
    Result<std::filesystem::path> keepAndSample(const Evaluation& evaluation, bool best);
    Result<TrainingOutcome> finish(std::string reason);
    Result<void> conclude(Json& end) const;
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
    std::optional<Descriptor> m_lock;

    Json m_begun;  ///< config() of the run that is resumed; null for a new one
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

    RunState m_state;                 ///< `seconds` up to m_started
    std::optional<double> m_started;  ///< this sitting, by now()
    // Some steps make a stretch, and a line of metrics.
    Evaluation m_recent;  ///< of this stretch
    Clock::time_point m_recentStart;
    Json m_stretch = Json::object();  ///< what the last whole one's line said of training
};

Result<void> Run::readBegun() {
    const auto checked = checkFolder();
    if (!checked || !m_settings.resume) {
        return checked;
    }
    return takeOverBegun(m_directory, m_settings).map([&](Json begun) { m_begun = std::move(begun); });
}

/// A run to resume must be there, and a new one must not take the place of another.
Result<void> Run::checkFolder() const {
    const std::string run = m_settings.run.string();
    if (m_settings.resume == m_directory.holdsRun()) {
        return {};
    }
    return m_settings.resume
               ? failure("{} holds no training run to resume", run)
               : failure("{} already holds a training run; go on with --resume or choose another folder", run);
}

Result<void> Run::choosePreset() {
    std::string vocabulary;
    std::optional<NetworkConfig> network;  // where it is not the preset's
    if (m_settings.resume) {
        const auto begunNetwork = networkConfigFromJson(m_begun.value("network", Json()));
        if (!begunNetwork) {
            return failure("{}: {}", m_directory.config().string(), begunNetwork.error().message);
        }
        network = *begunNetwork;
        vocabulary = m_begun.value("vocabulary", "");
    } else if (m_settings.base) {
        auto base = findModel(*m_settings.base).and_then(ModelFile::open);
        if (!base) {
            return tl::make_unexpected(base.error());
        }
        m_base = std::move(*base);
        network = m_base->description.network;
        vocabulary = successor(m_base->description.vocabulary);
        if (const auto wanted = findPreset(m_settings.preset.value_or("")); wanted) {
            network = grown(*network, wanted->network);
        }
        if (!m_settings.preset && findPreset(m_base->description.preset)) {
            m_settings.preset = m_base->description.preset;
        }
    }
    const auto preset = findPreset(m_settings.preset.value_or("fast"));
    if (!preset) {
        return tl::make_unexpected(preset.error());
    }
    m_preset = *preset;
    m_preset.network = network.value_or(m_preset.network);
    if (m_preset.network.architecture == Architecture::transformer && m_preset.network.context < m_preset.window) {
        m_preset.batch = m_preset.batch * m_preset.window / m_preset.network.context;
        m_preset.window = m_preset.network.context;
    }
    const auto found = findVocabulary(network ? vocabulary : m_preset.vocabulary);
    if (!found) {
        return tl::make_unexpected(found.error());
    }
    m_vocabulary = *found;
    m_preset.network.vocabularySize = m_vocabulary->size();
    if (!m_settings.resume) {
        m_preset.network.held = m_vocabulary->heldTokens();
    }
    return {};
}

Result<void> Run::loadMusic() {
    auto music = ricercar::loadMusic(m_settings.folder, m_vocabulary, m_events.scan, m_stop);
    if (!music) {
        return tl::make_unexpected(music.error());
    }
    if (!m_settings.validFolder) {
        m_split = holdOut(*music, *m_vocabulary);
    } else {
        auto valid = ricercar::loadMusic(*m_settings.validFolder, m_vocabulary, m_events.scan, m_stop);
        if (!valid) {
            return tl::make_unexpected(valid.error());
        }
        m_split = holdOut(*music, *valid);
    }
    if (m_split.valid.empty()) {
        return failure(
            "{}: too little music to learn from: a piece of at least six bars, or five pieces, are needed; what is "
            "there "
            "can still be a seed",
            m_settings.folder.string());
    }
    const std::size_t tokens = tokenCount(m_split.train);
    const bool takesOnStyle = m_settings.base && tokens < oneStyle;
    if (m_settings.base && !takesOnStyle) {
        m_preset.learningRate *= continuedRate;
    }
    m_dropout = !m_settings.base && tokens < littleMusic ? strongDropout : m_preset.dropout;
    m_windows.emplace(m_split.train, m_split.trainStyles, m_vocabulary, m_preset.window, m_preset.batch, rng(),
                      takesOnStyle ? ownKeys : 0);
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
    auto network = m_backend.create(m_preset.network, m_settings.device, rng());
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
    if (!m_split.styles.empty()) {
        m_description.card["styles"] = m_split.styles;
    }
    if (const auto added = addCard(); !added) {
        return added;
    }
    if (m_base) {
        const Json& card = m_base->description.card;
        if (m_split.styles.empty() && card.contains("styles")) {
            m_description.card["styles"] = card["styles"];  // the ones it was taught are still known
        }
        m_description.card["base"] = card;
        return m_network->beginWith(m_base->weights);
    }
    return {};
}

/// The fields of `settings.card` join those of the model's.
Result<void> Run::addCard() {
    if (m_settings.card.empty()) {
        return {};
    }
    const auto card = readTextFile(m_settings.card).and_then([](const std::string& text) { return parseJson(text); });
    if (!card || !card->is_object()) {
        return failure("{}: {}", m_settings.card.string(), card ? "not a JSON object" : card.error().message);
    }
    m_description.card.update(*card);
    return {};
}

Json Run::config() const {
    const auto orNull = [](const auto& value) { return value ? Json(*value) : Json(); };
    return {{"folder", m_settings.folder.string()},
            {"valid", orNull(m_settings.validFolder)},
            {"preset", m_preset.name},
            {"base", orNull(m_settings.base)},
            {"rng", rng()},
            {"minutes", orNull(m_settings.minutes)},
            {"processorTime", m_settings.processorTime},
            {"epochs", orNull(m_settings.epochs)},
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
    auto lock = m_directory.lock();
    if (!lock) {
        return tl::make_unexpected(lock.error());
    }
    m_lock = std::move(*lock);
    // Another process may have begun and ended a run here while this one read the music.
    if (const auto checked = checkFolder(); !checked) {
        return checked;
    }
    if (!m_settings.resume) {
        // The configuration comes last: a folder without it holds no run yet.
        return checkpoint().and_then(
            [&] { return writeFileAtomically(m_directory.config(), config().dump(2) + "\n"); });
    }
    const Json now = config();
    for (const char* name : {"vocabulary", "window", "batch", "learningRate", "dropout", "music"}) {
        if (m_begun.value(name, Json()) != now[name]) {
            return failure(
                "{}: its {} is no longer what it was begun with; train anew with --base {} instead of --resume",
                m_settings.run.string(), name, m_settings.run.string());
        }
    }
    auto checkpoint = m_directory.readCheckpoint(*m_network);
    if (!checkpoint) {
        return tl::make_unexpected(checkpoint.error());
    }
    m_state = checkpoint->state;
    m_description = std::move(checkpoint->description);
    return addCard().and_then([&] { return m_directory.trimMetrics(m_state.step); });
}

/// Seconds of the clock that the minutes are counted by.
double Run::now() const {
    return m_settings.processorTime ? static_cast<double>(std::clock()) / CLOCKS_PER_SEC
                                    : std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
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
          {"device", m_settings.device == "auto" ? m_backend.devices().front() : m_settings.device},
          {"weights", weightCount(m_preset.network)},
          {"trainPieces", m_split.train.size()},
          {"validPieces", m_split.valid.size()},
          {"trainTokens", tokenCount(m_split.train)},
          {"split", m_split.how},
          {"stepsPerEpoch", m_windows->stepsPerEpoch()},
          {"backend", m_backend.description()}});
    m_recentStart = Clock::now();
    m_started = now();
    while (!m_stop.stop_requested()) {
        const bool firstOfAll = m_state.step == 0 && m_settings.base;  // what it begins from, to compare with
        if ((firstOfAll || (m_state.step > 0 && m_state.step % m_evaluateEvery == 0)) && !isJudged()) {
            if (const auto judged = judge(); !judged) {
                return tl::make_unexpected(judged.error());
            }
        } else if (m_state.sinceBest >= m_preset.patience) {
            return finish("the held-out loss no longer falls");
        } else if (fraction() >= 1) {
            return finish("the schedule is complete");
        } else if (const auto taken = takeStep(); !taken) {
            return tl::make_unexpected(taken.error());
        }
    }
    return finish("stopped");
}

Result<void> Run::takeStep() {
    const TokenBatch batch = m_windows->batch(m_state.step);
    const std::uint64_t stepRng = Random::forStream(rng(), static_cast<std::uint64_t>(m_state.step)).next();
    const auto loss = m_network->train(batch, {learningRate(), m_dropout, stepRng});
    if (!loss) {
        return tl::make_unexpected(loss.error());
    }
    ++m_state.step;
    m_recent.loss += *loss;
    m_recent.notes += noteTargets(batch, *m_vocabulary);
    if (m_state.step % stepsPerLine == 0) {
        return endStretch();
    }
    if (m_stretch.empty()) {  // the first of a sitting tells soon how long it all will take
        describeStretch();
        tell(line("step"));
    }
    return {};
}

Result<void> Run::endStretch() {
    describeStretch();
    m_recent = {};
    m_recentStart = Clock::now();
    return record(line("step"));
}

void Run::describeStretch() {
    const double elapsed = std::chrono::duration<double>(Clock::now() - m_recentStart).count();
    m_stretch = {{"trainNatsPerToken", m_recent.natsPerToken()},
                 {"trainNatsPerNote", m_recent.natsPerNote()},
                 {"tokensPerSecond", static_cast<double>(m_recent.loss.tokens) / std::max(1e-9, elapsed)}};
}

Json Run::line(const char* event) const {
    const double done = fraction();
    Json line = {{"event", event},
                 {"step", m_state.step},
                 {"epoch", static_cast<double>(m_state.step) / static_cast<double>(m_windows->stepsPerEpoch())},
                 {"learningRate", learningRate()},
                 {"fraction", done},
                 {"secondsLeft", done > 0 ? seconds() / done * (1 - done) : 0.0}};
    line.update(m_stretch);
    return line;
}

Result<void> Run::record(const Json& line) const {
    tell(line);
    return appendLine(m_directory.metrics(), line.dump());
}

/// Judges, keeps the model if it is the best so far, and writes the checkpoint. Asked to stop meanwhile, it does
/// nothing, so that the run goes on as if it had not begun to.
Result<void> Run::judge() {
    if (m_recent.loss.tokens > 0) {
        if (auto ended = endStretch(); !ended) {
            return ended;
        }
    }
    const auto evaluation = evaluate(*m_network, m_validBatches, *m_vocabulary, {}, m_stop);
    if (!evaluation) {
        return m_stop.stop_requested() ? Result<void>() : tl::make_unexpected(evaluation.error());
    }
    const bool best = !m_state.bestNatsPerNote || evaluation->natsPerNote() < *m_state.bestNatsPerNote;
    const auto sample = keepAndSample(*evaluation, best);
    if (!sample) {
        return tl::make_unexpected(sample.error());
    }
    m_state.judgedStep = m_state.step;
    m_state.sinceBest = best ? 0 : m_state.sinceBest + 1;
    if (best) {
        m_state.bestNatsPerNote = evaluation->natsPerNote();
    }
    if (m_state.step == 0) {
        m_state.baseNatsPerNote = evaluation->natsPerNote();
    }
    Json line = this->line("evaluation");
    line.update({{"validNatsPerToken", evaluation->natsPerToken()},
                 {"validNatsPerNote", evaluation->natsPerNote()},
                 {"accuracy", evaluation->accuracy()},
                 {"best", best},
                 {"sample", sample->string()}});
    m_recentStart = Clock::now();
    return record(line).and_then([&] { return checkpoint(); });
}

Result<std::filesystem::path> Run::keepAndSample(const Evaluation& evaluation, bool best) {
    ModelDescription description = m_description;
    description.card["steps"] = m_state.step;
    description.card["heldOutNumbers"] = toJson(evaluation);
    const auto model = best ? m_directory.best() : m_directory.latest();
    auto sample = m_directory.sample(m_state.step);
    const auto written = m_directory.writeModel(model, description, *m_network).and_then([&] {
        return writeSample(model, m_split.valid.front(), sample);
    });
    std::error_code ignored;
    std::filesystem::remove(m_directory.latest(), ignored);
    return written.map([&] { return sample; });
}

Result<void> Run::checkpoint() {
    RunState state = m_state;
    state.seconds = seconds();
    return m_directory.writeCheckpoint(m_description, *m_network, state);
}

Result<TrainingOutcome> Run::finish(std::string reason) {
    auto done = m_stop.stop_requested() || isJudged() ? Result<void>() : judge();
    if (done && m_stop.stop_requested()) {
        reason = "stopped";
        done = checkpoint();
    }
    if (done && !m_state.bestNatsPerNote) {
        m_description.card["steps"] = m_state.step;
        done = m_directory.writeModel(m_directory.best(), m_description, *m_network);
    }
    if (!done) {
        return tl::make_unexpected(done.error());
    }
    const TrainingOutcome outcome{m_directory.best(), std::move(reason), m_state.bestNatsPerNote,
                                  m_state.baseNatsPerNote, m_state.step};
    Json end = {
        {"event", "end"}, {"reason", outcome.reason}, {"steps", outcome.steps}, {"model", outcome.model.string()}};
    if (outcome.natsPerNote) {
        end["validNatsPerNote"] = *outcome.natsPerNote;
    }
    if (outcome.baseNatsPerNote) {
        end["baseNatsPerNote"] = *outcome.baseNatsPerNote;
        end["verdict"] = verdict(*outcome.baseNatsPerNote, *outcome.natsPerNote, m_split.judges);
    }
    if (const auto concluded = conclude(end); !concluded && !m_stop.stop_requested()) {
        return tl::make_unexpected(concluded.error());
    }
    tell(end);
    return outcome;
}

/// Looks at the finished model and writes on its card what there is to know: what was gained, what it copies.
Result<void> Run::conclude(Json& end) const {
    const auto copying = measureCopying(m_directory.best(), m_split, *m_vocabulary, m_stop);
    if (!copying) {
        return tl::make_unexpected(copying.error());
    }
    end["copies"] = describe(*copying);
    Json conclusions = {{"copying", toJson(*copying)}, {"copies", end["copies"]}};
    if (end.contains("verdict")) {
        conclusions["verdict"] = end["verdict"];
    }
    return m_directory.addToCard(conclusions);
}

}  // namespace

Result<TrainingOutcome> train(const TrainingSettings& settings, const NetworkBackend& backend,
                              const TrainingEvents& events, std::stop_token stop) {
    return Run(settings, backend, events, std::move(stop)).run();
}

}  // namespace ricercar
