#include "ui/panels/take_model.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/analysis/key_finding.h"
#include "ui/panels/words.h"

namespace ricercar {

namespace {

constexpr int refreshMilliseconds = 33;

/// Wherever the recipe has it.
std::optional<double> temperatureOf(const Json& recipe) {
    const auto found = recipe.is_object() ? recipe.find("temperature") : recipe.end();
    return recipe.is_object() && found != recipe.end() && found->is_number() ? std::optional(found->get<double>())
                                                                             : std::nullopt;
}

std::optional<Key> keyOf(const Session::Seed& seed) {
    const auto found = seed.song ? findKey(*seed.song) : std::nullopt;
    return found ? std::optional(found->key) : std::nullopt;
}

/// How far a take goes, or shall go: what is being filled in does so, though a note may still sound beyond.
Tick endOf(const Session::Take& take) {
    const auto fill = take.finished ? std::nullopt : take.fill();
    return fill ? Tick{} + meterMap(*take.seed.song).bars(fill->firstBar, fill->lastBar).length() : take.song->end;
}

TakeCard cardOf(const Session::Take& take, std::optional<Key> seedKey) {
    const Tick end = endOf(take);
    return {.id = take.id,
            .miniature = Miniature(*take.song),
            .seedKey = seedKey,
            .keyFit = seedKey ? keyFit(*take.song, *seedKey) : std::nullopt,
            .temperature = temperatureOf(take.recipe),
            .bars = end.value > 0 ? meterMap(*take.song).barAt(Tick{end.value - 1}) + 1 : 0,
            .seconds = tempoMap(*take.song).secondsAt(end)};
}

}  // namespace

std::optional<double> keyFit(const Song& take, Key key) {
    int notes = 0;
    int fitting = 0;
    for (const auto& track : take.tracks) {
        if (track->isDrums()) continue;
        for (const Note& note : track->notes) {
            ++notes;
            fitting += key.contains(pitchClass(note.pitch)) ? 1 : 0;
        }
    }
    return notes > 0 ? std::optional(static_cast<double>(fitting) / notes) : std::nullopt;
}

TakeModel::TakeModel(Session& session, QObject* parent) : QAbstractListModel(parent), m_session(session) {
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(refreshMilliseconds);
    connect(&m_refresh, &QTimer::timeout, this, &TakeModel::refresh);
    connect(&session, &Session::takesChanged, this, &TakeModel::list);
    connect(&session, &Session::takeChanged, this, [this](Session::TakeId id) {
        if (m_stale.empty() || m_stale.back() != id) m_stale.push_back(id);
        if (!m_refresh.isActive()) m_refresh.start();
    });
    list();
}

void TakeModel::setOrder(Order order) {
    m_order = order;
    list();
}

void TakeModel::list() {
    beginResetModel();
    const auto old = std::exchange(m_cards, {});
    for (const Session::Take& take : m_session.takes()) {
        if (take.rejected) continue;
        const auto known = std::ranges::find(old, take.id, &TakeCard::id);
        m_cards.push_back(known != old.end() ? *known : cardOf(take, keyOf(take.seed)));
    }
    switch (m_order) {
        case Order::newest:
            break;  // that of the session
        case Order::starredFirst:
            std::ranges::stable_sort(m_cards, std::greater(),
                                     [this](const TakeCard& card) { return m_session.take(card.id)->starred; });
            break;
        case Order::keyFit:
            std::ranges::stable_sort(m_cards, std::greater(),
                                     [](const TakeCard& card) { return card.keyFit.value_or(-1.0); });
            break;
    }
    endResetModel();
}

void TakeModel::refresh() {
    for (const Session::TakeId id : std::exchange(m_stale, {})) {
        const Session::Take* take = m_session.take(id);
        const QModelIndex index = indexOf(id);
        if (take == nullptr || !index.isValid()) continue;
        TakeCard& card = m_cards[static_cast<std::size_t>(index.row())];
        card = cardOf(*take, card.seedKey);
        Q_EMIT dataChanged(index, index);
    }
}

int TakeModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_cards.size());
}

Qt::ItemFlags TakeModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
    return index.isValid() && take(index)->finished ? flags | Qt::ItemIsDragEnabled : flags;
}

QModelIndex TakeModel::indexOf(Session::TakeId id) const {
    const auto found = std::ranges::find(m_cards, id, &TakeCard::id);
    return found == m_cards.end() ? QModelIndex() : index(static_cast<int>(found - m_cards.begin()));
}

QVariant TakeModel::data(const QModelIndex& index, int role) const {
    const Session::Take& shown = *take(index);
    switch (role) {
        case Qt::DisplayRole:
            return shown.name;
        case Qt::AccessibleTextRole: {
            QString text = QStringLiteral("%1, %2").arg(shown.name, barsText(card(index).bars));
            if (shown.starred) text += tr(", starred");
            if (!shown.finished) text += tr(", being drawn");
            return text;
        }
        case Qt::ToolTipRole:
            return shown.finished ? tr("Click to hear it, drag it out as a MIDI file") : tr("Being drawn");
        default:
            return {};
    }
}

}  // namespace ricercar
