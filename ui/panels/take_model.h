#pragma once

#include <optional>
#include <vector>

#include <QAbstractListModel>
#include <QTimer>

#include "ui/miniature.h"
#include "ui/session.h"

namespace ricercar {

/// Share of the notes of a take, drums left out, that lie in the key; nothing where there is no note.
std::optional<double> keyFit(const Song& take, Key key);

/// What a card shows of a take.
struct TakeCard {
    Session::TakeId id = 0;
    Miniature miniature;
    std::optional<Key> seedKey;    ///< found once: a seed may be long
    std::optional<double> keyFit;  ///< to that key
    std::optional<double> temperature;
    int bars = 0;
    double seconds = 0;
};

/// The session's takes, without the rejected ones, in an order of choice. Streamed notes are shown some thirty times a
/// second, however many come.
class TakeModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum class Order { newest, starredFirst, keyFit };

    explicit TakeModel(Session& session, QObject* parent = nullptr);

    void setOrder(Order order);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    const TakeCard& card(const QModelIndex& index) const { return m_cards[static_cast<std::size_t>(index.row())]; }
    /// Never null.
    const Session::Take* take(const QModelIndex& index) const { return m_session.take(card(index).id); }
    QModelIndex indexOf(Session::TakeId id) const;

private:
    void list();
    void refresh();

    Session& m_session;
    Order m_order = Order::newest;
    std::vector<TakeCard> m_cards;
    std::vector<Session::TakeId> m_stale;  ///< cards to be made again
    QTimer m_refresh;
};

}  // namespace ricercar
