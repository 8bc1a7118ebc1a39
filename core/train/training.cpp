#include "core/train/training.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <future>
#include <mutex>

#include "core/base/files.h"
#include "core/train/begun_run.h"
#include "core/train/copying.h"
#include "core/train/evaluation.h"
#include "core/train/machine_share.h"
#include "core/train/memory.h"
#include "core/train/run_directory.h"
#include "core/train/sample.h"
#include "core/train/schedule.h"
#include "core/train/training_setup.h"
#include "core/train/verdict.h"
#include "core/train/windows.h"
#include "core/train/workers.h"

namespace ricercar {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t mostValidTokens = 40'000;  // looked at in each evaluation while training
constexpr std::int64_t stepsPerLine = 10;

/// One training run from its first step, or its checkpoint, to its end.
class Run {
public:
    Run(TrainingSetup setup, const Workers& workers, const NetworkBackend& backend, const TrainingEvents& events,
        std::stop_token stop)
        : m_setup(std::move(setup)),
          m_workers(workers),
          m_backend(backend),
          m_events(events),
          m_stop(std::move(stop)),
          m_directory(settings().run),
          m_windows(m_setup.split.train, m_setup.split.trainStyles, m_setup.vocabulary, m_setup.preset.window,
                    m_setup.preset.batch, m_setup.rng(), m_setup.ownKeys),
          m_validBatches(m_workers.own(
              evaluationBatches(m_setup.split.valid, m_setup.preset.window, m_setup.preset.batch, mostValidTokens))),
          m_schedule{m_setup.preset.learningRate,
                     m_windows.stepsPerEpoch() * settings().epochs.value_or(m_setup.preset.epochs), settings().minutes,
                     settings().epochs.has_value()},
          // Not oftener than once in ten steps, however short the epochs are.
          m_evaluateEvery(std::clamp<std::int64_t>(m_windows.stepsPerEpoch(), 10, m_setup.preset.evaluateEvery)),
          m_description(m_setup.description) {}

    Result<TrainingOutcome> run() {
        return m_workers.checkBatch(m_windows.rows())
            .and_then([&] { return makeNetwork(); })
            .and_then([&] { return startOrResume(); })
            .and_then([&] { return m_network->becomeAlike(); })
            .and_then([&] { return steps(); });
    }

private:
    Result<void> makeNetwork();
    Result<void> startOrResume();
    Result<void> resume();
    Result<TrainingOutcome> steps();

    const TrainingSettings& settings() const { return m_setup.settings; }
    double fraction() const { return m_schedule.fraction(m_state.step, m_seconds); }
    double learningRate() const { return m_schedule.learningRate(m_state.step, m_seconds); }
    double now() const;
    double seconds() const { return m_state.seconds + (m_started ? now() - *m_started : 0); }
    Result<void> agree();
    void rest();
    TokenBatch nextBatch();
    Result<void> takeStep();
    Result<void> endStretch();
    void describeStretch();
    bool isJudged() const { return m_state.judgedStep == m_state.step; }
    Result<void> judge();
    Result<std::optional<Evaluation>> evaluateTogether();
    Result<std::filesystem::path> keepAndSample(const Evaluation& evaluation, bool best);
    Result<TrainingOutcome> finish(std::string reason);
    Result<void> conclude(Json& end) const;
    Result<void> checkpoint();
    Json line(const char* event) const;
    Result<void> record(const Json& line) const;
    void tell(const Json& event) const {
        if (m_events.event && m_workers.lead()) {
            m_events.event(event);
        }
    }

    TrainingSetup m_setup;
    const Workers& m_workers;
    const NetworkBackend& m_backend;
    const TrainingEvents& m_events;
    std::stop_token m_stop;
    RunDirectory m_directory;
    std::optional<Descriptor> m_lock;

    TrainingWindows m_windows;
    std::vector<TokenBatch> m_validBatches;  ///< of this worker
    Schedule m_schedule;
    std::int64_t m_evaluateEvery;     ///< steps
    std::future<TokenBatch> m_ahead;  ///< the next step's batch, which is made while this one is learnt
    MachineShare m_share;
    std::unique_ptr<TrainableNetwork> m_network;
    ModelDescription m_description;

    RunState m_state;                 ///< `seconds` up to m_started
    std::optional<double> m_started;  ///< this sitting, by now()
    // The same for all workers, see `agree`.
    double m_seconds = 0;  ///< spent training, when last asked
    bool m_stopping = false;
    bool m_pausing = false;
    // Some steps make a stretch, and a line of metrics.
    Evaluation m_recent;  ///< of this stretch
    Clock::time_point m_recentStart;
    Json m_stretch = Json::object();  ///< what the last whole one's line said of training
};

Result<void> Run::makeNetwork() {
    auto share = chooseShare(m_setup, m_workers, m_backend, m_workers.own(m_windows.batch(0)));
    if (!share) {
        return tl::make_unexpected(share.error());
    }
    m_share = std::move(*share);
    auto network = m_backend.create(m_setup.preset.network, settings().device, m_setup.rng(), m_workers.group());
    if (!network) {
        return tl::make_unexpected(network.error());
    }
    m_network = std::move(*network);
    return m_setup.base ? m_network->beginWith(m_setup.base->weights) : Result<void>();
}

Result<void> Run::startOrResume() {
    if (!m_workers.lead()) {
        return settings().resume ? resume() : Result<void>();
    }
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
    return m_workers.lead() ? m_directory.trimMetrics(m_state.step) : Result<void>();
}

/// Seconds of the clock that the minutes are counted by.
double Run::now() const {
    return settings().processorTime ? static_cast<double>(std::clock()) / CLOCKS_PER_SEC
                                    : std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

Result<TrainingOutcome> Run::steps() {
    Json start = {{"event", "start"},
                  {"run", settings().run.string()},
                  {"preset", m_setup.preset.name},
                  {"weights", weightCount(m_setup.preset.network)},
                  {"trainPieces", m_setup.split.train.size()},
                  {"validPieces", m_setup.split.valid.size()},
                  {"trainTokens", m_setup.trainTokens},
                  {"split", m_setup.split.how},
                  {"stepsPerEpoch", m_windows.stepsPerEpoch()},
                  {"workers", m_workers.count()},
                  {"backend", m_backend.description()}};
    start.update(toJson(m_share));
    tell(start);
    m_recentStart = Clock::now();
    m_started = now();
    for (;;) {
        if (const auto agreed = agree(); !agreed) {
            return tl::make_unexpected(agreed.error());
        }
        if (m_stopping) {
            return finish("stopped");
        }
        if (m_pausing) {
            rest();
            continue;
        }
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
}

/// All workers stop when one is asked to, pause when one has to, and go by the clock of the leading one.
Result<void> Run::agree() {
    const bool pause = settings().pauseOnBattery && onBattery(settings().powerSupplies);
    std::array<double, 3> numbers = {m_stop.stop_requested() ? 1.0 : 0.0, pause ? 1.0 : 0.0,
                                     m_workers.lead() ? seconds() : 0.0};
    return m_workers.sum(numbers).map([&] {
        m_stopping = numbers[0] > 0;
        m_seconds = numbers[2];
        if (const bool paused = std::exchange(m_pausing, numbers[1] > 0); m_pausing != paused) {
            tell({{"event", m_pausing ? "pause" : "resume"}, {"what", "on battery"}});
        }
    });
}

/// For a moment, or until the run is stopped; it is no time of training.
void Run::rest() {
    constexpr auto moment = std::chrono::milliseconds(500);
    const double begun = now();
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, m_stop, moment, [] { return false; });
    *m_started += now() - begun;
    m_recentStart += moment;
}

TokenBatch Run::nextBatch() {
    const std::int64_t step = m_state.step;
    TokenBatch batch = m_ahead.valid() ? m_ahead.get() : m_windows.batch(step);
    if (m_schedule.fraction(step + 1, m_seconds) < 1) {
        m_ahead = std::async(std::launch::async, [this, step] { return m_windows.batch(step + 1); });
    }
    return batch;
}

Result<void> Run::takeStep() {
    const TokenBatch batch = nextBatch();
    const std::uint64_t stepRng = Random::forStream(m_setup.rng(), static_cast<std::uint64_t>(m_state.step)).next();
    const auto loss =
        m_network->train(m_workers.own(batch), {learningRate(), m_setup.dropout, stepRng, m_share.rowsAtOnce});
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
                 {"tokensPerSecond", static_cast<double>(m_recent.loss.tokens) / std::max(1e-9, elapsed)},
                 {"memory", static_cast<double>(usedMemory()) / 1e9}};
}

Json Run::line(const char* event) const {
    // As of now, not of when the workers last agreed: what remains would be far too much in a first, slow step.
    const double spent = seconds();
    Json line = {{"event", event},
                 {"step", m_state.step},
                 {"epoch", static_cast<double>(m_state.step) / static_cast<double>(m_windows.stepsPerEpoch())},
                 {"learningRate", learningRate()},
                 {"fraction", m_schedule.fraction(m_state.step, spent)},
                 {"secondsLeft", m_schedule.secondsLeft(m_state.step, spent)}};
    line.update(m_stretch);
    return line;
}

Result<void> Run::record(const Json& line) const {
    tell(line);
    return m_workers.lead() ? appendLine(m_directory.metrics(), line.dump()) : Result<void>();
}

/// Judges, keeps the model if it is the best so far, and writes the checkpoint. Asked to stop meanwhile, it does
/// nothing, so that the run goes on as if it had not begun to.
Result<void> Run::judge() {
    if (m_recent.loss.tokens > 0) {
        if (auto ended = endStretch(); !ended) {
            return ended;
        }
    }
    const auto judgement = evaluateTogether();
    if (!judgement) {
        return tl::make_unexpected(judgement.error());
    }
    const auto& evaluation = *judgement;
    if (!evaluation) {
        return {};
    }
    RunState judged = m_state;
    const bool best = judged.judged(evaluation->natsPerNote());
    if (!m_workers.lead()) {
        m_state = judged;
        return {};
    }
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

/// Nothing when a worker was asked to stop meanwhile.
Result<std::optional<Evaluation>> Run::evaluateTogether() {
    auto evaluation = evaluate(*m_network, m_validBatches, *m_setup.vocabulary, {}, m_stop);
    if (!evaluation && !m_stop.stop_requested()) {
        return tl::make_unexpected(evaluation.error());
    }
    const auto number = [](std::int64_t whole) { return static_cast<double>(whole); };
    const Evaluation own = evaluation.value_or(Evaluation());
    std::array sums = {own.loss.nats, number(own.loss.tokens), number(own.loss.correct), number(own.notes),
                       evaluation ? 0.0 : 1.0};
    return m_workers.sum(sums).map([&]() -> std::optional<Evaluation> {
        m_stopping = sums[4] > 0;
        const auto whole = [&](int place) { return static_cast<std::int64_t>(sums[place]); };
        return m_stopping ? std::nullopt : std::optional(Evaluation{{sums[0], whole(1), whole(2)}, whole(3)});
    });
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
    if (!m_workers.lead()) {
        return {};
    }
    RunState state = m_state;
    state.seconds = seconds();
    return m_directory.writeCheckpoint(m_description, *m_network, state);
}

Result<TrainingOutcome> Run::finish(std::string reason) {
    const auto tellFinish = [&](const char* what) { tell({{"event", "finish"}, {"what", what}}); };
    auto done = Result<void>();
    if (!m_stopping && !isJudged()) {
        tellFinish("trying it on held-out music");
        done = judge();
    }
    if (done && m_stopping) {
        reason = "stopped";
        done = checkpoint();
    }
    if (done && !m_state.bestNatsPerNote && m_workers.lead()) {
        m_description.card["steps"] = m_state.step;
        done = m_directory.writeModel(m_directory.best(), m_description, *m_network);
    }
    if (!done) {
        return tl::make_unexpected(done.error());
    }
    const TrainingOutcome outcome{m_directory.best(), std::move(reason), m_state.bestNatsPerNote,
                                  m_state.baseNatsPerNote, m_state.step};
    if (!m_workers.lead()) {
        return outcome;
    }
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

/// Whether the run is gone on with, as the leading worker finds its folder.
Result<void> beginTogether(TrainingSettings& settings, const Workers& workers) {
    if (workers.lead()) {
        const RunDirectory directory(settings.run);
        settings.resume = settings.resume || (workers.restarts() > 0 && directory.holdsRun());
        if (auto checked = checkFolder(directory, settings); !checked) {
            return checked;
        }
    }
    std::array<double, 1> resume = {settings.resume ? 1.0 : 0.0};
    return workers.share(resume).map([&] { settings.resume = resume[0] > 0; });
}

/// One worker of each machine reads the music first; the others find its tokens in the cache.
Result<TrainingSetup> setUpInTurn(const TrainingSettings& settings, const Workers& workers, const ProgressSink& scan,
                                  const std::stop_token& stop) {
    std::optional<Result<TrainingSetup>> setup;
    if (workers.firstOfMachine()) {
        setup = setUp(settings, workers.lead() ? scan : ProgressSink(), stop);
        if (!*setup) {
            return std::move(*setup);
        }
    }
    if (const auto met = workers.meet(); !met) {
        return tl::make_unexpected(met.error());
    }
    if (!setup) {
        setup = setUp(settings, {}, stop);
    }
    return std::move(*setup).and_then([&](TrainingSetup done) {
        return workers.checkSame(configOf(done).dump()).map([&] { return std::move(done); });
    });
}

}  // namespace

Result<TrainingOutcome> train(const TrainingSettings& asked, const NetworkBackend& backend,
                              const TrainingEvents& events, std::stop_token stop) {
    const auto workers = Workers::join(backend, asked.device, asked.joinSeconds, asked.batch, stop);
    if (!workers) {
        return tl::make_unexpected(workers.error());
    }
    TrainingSettings settings = asked;
    return beginTogether(settings, *workers)
        .and_then([&] { return setUpInTurn(settings, *workers, events.scan, stop); })
        .and_then([&](TrainingSetup setup) { return Run(std::move(setup), *workers, backend, events, stop).run(); });
}

}  // namespace ricercar
