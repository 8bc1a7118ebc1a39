#pragma once

#include <QStyledItemDelegate>

namespace ricercar {

/// Paints a take as a card: miniature, name, star, key fit, temperature, bars, duration and the handle to drag it out.
class TakeDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    enum class Part { card, star, handle };

    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// What of the item that fills `item` is at `point`.
    static Part partAt(const QRect& item, const QPoint& point);
};

}  // namespace ricercar
