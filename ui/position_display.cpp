#include "ui/position_display.h"

#include <QPainter>

#include "ui/theme.h"

namespace ricercar {

PositionDisplay::PositionDisplay(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("position"));
    setAccessibleName(tr("Position"));
    setFont(ricercar::font(TextStyle::position));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void PositionDisplay::setText(const QString& text) {
    if (text == m_text) return;
    m_text = text;
    setAccessibleDescription(text);
    update();
}

int PositionDisplay::cellWidth(QChar character) const {
    return fontMetrics().horizontalAdvance(character.isDigit() ? QLatin1Char('0') : character);
}

QSize PositionDisplay::sizeHint() const {
    int width = 0;
    for (const QChar character : QStringLiteral("0000 . 00 . 000")) {
        width += cellWidth(character);
    }
    return {width, 32};
}

void PositionDisplay::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::WindowText));
    int x = 0;
    for (const QChar character : m_text) {
        const int width = cellWidth(character);
        painter.drawText(QRect(x, 0, width, height()), Qt::AlignCenter, character);
        x += width;
    }
}

}  // namespace ricercar
