#include <QPainter>
#include <QStyleOption>

#include "ui/style.h"

// Things that one chooses from: lists, tabs, headers, menus.

namespace ricercar {

void Style::drawItem(const QStyleOption* option, QPainter* painter) const {
    const bool selected = option->state & State_Selected;
    const bool hovered = option->state & State_MouseOver && option->state & State_Enabled;
    if (selected || hovered) {
        drawSurface(painter, option->rect.adjusted(1, 1, -1, -1), m_theme.hovered, metrics::controlRadius);
    }
}

void Style::drawTab(const QStyleOption* option, QPainter* painter) const {
    const auto& tab = *qstyleoption_cast<const QStyleOptionTab*>(option);
    const bool selected = tab.state & State_Selected;
    painter->save();
    QFont face = painter->font();
    face.setWeight(selected ? QFont::DemiBold : QFont::Normal);
    painter->setFont(face);
    painter->setPen(selected || tab.state & State_MouseOver ? m_theme.text : m_theme.dim);
    painter->drawText(tab.rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextShowMnemonic, tab.text);
    if (selected) {
        const int width = QFontMetrics(face).horizontalAdvance(tab.text);
        painter->fillRect(tab.rect.left(), tab.rect.bottom() - 2, width, 2, m_theme.accent);
    }
    painter->restore();
    drawFocusRing(tab, FocusFrom::keyboard, painter);
}

void Style::drawFrame(const QStyleOption* option, QPainter* painter) const {
    const auto& frame = *qstyleoption_cast<const QStyleOptionFrame*>(option);
    const QRect& area = frame.rect;
    if (frame.frameShape == QFrame::HLine) {
        painter->fillRect(area.left(), area.center().y(), area.width(), 1, m_theme.line);
    } else if (frame.lineWidth > 0) {
        painter->setPen(m_theme.line);
        painter->drawRect(area.adjusted(0, 0, -1, -1));
    }
}

void Style::drawHeader(const QStyleOption* option, QPainter* painter) const {
    painter->fillRect(option->rect, m_theme.panel);
    painter->fillRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1, m_theme.line);
}

void Style::drawMenuItem(const QStyleOption* option, QPainter* painter) const {
    const auto& item = *qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    if (item.menuItemType == QStyleOptionMenuItem::Separator) {
        painter->fillRect(item.rect.left() + 8, item.rect.center().y(), item.rect.width() - 16, 1, m_theme.line);
        return;
    }
    const bool enabled = item.state & State_Enabled;
    if (enabled && item.state & State_Selected) {
        drawSurface(painter, item.rect, m_theme.hovered, 6);
    }
    const QColor colour = item.palette.color(enabled ? QPalette::Active : QPalette::Disabled, QPalette::Text);
    if (item.checked) {
        drawIcon(painter, QStringLiteral("check"), QRect(item.rect.left() + 6, item.rect.top(), 16, item.rect.height()),
                 colour);
    }
    const QRect words = item.rect.adjusted(30, 0, -14, 0);
    const qsizetype tab = item.text.indexOf(QLatin1Char('\t'));
    painter->save();
    painter->setFont(item.font);
    painter->setPen(colour);
    painter->drawText(words, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextShowMnemonic, item.text.left(tab));
    if (tab >= 0) {
        painter->setPen(enabled ? m_theme.dim : colour);
        painter->drawText(words, Qt::AlignVCenter | Qt::AlignRight, item.text.mid(tab + 1));
    }
    painter->restore();
    if (item.menuItemType == QStyleOptionMenuItem::SubMenu) {
        drawIcon(painter, QStringLiteral("chevron-right"),
                 QRect(item.rect.right() - 26, item.rect.top(), 20, item.rect.height()), m_theme.dim);
    }
}

void Style::drawMenuBarItem(const QStyleOption* option, QPainter* painter) const {
    const auto& item = *qstyleoption_cast<const QStyleOptionMenuItem*>(option);
    const bool active = item.state & (State_Selected | State_Sunken);
    painter->fillRect(item.rect, m_theme.background);
    if (active) {
        drawSurface(painter, item.rect.adjusted(1, 3, -1, -3), m_theme.hovered, 6);
    }
    painter->save();
    painter->setPen(active ? m_theme.text : m_theme.dim);
    painter->drawText(item.rect, Qt::AlignCenter | Qt::TextHideMnemonic, item.text);
    painter->restore();
}

}  // namespace ricercar
