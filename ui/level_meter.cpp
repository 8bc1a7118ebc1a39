#include "ui/level_meter.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

#include "ui/theme.h"

namespace ricercar {

LevelMeter::LevelMeter(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("levelMeter"));
    setAccessibleName(tr("Output level"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void LevelMeter::setLevels(float left, float right) {
    m_levels[0] = left;
    m_levels[1] = right;
    update();
}

void LevelMeter::paintEvent(QPaintEvent* /*event*/) {
    constexpr double quietest = -48;
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    double top = height() / 2.0 - 8;
    for (const float level : m_levels) {
        painter.setBrush(theme.line);
        painter.drawRoundedRect(QRectF(0, top, width(), 6), 3, 3);
        const double decibels = 20 * std::log10(std::max(level, 1e-6F));
        const double share = std::clamp(1 - decibels / quietest, 0.0, 1.0);
        if (share > 0) {
            painter.setBrush(level >= 1 ? theme.bad : theme.good);
            painter.drawRoundedRect(QRectF(0, top, std::max(6.0, width() * share), 6), 3, 3);
        }
        top += 10;
    }
}

}  // namespace ricercar
