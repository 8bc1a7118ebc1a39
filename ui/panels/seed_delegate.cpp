#include "ui/panels/seed_delegate.h"

#include <QMouseEvent>

#include "ui/panels/painting.h"
#include "ui/panels/seed_model.h"

namespace ricercar {

namespace {

constexpr int cardHeight = 72;

QRect miniatureArea(const QRect& card) { return {card.left() + 14, card.top() + 12, 86, 44}; }

}  // namespace

void SeedDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = currentTheme();
    const SeedEntry& entry = static_cast<const SeedModel*>(index.model())->entry(index);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    const QRect card = option.rect.adjusted(8, 2, -8, -2);
    const QRect miniature = miniatureArea(card);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (selected || hovered) {
        const bool focused = selected && option.state.testFlag(QStyle::State_HasFocus);
        paintCard(*painter, card, 10, selected ? theme.raised : theme.hovered, focused ? theme.accent : QColor());
    }
    if (selected) {
        paintCard(*painter, QRect(card.left(), card.top() + 14, 3, card.height() - 28), 1.5, theme.seed);
    }
    entry.miniature.paint(*painter, miniature, theme.seed);
    if (selected || hovered) {
        QRect disc(0, 0, 28, 28);
        disc.moveCenter(miniature.center());
        paintCard(*painter, disc, 14, theme.background);
        const QPixmap sign = iconPixmap("play", 16, theme.text, painter->device()->devicePixelRatioF());
        painter->drawPixmap(disc.center() - QPoint(7, 7), sign);
    }
    const QRect words(miniature.right() + 14, card.top() + 14, card.right() - miniature.right() - 22, 20);
    paintLine(*painter, words, entry.name, TextStyle::name, theme.text);
    paintLine(*painter, words.translated(0, 19), entry.detail(), TextStyle::small, theme.dim);
    painter->restore();
}

QSize SeedDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {metrics::seedsWidth, cardHeight};
}

bool SeedDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                               const QModelIndex& index) {
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const QRect card = option.rect.adjusted(8, 2, -8, -2);
        if (mouse->button() == Qt::LeftButton && miniatureArea(card).contains(mouse->position().toPoint())) {
            Q_EMIT playClicked(index);
            return true;
        }
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

}  // namespace ricercar
