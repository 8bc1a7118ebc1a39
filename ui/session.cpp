#include "ui/session.h"

#include <algorithm>
#include <cmath>

#include "core/edit/bars.h"

namespace ricercar {

/// Rejects a take; undone, it is back and current.
class Session::Rejection : public QUndoCommand {
public:
    Rejection(Session& session, const Take& take)
        : QUndoCommand(Session::tr("Reject %1").arg(take.name)), m_session(session), m_id(take.id) {}

    void redo() override { m_session.setRejected(m_id, true); }
    void undo() override {
        m_session.setRejected(m_id, false);
        m_session.setCurrentTake(m_id);
    }

private:
    Session& m_session;
    TakeId m_id;
};

namespace {

std::shared_ptr<const Song> emptySong() { return std::make_shared<const Song>(); }

/// What a take is before its first note: empty, in the tempo and metre that its seed ends with.
std::shared_ptr<const Song> silenceAfter(const std::shared_ptr<const Song>& seed) {
    if (!seed) return emptySong();
    auto song = std::make_shared<Song>();
    song->ticksPerQuarter = seed->ticksPerQuarter;
    if (!seed->tempi.empty()) {
        song->tempi = {{Tick{}, seed->tempi.back().microsecondsPerQuarter}};
    }
    if (!seed->meters.empty()) {
        song->meters = {{Tick{}, seed->meters.back().meter}};
    }
    return song;
}

/// A channel for each track of a take, around the drums.
Channel melodicChannel(int track) {
    const int channel = track % 15;
    return Channel::clamped(channel < drumChannel.midi() ? channel : channel + 1);
}

/// `song` with one more note, on a track of its own where `streamed` is the first of its track.
std::shared_ptr<const Song> withNote(const Song& song, const Session::StreamedNote& streamed) {
    const auto ticks = [&](double quarters) { return std::llround(quarters * song.ticksPerQuarter); };
    const Note note{{ticks(streamed.onset)},
                    {std::max(1LL, ticks(streamed.onset + streamed.duration) - ticks(streamed.onset))},
                    streamed.pitch,
                    streamed.velocity};
    auto result = std::make_shared<Song>(song);
    const auto index = static_cast<std::size_t>(streamed.track);
    while (result->tracks.size() <= index) {
        result->tracks.push_back(std::make_shared<Track>());
    }
    auto track = std::make_shared<Track>(*result->tracks[index]);
    if (track->notes.empty()) {
        track->name = streamed.drums ? "Drums" : std::string(programName(streamed.program));
        track->channel = streamed.drums ? drumChannel : melodicChannel(streamed.track);
        track->programs = {{Tick{0}, streamed.program}};
    }
    track->notes.insert(std::upper_bound(track->notes.begin(), track->notes.end(), note, earlierNote), note);
    result->tracks[index] = std::move(track);
    result->end = std::max(result->end, note.end());
    return result;
}

}  // namespace

std::optional<FillIn> Session::Take::fill() const {
    if (!seed.song || !recipe.is_object() || !recipe.contains("fill")) return std::nullopt;
    const auto fill = fillInFromJson(recipe["fill"]);
    const bool fits = fill && fill->firstBar <= fill->lastBar && fill->lastBar < barCount(*seed.song);
    return fits ? std::optional(*fill) : std::nullopt;
}

Session::Session(QObject* parent) : QObject(parent), m_arrangement(emptySong()) {}

void Session::setSeed(Seed seed) {
    const bool hadTake = m_current.has_value();
    m_seed = std::move(seed);
    m_current.reset();
    m_arrangement.reset();
    Q_EMIT seedChanged();
    if (hadTake) {
        Q_EMIT currentTakeChanged();
    }
    Q_EMIT arrangementChanged();
}

const Session::Take* Session::take(TakeId id) const {
    const auto found = std::ranges::find(m_takes, id, &Take::id);
    return found == m_takes.end() ? nullptr : &*found;
}

Session::Take* Session::find(TakeId id) { return const_cast<Take*>(take(id)); }

std::vector<Session::TakeId> Session::beginTakes(int count, const Json& recipe) {
    std::vector<Take> batch;
    std::vector<TakeId> ids;
    for (int i = 0; i < count; ++i) {
        const TakeId id = m_nextId++;
        ids.push_back(id);
        batch.push_back(
            {.id = id, .name = tr("take %1").arg(id), .seed = m_seed, .song = {}, .recipe = recipe, .file = {}});
        Take& take = batch.back();
        if (recipe.is_object()) take.recipe["take"] = i;
        const auto fill = take.fill();
        take.song = fill ? std::make_shared<const Song>(staying(*m_seed.song, *fill)) : silenceAfter(m_seed.song);
    }
    m_takes.insert(m_takes.begin(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
    Q_EMIT takesChanged();
    if (!ids.empty()) {
        setCurrentTake(ids.front());
    }
    return ids;
}

void Session::addNote(TakeId id, const StreamedNote& note) {
    Take* take = find(id);
    if (take == nullptr || take->finished) return;
    take->song = withNote(*take->song, note);
    if (m_current == id) {
        m_arrangement.reset();
    }
    Q_EMIT takeChanged(id);
    if (m_current == id) {
        Q_EMIT arrangementChanged();
    }
}

void Session::finishTake(TakeId id, std::shared_ptr<const Song> song, Json recipe, QString file) {
    Take* take = find(id);
    if (take == nullptr) return;
    take->song = std::move(song);
    take->recipe = std::move(recipe);
    take->file = std::move(file);
    take->finished = true;
    if (m_current == id) {
        m_arrangement.reset();
    }
    Q_EMIT takeChanged(id);
    if (m_current == id) {
        Q_EMIT arrangementChanged();
    }
}

void Session::dropTake(TakeId id) {
    const Take* take = this->take(id);
    if (take == nullptr || take->finished) return;
    std::optional<TakeId> next;
    for (const int step : {-1, +1}) {
        if (const auto near = neighbour(id, step); near && this->take(*near)->seed == m_seed) next = near;
    }
    std::erase_if(m_takes, [id](const Take& other) { return other.id == id; });
    Q_EMIT takesChanged();
    if (m_current == id) {
        setCurrentTake(next);
    }
}

std::vector<Session::TakeId> Session::restoreTakes(std::vector<Take> takes) {
    const auto numberInName = [](const Take& take) { return take.name.section(QLatin1Char(' '), -1).toInt(); };
    for (const Take& take : takes) {
        m_nextId = std::max(m_nextId, numberInName(take) + 1);
    }
    std::vector<TakeId> ids;
    for (Take& take : takes) {
        const int number = numberInName(take);
        take.id = number > 0 && this->take(number) == nullptr ? number : m_nextId++;
        ids.push_back(take.id);
        m_takes.push_back(std::move(take));
    }
    Q_EMIT takesChanged();
    return ids;
}

void Session::setStarred(TakeId id, bool starred) {
    Take* take = find(id);
    if (take == nullptr || take->starred == starred) return;
    take->starred = starred;
    Q_EMIT takeChanged(id);
}

void Session::rejectTake(TakeId id) {
    const Take* take = this->take(id);
    if (take == nullptr || take->rejected) return;
    m_undoStack.push(new Rejection(*this, *take));
}

void Session::setRejected(TakeId id, bool rejected) {
    Take* take = find(id);
    if (take == nullptr) return;
    const auto next = neighbour(id, +1);
    take->rejected = rejected;
    Q_EMIT takesChanged();
    if (rejected && m_current == id) {
        setCurrentTake(next ? next : neighbour(id, -1));
    }
}

std::optional<Session::TakeId> Session::neighbour(TakeId id, int step) const {
    const auto found = std::ranges::find(m_takes, id, &Take::id);
    for (auto index = found - m_takes.begin() + step; index >= 0 && index < std::ssize(m_takes); index += step) {
        if (!m_takes[static_cast<std::size_t>(index)].rejected) {
            return m_takes[static_cast<std::size_t>(index)].id;
        }
    }
    return std::nullopt;
}

const Session::Take* Session::currentTake() const { return m_current ? take(*m_current) : nullptr; }

void Session::setCurrentTake(std::optional<TakeId> id) {
    if (m_current == id || (id && take(*id) == nullptr)) return;
    m_current = id;
    m_arrangement.reset();
    const Take* current = currentTake();
    if (current != nullptr && current->seed != m_seed) {
        m_seed = current->seed;
        Q_EMIT seedChanged();
    }
    Q_EMIT currentTakeChanged();
    Q_EMIT arrangementChanged();
}

void Session::stepTake(int step) {
    if (m_current) {
        if (const auto next = neighbour(*m_current, step)) {
            setCurrentTake(next);
        }
        return;
    }
    const auto first = std::ranges::find(m_takes, false, &Take::rejected);
    if (first != m_takes.end()) {
        setCurrentTake(first->id);
    }
}

const std::shared_ptr<const Song>& Session::arrangement() const {
    makeArrangement();
    return m_arrangement;
}

TickRange Session::takeRange() const {
    makeArrangement();
    return m_takeRange;
}

void Session::makeArrangement() const {
    if (m_arrangement) return;
    const Take* current = currentTake();
    const auto fill = current != nullptr ? current->fill() : std::nullopt;
    if (fill) {
        m_arrangement = std::make_shared<const Song>(filled(*m_seed.song, *fill, *current->song));
        m_takeRange = meterMap(*m_arrangement).bars(fill->firstBar, fill->lastBar);
        return;
    }
    if (m_seed.song && current != nullptr) {
        m_arrangement = std::make_shared<const Song>(joined(*m_seed.song, *current->song));
    } else if (m_seed.song) {
        m_arrangement = m_seed.song;
    } else {
        m_arrangement = current != nullptr ? current->song : emptySong();
    }
    const Tick begin = m_seed.song ? meterMap(*m_arrangement).barStart(barCount(*m_seed.song)) : Tick{};
    m_takeRange = {begin, std::max(begin, m_arrangement->end)};
}

}  // namespace ricercar
