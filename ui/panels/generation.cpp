#include "ui/panels/generation.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"
#include "ui/panels/take_file.h"

namespace ricercar {

namespace {

EngineSeed engineSeed(const Session::Seed& seed) {
    if (!seed.song) {
        return {};
    }
    const auto bytes = writeSmf(*seed.song);
    return {.midi = QByteArray(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes)), .path = {}};
}

/// Of a take. The metre that the seed ends in goes on in takes that follow it.
double lengthInQuarters(const Session::Seed& seed, const Generation::Settings& settings) {
    const Song song = seed.song ? *seed.song : Song{};
    const MeterMap meters = meterMap(song);
    if (settings.fill) {
        const TickDelta length = meters.bars(settings.fill->firstBar, settings.fill->lastBar).length();
        return static_cast<double>(length.value) / song.ticksPerQuarter;
    }
    const Meter meter = meters.meterOfBar(std::max(0, barCount(song) - 1));
    return settings.bars * 4.0 * meter.numerator / meter.denominator;
}

}  // namespace

Generation::Generation(Session& session, EngineClient& engine, QObject* parent)
    : QObject(parent), m_session(session), m_engine(engine) {
    connect(&engine, &EngineClient::noteDrawn, this, &Generation::onNote);
    connect(&engine, &EngineClient::takeFinished, this, &Generation::onTake);
    connect(&engine, &EngineClient::generationDone, this, [this](int call, bool cancelled) {
        if (call != m_call) return;
        m_figures.milliseconds = m_clock.elapsed();
        m_figures.cancelled = cancelled;
        finish();
        Q_EMIT ended(m_figures);
    });
    connect(&engine, &EngineClient::failed, this, [this](int call, const QString& sentence) {
        if (call != m_call) return;
        const bool kept = finish();
        Q_EMIT failed(kept ? tr("%1. The whole bars drawn so far are kept.").arg(sentence) : sentence);
    });
}

void Generation::prepare(const QString& model, const std::optional<FillIn>& fill) {
    if (m_engine.state() == EngineClient::State::ready) {
        m_engine.prepareSeed(model, engineSeed(m_session.seed()), fill);
    }
}

void Generation::start(const Settings& settings) {
    m_clock.start();
    m_figures = {};
    m_audible = false;
    m_length = lengthInQuarters(m_session.seed(), settings);
    m_drawn.assign(static_cast<std::size_t>(settings.takes), 0.0);
    m_call = m_engine.generate({.model = settings.model,
                                .seed = engineSeed(m_session.seed()),
                                .bars = settings.bars,
                                .takes = settings.takes,
                                .temperature = settings.temperature,
                                .minP = settings.sampling.minP,
                                .topP = settings.sampling.topP,
                                .key = settings.sampling.key,
                                .lowestPitch = settings.sampling.lowestPitch,
                                .highestPitch = settings.sampling.highestPitch,
                                .style = settings.sampling.style,
                                .density = settings.sampling.density,
                                .polyphony = settings.sampling.polyphony,
                                .ending = settings.sampling.ending,
                                .fill = settings.fill,
                                .rng = settings.rng,
                                .folder = {}});
    Json recipe{{"bars", settings.bars},
                {"temperature", settings.temperature},
                {"rng", settings.rng},
                {"modelFile", settings.model.toStdString()}};
    if (settings.fill) recipe["fill"] = toJson(*settings.fill);
    m_takes = m_session.beginTakes(settings.takes, recipe);
}

void Generation::stop() {
    if (m_call) {
        m_engine.cancel(*m_call);
    }
}

double Generation::progress() const {
    if (m_drawn.empty()) return 0.0;
    return std::accumulate(m_drawn.begin(), m_drawn.end(), 0.0) / (m_length * static_cast<double>(m_drawn.size()));
}

void Generation::onNote(int call, const EngineNote& note) {
    const auto take = static_cast<std::size_t>(note.take);
    if (call != m_call || take >= m_takes.size()) return;
    m_drawn[take] = std::clamp(note.onset, m_drawn[take], m_length);
    m_session.addNote(m_takes[take], {.track = note.track,
                                      .program = Program::clamped(note.program),
                                      .drums = note.drum,
                                      .onset = note.onset,
                                      .duration = note.duration,
                                      .pitch = Pitch::clamped(note.pitch),
                                      .velocity = Velocity::clamped(note.velocity)});
    if (!m_figures.firstNoteMilliseconds) {
        m_figures.firstNoteMilliseconds = m_clock.elapsed();
    }
    const Session::Take* current = m_session.currentTake();
    if (!m_audible && current != nullptr && current->id == m_takes[take]) {
        m_audible = true;
        Q_EMIT firstNoteDrawn();
    }
    Q_EMIT progressed();
}

void Generation::onTake(int call, const EngineTake& take) {
    const auto number = static_cast<std::size_t>(take.number);
    if (call != m_call || number >= m_takes.size()) return;
    auto reading = readSmf(std::as_bytes(std::span(take.midi.constData(), static_cast<std::size_t>(take.midi.size()))));
    if (!reading) {
        stop();
        finish();
        Q_EMIT failed(
            tr("The engine sent a take that cannot be read: %1").arg(QString::fromStdString(reading.error().message)));
        return;
    }
    m_drawn[number] = m_length;
    ++m_figures.takes;
    m_session.finishTake(m_takes[number], std::make_shared<const Song>(std::move(reading->song)), take.recipe,
                         take.path);
    Q_EMIT progressed();
}

bool Generation::finish() {
    m_call.reset();
    bool kept = false;
    for (const Session::TakeId id : std::exchange(m_takes, {})) {
        const Session::Take* take = m_session.take(id);
        if (take == nullptr || take->finished) continue;
        if (const auto part = wholeBarsOf(*take)) {
            m_session.finishTake(id, part->song, part->recipe, {});
            kept = true;
        } else {
            m_session.dropTake(id);
        }
    }
    return kept;
}

}  // namespace ricercar
