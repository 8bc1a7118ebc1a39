#include "ui/panels/training_curves.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/panels/painting.h"

namespace ricercar {

namespace {

/// 1, 2 or 5 times a power of ten, so that a range has about `count` of it.
double niceInterval(double range, int count) {
    const double rough = range / count;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double factor = rough / power;
    return power * (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10);
}

QString stepText(double step) {
    return step >= 10'000 ? QStringLiteral("%1k").arg(step / 1000, 0, 'f', 0) : QString::number(std::llround(step));
}

}  // namespace

TrainingCurves::TrainingCurves(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void TrainingCurves::setCurves(std::vector<QPointF> train, std::vector<QPointF> valid) {
    m_train = std::move(train);
    m_valid = std::move(valid);
    update();
}

void TrainingCurves::paintEvent(QPaintEvent*) {
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    std::vector<QPointF> all = m_train;
    all.insert(all.end(), m_valid.begin(), m_valid.end());
    if (all.size() < 2) {
        paintLine(painter, rect(), tr("The curves begin with the first steps"), TextStyle::small, theme.dim,
                  Qt::AlignHCenter);
        return;
    }
    const auto [lowest, highest] = std::ranges::minmax(all, {}, &QPointF::y);
    const QRectF plot = QRectF(rect()).adjusted(30, 18, -6, -18);
    const int levels = std::clamp(static_cast<int>(plot.height()) / 24, 1, 3);
    const double interval = niceInterval(std::max(0.02, highest.y() - lowest.y()), levels);
    const double bottom = std::floor(lowest.y() / interval) * interval;
    const double top = std::max(bottom + interval, std::ceil(highest.y() / interval) * interval);
    const double lastStep = std::max(1.0, std::ranges::max(all, {}, &QPointF::x).x());

    const auto place = [&](const QPointF& point) {
        return QPointF(plot.left() + point.x() / lastStep * plot.width(),
                       plot.bottom() - (point.y() - bottom) / (top - bottom) * plot.height());
    };
    const int decimals = interval < 0.1 ? 2 : interval < 1 ? 1 : 0;
    for (double level = bottom; level < top + interval / 2; level += interval) {
        const double y = place({0, level}).y();
        painter.setPen(theme.line);
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        paintLine(painter, QRect(0, qRound(y) - 8, 26, 16), QString::number(level, 'f', decimals), TextStyle::small,
                  theme.dim, Qt::AlignRight);
    }
    const QRect steps(qRound(plot.left()), height() - 16, qRound(plot.width()), 16);
    paintLine(painter, steps, QStringLiteral("0"), TextStyle::small, theme.dim);
    paintLine(painter, steps, tr("step %1").arg(stepText(lastStep)), TextStyle::small, theme.dim, Qt::AlignRight);
    const QRect legend(qRound(plot.left()), 0, qRound(plot.width()), 16);
    paintLine(painter, legend, tr("nats a note"), TextStyle::small, theme.dim);
    paintLine(painter, legend, tr("held out"), TextStyle::small, theme.accent, Qt::AlignRight);
    paintLine(painter, legend.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(tr("held out")) - 8, 0),
              tr("learnt"), TextStyle::small, theme.dim, Qt::AlignRight);

    const auto draw = [&](const std::vector<QPointF>& curve, const QPen& pen) {
        QPolygonF line;
        for (const QPointF& point : curve) line << place(point);
        painter.setPen(pen);
        painter.drawPolyline(line);
    };
    draw(m_train, QPen(theme.dim, 1.6));
    draw(m_valid, QPen(theme.accent, 2));
    if (!m_valid.empty()) {
        painter.setBrush(theme.accent);
        painter.drawEllipse(place(m_valid.back()), 2, 2);
    }
}

}  // namespace ricercar
