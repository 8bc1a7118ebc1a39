#include "core/train/training.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "core/base/files.h"
#include "core/train/begun_run.h"
#include "core/train/copying.h"
#include "core/train/evaluation.h"
#include "core/train/run_directory.h"
#include "core/train/sample.h"
#include "core/train/schedule.h"
#include "core/train/training_setup.h"
#include "core/train/verdict.h"
#include "core/train/windows.h"

namespace ricercar {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t mostValidTokens = 40'000;  // looked at in each evaluation while training
constexpr std::int64_t stepsPerLine = 10;

/// One training run from its first step, or its checkpoint, to its end.
class Run {
public:
    Run(TrainingSetup setup, const NetworkBackend& backend, const TrainingEvents& events, std::stop_token stop)
        : m_setup(std::move(setup)),
          m_backend(backend),
          m_events(events),
          m_stop(std::move(stop)),
          m_directory(settings().run),
          m_windows(m_setup.split.train, m_setup.split.trainStyles, m_setup.vocabulary, m_setup.preset.window,
                    m_setup.preset.batch, m_setup.rng(), m_setup.ownKeys),
          m_validBatches(
              evaluationBatches(m_setup.split.valid, m_setup.preset.window, m_setup.preset.batch, mostValidTokens)),
          m_schedule{m_setup.preset.learningRate,
                     m_windows.stepsPerEpoch() * settings().epochs.value_or(m_setup.preset.epochs), settings().minutes,
                     settings().epochs.has_value()},
          // Not oftener than once in ten steps, however short the epochs are.
          m_evaluateEvery(std::clamp<std::int64_t>(m_windows.stepsPerEpoch(), 10, m_setup.preset.evaluateEvery)),
          m_description(m_setup.description) {}

    Result<TrainingOutcome> run() {
        return makeNetwork().and_then([&] { return startOrResume(); }).and_then([&] { return steps(); });
    }

private:
    Result<void> makeNetwork();
    Result<void> startOrResume();
    Result<void> resume();
    Result<TrainingOutcome> steps();

    const TrainingSettings& settings() const { return m_setup.settings; }
    double fraction() const { return m_schedule.fraction(m_state.step, seconds()); }
    double learningRate() const { return m_schedule.learningRate(m_state.step, seconds()); }
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

    TrainingSetup m_setup;
    const NetworkBackend& m_backend;
    const TrainingEvents& m_events;
    std::stop_token m_stop;
    RunDirectory m_directory;
    std::optional<Descriptor> m_lock;

    TrainingWindows m_windows;
    std::vector<TokenBatch> m_validBatches;
    Schedule m_schedule;
    std::int64_t m_evaluateEvery;  ///< steps
    std::unique_ptr<TrainableNetwork> m_network;
    ModelDescription m_description;

    RunState m_state;                 ///< `seconds` up to m_started
    std::optional<double> m_started;  ///< this sitting, by now()
    // Some steps make a stretch, and a line of metrics.
    Evaluation m_recent;  ///< of this stretch
    Clock::time_point m_recentStart;
    Json m_stretch = Json::object();  ///< what the last whole one's line said of training
};

Result<void> Run::makeNetwork() {
    auto network = m_backend.create(m_setup.preset.network, settings().device, m_setup.rng());
    if (!network) {
        return tl::make_unexpected(network.error());
    }
    m_network = std::move(*network);
    return m_setup.base ? m_network->beginWith(m_setup.base->weights) : Result<void>();
}

Result<void> Run::startOrResume() {
    auto lock = m_directory.lock();
    if (!lock) {
        return tl::make_unexpected(lock.error());
    }
    m_lock = std::move(*lock);
    // Another process may have begun and ended a run here while this one read the music.
    if (auto checked = checkFolder(m_directory, settings()); !checked) {
        return checked;
    }
    if (settings().resume) {
        return resume();
    }
    // The configuration comes last: a folder without it holds no run yet.
    return checkpoint().and_then(
        [&] { return writeFileAtomically(m_directory.config(), configOf(m_setup).dump(2) + "\n"); });
}

Result<void> Run::resume() {
    if (auto checked = checkUnchanged(settings(), m_setup.begun, configOf(m_setup)); !checked) {
        return checked;
    }
    auto checkpoint = m_directory.readCheckpoint(*m_network);
    if (!checkpoint) {
        return tl::make_unexpected(checkpoint.error());
    }
    m_state = checkpoint->state;
    m_description = std::move(checkpoint->description);
    m_description.card.update(m_setup.card);
    return m_directory.trimMetrics(m_state.step);
}

/// Seconds of the clock that the minutes are counted by.
double Run::now() const {
    return settings().processorTime ? static_cast<double>(std::clock()) / CLOCKS_PER_SEC
                                    : std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

Result<TrainingOutcome> Run::steps() {
    tell({{"event", "start"},
          {"run", settings().run.string()},
          {"preset", m_setup.preset.name},
          {"device", settings().device == "auto" ? m_backend.devices().front() : settings().device},
          {"weights", weightCount(m_setup.preset.network)},
          {"trainPieces", m_setup.split.train.size()},
          {"validPieces", m_setup.split.valid.size()},
          {"trainTokens", m_setup.trainTokens},
          {"split", m_setup.split.how},
          {"stepsPerEpoch", m_windows.stepsPerEpoch()},
          {"backend", m_backend.description()}});
    m_recentStart = Clock::now();
    m_started = now();
    while (!m_stop.stop_requested()) {
        const bool firstOfAll = m_state.step == 0 && settings().base;  // what it begins from, to compare with
        if ((firstOfAll || (m_state.step > 0 && m_state.step % m_evaluateEvery == 0)) && !isJudged()) {
            if (const auto judged = judge(); !judged) {
                return tl::make_unexpected(judged.error());
            }
        } else if (m_state.sinceLowest >= m_setup.preset.patience) {
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
    const TokenBatch batch = m_windows.batch(m_state.step);
    const std::uint64_t stepRng = Random::forStream(m_setup.rng(), static_cast<std::uint64_t>(m_state.step)).next();
    const auto loss = m_network->train(batch, {learningRate(), m_setup.dropout, stepRng});
    if (!loss) {
        return tl::make_unexpected(loss.error());
    }
    ++m_state.step;
    m_recent.loss += *loss;
    m_recent.notes += noteTargets(batch, *m_setup.vocabulary);
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
                 {"epoch", static_cast<double>(m_state.step) / static_cast<double>(m_windows.stepsPerEpoch())},
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
    const auto evaluation = evaluate(*m_network, m_validBatches, *m_setup.vocabulary, {}, m_stop);
    if (!evaluation) {
        return m_stop.stop_requested() ? Result<void>() : tl::make_unexpected(evaluation.error());
    }
    RunState judged = m_state;
    const bool best = judged.judged(evaluation->natsPerNote());
    const auto sample = keepAndSample(*evaluation, best);
    if (!sample) {
        return tl::make_unexpected(sample.error());
    }
    m_state = judged;
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
        return writeSample(model, m_setup.split.valid.front(), sample);
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
    const auto tellFinish = [&](const char* what) { tell({{"event", "finish"}, {"what", what}}); };
    auto done = Result<void>();
    if (!m_stop.stop_requested() && !isJudged()) {
        tellFinish("trying it on held-out music");
        done = judge();
    }
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
        end["verdict"] = verdict(*outcome.baseNatsPerNote, *outcome.natsPerNote, m_setup.split.judges);
    }
    tellFinish("looking for copies in its samples");
    if (const auto concluded = conclude(end); !concluded && !m_stop.stop_requested()) {
        return tl::make_unexpected(concluded.error());
    }
    tell(end);
    return outcome;
}

/// Looks at the finished model and writes on its card what there is to know: what was gained, what it copies.
Result<void> Run::conclude(Json& end) const {
    const auto copying = measureCopying(m_directory.best(), m_setup.split, *m_setup.vocabulary, m_stop);
    if (!copying) {
        return tl::make_unexpected(copying.error());
    }
    end["copies"] = describe(*copying);
    Json conclusions = m_setup.card;  // a run that is over may be gone on with for its card alone
    conclusions.update({{"copying", toJson(*copying)}, {"copies", end["copies"]}});
    if (end.contains("verdict")) {
        conclusions["verdict"] = end["verdict"];
    }
    return m_directory.addToCard(conclusions);
}

}  // namespace

Result<TrainingOutcome> train(const TrainingSettings& settings, const NetworkBackend& backend,
                              const TrainingEvents& events, std::stop_token stop) {
    return setUp(settings, events.scan, stop).and_then([&](TrainingSetup setup) {
        return Run(std::move(setup), backend, events, stop).run();
    });
}

}  // namespace ricercar
