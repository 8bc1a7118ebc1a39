#pragma once

#include <QPainter>
#include <QString>

#include "ui/theme.h"

namespace ricercar {

/// One line of text, shortened with an ellipsis where it does not fit.
inline void paintLine(QPainter& painter, const QRect& area, const QString& text, TextStyle style, const QColor& colour,
                      Qt::Alignment alignment = Qt::AlignLeft) {
    painter.setFont(font(style));
    painter.setPen(colour);
    painter.drawText(area, static_cast<int>(alignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(text, Qt::ElideRight, area.width()));
}

/// A filled rounded rectangle, with an outline where `outline` is a colour.
inline void paintCard(QPainter& painter, const QRectF& area, qreal radius, const QColor& fill,
                      const QColor& outline = {}) {
    painter.setPen(outline.isValid() ? QPen(outline) : QPen(Qt::NoPen));
    painter.setBrush(fill);
    painter.drawRoundedRect(outline.isValid() ? area.adjusted(0.5, 0.5, -0.5, -0.5) : area, radius, radius);
}

/// How much of `area` `fraction` (0 to 1) fills, as a thin bar.
inline void paintBar(QPainter& painter, const QRectF& area, double fraction, const QColor& colour) {
    paintCard(painter, area, area.height() / 2, currentTheme().line);
    QRectF part = area;
    part.setWidth(area.width() * fraction);
    paintCard(painter, part, area.height() / 2, colour);
}

}  // namespace ricercar
