#include "ui/panels/take_delegate.h"

#include <cmath>

#include "ui/panels/painting.h"
#include "ui/panels/take_model.h"
#include "ui/panels/words.h"

namespace ricercar {

namespace {

constexpr int cardWidth = 202;
constexpr int cardHeight = 176;
constexpr int gap = 12;

QRect cardArea(const QRect& item) { return {item.left(), item.top() + 1, cardWidth, cardHeight}; }
QRect starArea(const QRect& card) { return {card.right() - 34, card.top() + 82, 24, 24}; }
QRect handleArea(const QRect& card) { return {card.left() + 154, card.bottom() - 70, 36, 58}; }

QString duration(double seconds) {
    const int whole = static_cast<int>(std::lround(seconds));
    return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

}  // namespace

TakeDelegate::Part TakeDelegate::partAt(const QRect& item, const QPoint& point) {
    const QRect card = cardArea(item);
    return starArea(card).contains(point) ? Part::star : handleArea(card).contains(point) ? Part::handle : Part::card;
}

QSize TakeDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {cardWidth + gap, cardHeight + 2};
}

void TakeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = currentTheme();
    const auto* model = static_cast<const TakeModel*>(index.model());
    const TakeCard& shown = model->card(index);
    const Session::Take& take = *model->take(index);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool hovered = option.state.testFlag(QStyle::State_MouseOver);
    const bool focused = selected && option.state.testFlag(QStyle::State_HasFocus);
    const QRect card = cardArea(option.rect);
    const qreal ratio = painter->device()->devicePixelRatioF();

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    paintCard(*painter, card, metrics::cardRadius, hovered && !selected ? theme.hovered : theme.raised,
              selected ? theme.accent : QColor());
    if (focused) {
        painter->setPen(QPen(theme.accent, 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(card).adjusted(1, 1, -1, -1), metrics::cardRadius, metrics::cardRadius);
    }
    const QRect inside = card.adjusted(14, 14, -14, -14);
    shown.miniature.paint(*painter, QRectF(inside.left(), inside.top(), inside.width(), 62), theme.take);
    paintLine(*painter, QRect(inside.left(), card.top() + 84, inside.width() - 30, 20), take.name, TextStyle::name,
              theme.text);
    painter->drawPixmap(
        starArea(card).topLeft() + QPoint(4, 4),
        take.starred ? iconPixmap("star-filled", 16, theme.accent, ratio) : iconPixmap("star", 16, theme.dim, ratio));

    const QRect line(inside.left(), card.top() + 110, 130, 16);
    if (!take.finished) {
        paintLine(*painter, line, TakeModel::tr("drawing ..."), TextStyle::small, theme.dim);
    } else if (shown.keyFit) {
        paintLine(*painter, line, TakeModel::tr("key fit"), TextStyle::small, theme.dim);
        paintBar(*painter, QRectF(line.left() + 44, line.center().y() - 2, 82, 5), *shown.keyFit, theme.good);
    }
    QStringList facts;
    if (shown.temperature) facts << TakeModel::tr("t %1").arg(*shown.temperature, 0, 'g', 3);
    facts << barsText(shown.bars) << duration(shown.seconds);
    paintLine(*painter, QRect(inside.left(), card.bottom() - 29, 136, 16), facts.join(QStringLiteral("   ")),
              TextStyle::small, theme.dim);

    if (take.finished) {
        const QRect handle = handleArea(card);
        paintCard(*painter, handle, metrics::controlRadius, theme.background);
        painter->drawPixmap(handle.center() - QPoint(9, 20), iconPixmap("grip", metrics::iconSize, theme.dim, ratio));
        paintLine(*painter, QRect(handle.left(), handle.bottom() - 20, handle.width(), 14), TakeModel::tr("drag"),
                  TextStyle::small, theme.dim, Qt::AlignHCenter);
    }
    painter->restore();
}

}  // namespace ricercar
