#include "ui/panels/take_keeper.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "core/edit/bars.h"
#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"
#include "ui/panels/take_file.h"

using namespace std::chrono_literals;

namespace ricercar {

namespace {

constexpr int mostRestored = 200;
/// What a killed window loses at most of takes that are being drawn, besides the bars that are not whole.
constexpr auto partsInterval = 500ms;

Result<std::shared_ptr<const Song>> songFrom(const std::vector<std::byte>& smf) {
    if (smf.empty()) {
        return nullptr;
    }
    return readSmf(smf).map([](SmfReading reading) { return std::make_shared<const Song>(std::move(reading.song)); });
}

/// A take of the library with its row there.
struct Restored {
    std::int64_t row;
    Session::Take take;
};

/// Batches stay where they are; the takes of each are brought back into the order of their numbers, whichever of them
/// was finished first.
void orderBatches(std::vector<Restored>& takes) {
    const auto number = [](const Restored& one) { return fieldOr(one.take.recipe, "take", 0).value_or(0); };
    const auto rng = [](const Restored& one) { return fieldOr<std::int64_t>(one.take.recipe, "rng", 0).value_or(0); };
    for (auto begin = takes.begin(); begin != takes.end();) {
        std::set<int> numbers;
        const auto end = std::find_if(begin, takes.end(), [&](const Restored& one) {
            return rng(one) != rng(*begin) || !numbers.insert(number(one)).second;
        });
        std::ranges::sort(begin, end, {}, number);
        begin = end;
    }
}

/// The newest batch first; a take whose bytes are damaged is left out.
Result<std::vector<Restored>> restoredTakes(const Library& library) {
    return library.newestTakes(mostRestored).map([](const std::vector<StoredTake>& stored) {
        std::vector<Restored> restored;
        for (const StoredTake& take : stored) {
            const auto song = songFrom(take.smf);
            const auto seed = songFrom(take.seedSmf);
            if (take.rejected || !song || !*song || !seed) continue;
            restored.push_back({take.id,
                                {.name = QString::fromStdString(take.name),
                                 .seed = {.name = QString::fromStdString(take.seedName),
                                          .file = {},
                                          .lastBar = *seed ? std::max(0, barCount(**seed) - 1) : 0,
                                          .song = *seed},
                                 .song = *song,
                                 .recipe = take.recipe,
                                 .file = {},
                                 .finished = true,
                                 .starred = take.starred}});
        }
        orderBatches(restored);
        return restored;
    });
}

}  // namespace

TakeKeeper::TakeKeeper(Session& session, UserLibrary& library, QObject* parent)
    : QObject(parent), m_session(session), m_library(library) {
    m_parts.setSingleShot(true);
    m_parts.setInterval(partsInterval);
    connect(&m_parts, &QTimer::timeout, this, &TakeKeeper::keepParts);
    connect(&session, &Session::takesChanged, this, &TakeKeeper::keepAll);
    connect(&session, &Session::takeChanged, this, [this](Session::TakeId id) {
        if (const Session::Take* take = m_session.take(id)) keep(*take);
    });
    library.ask(this, restoredTakes, [this](const std::vector<Restored>& restored) {
        std::vector<Session::Take> takes;
        for (const Restored& one : restored) takes.push_back(one.take);
        m_restoring = true;
        const auto ids = m_session.restoreTakes(std::move(takes));
        m_restoring = false;
        for (std::size_t index = 0; index < ids.size(); ++index) {
            m_kept[ids[index]] = {.row = std::make_shared<std::int64_t>(restored[index].row),
                                  .finished = true,
                                  .starred = restored[index].take.starred};
        }
        keepAll();
    });
    library.run([](Library&) -> Result<void> {
        purgeTakeFiles();
        return {};
    });
}

TakeKeeper::~TakeKeeper() { keepParts(); }

void TakeKeeper::keepAll() {
    for (const Session::Take& take : m_session.takes()) keep(take);
}

void TakeKeeper::keep(const Session::Take& take) {
    if (m_restoring) return;
    Kept& kept = m_kept[take.id];
    if (!take.finished) {
        if (!m_parts.isActive()) m_parts.start();
    } else if (!std::exchange(kept.finished, true)) {
        store(take, kept);
    }
    if (!kept.row) return;
    const auto update = [&](bool& known, bool now, auto change) {
        if (std::exchange(known, now) != now) {
            m_library.run([row = kept.row, now, change](Library& library) { return (library.*change)(*row, now); });
        }
    };
    update(kept.starred, take.starred, &Library::setStarred);
    update(kept.rejected, take.rejected, &Library::setRejected);
}

void TakeKeeper::keepParts() {
    for (const Session::Take& take : m_session.takes()) {
        if (take.finished) continue;
        Kept& kept = m_kept[take.id];
        if (const int bars = wholeBarsDrawn(take); bars > std::exchange(kept.bars, bars)) {
            store(take, kept);
            keep(take);
        }
    }
}

void TakeKeeper::store(const Session::Take& take, Kept& kept) {
    if (!kept.row) kept.row = std::make_shared<std::int64_t>();
    m_library.run([row = kept.row, take](Library& library) -> Result<void> {
        const auto part = take.finished ? PartOfTake{take.song, take.recipe} : *wholeBarsOf(take);
        const auto smf = writeSmf(*part.song);
        if (*row != 0) return library.setMusic(*row, smf, part.recipe);
        return library
            .addTake({.name = take.name.toStdString(),
                      .smf = smf,
                      .recipe = part.recipe,
                      .seedName = take.seed.name.toStdString(),
                      .seedSmf = take.seed.song ? writeSmf(*take.seed.song) : std::vector<std::byte>()})
            .map([&](std::int64_t number) { *row = number; });
    });
}

}  // namespace ricercar
