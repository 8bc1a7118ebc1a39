#include "ui/panels/bar_range_picker.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QMouseEvent>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/panels/painting.h"
#include "ui/panels/widgets.h"

namespace ricercar {

BarStrip::BarStrip(QColor Theme::*colour, QWidget* parent) : QWidget(parent), m_colour(colour) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCursor(Qt::IBeamCursor);
}

void BarStrip::setPiece(Miniature miniature, int bars) {
    m_miniature = std::move(miniature);
    m_bars = std::max(1, bars);
    update();
}

void BarStrip::setRange(BarRange range) {
    m_range = range;
    update();
}

int BarStrip::barAt(double x) const { return std::clamp(static_cast<int>(x / width() * m_bars), 0, m_bars - 1); }

void BarStrip::mousePressEvent(QMouseEvent* event) {
    m_pressedBar = barAt(event->position().x());
    Q_EMIT rangeDragged({m_pressedBar, m_pressedBar});
}

void BarStrip::mouseMoveEvent(QMouseEvent* event) {
    const int bar = barAt(event->position().x());
    Q_EMIT rangeDragged({std::min(bar, m_pressedBar), std::max(bar, m_pressedBar)});
}

void BarStrip::paintEvent(QPaintEvent*) {
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintCard(painter, rect(), metrics::controlRadius, theme.raised);
    const QRectF picture = QRectF(rect()).adjusted(0, 6, 0, -6);
    m_miniature.paint(painter, picture, theme.ghost);
    const double bar = static_cast<double>(width()) / m_bars;
    const QRectF chosen(m_range.first * bar, 0, (m_range.last - m_range.first + 1) * bar, height());
    painter.setClipRect(chosen);
    const QColor colour = theme.*m_colour;
    QColor tint = colour;
    tint.setAlphaF(0.15F);
    paintCard(painter, rect(), metrics::controlRadius, tint);
    m_miniature.paint(painter, picture, colour);
    painter.setClipping(false);
    painter.fillRect(QRectF(chosen.left(), 0, 1.5, height()), colour);
    painter.fillRect(QRectF(chosen.right() - 1.5, 0, 1.5, height()), colour);
}

BarRangePicker::BarRangePicker(const QString& first, const QString& last, QColor Theme::*colour, QWidget* parent)
    : QWidget(parent),
      m_strip(new BarStrip(colour)),
      m_first(named(new QSpinBox, first)),
      m_last(named(new QSpinBox, last)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(metrics::grid);
    layout->addWidget(m_strip);
    auto* numbers = new QHBoxLayout;
    numbers->setSpacing(metrics::grid);
    numbers->addWidget(makeCaption(tr("Bars")));
    numbers->addWidget(m_first, 1);
    numbers->addWidget(makeCaption(tr("to")));
    numbers->addWidget(m_last, 1);
    layout->addLayout(numbers);
    const auto edited = [this] { Q_EMIT rangeChanged(range()); };
    connect(m_first, &QSpinBox::valueChanged, this, [this, edited](int bar) {
        m_last->setMinimum(bar);
        edited();
    });
    connect(m_last, &QSpinBox::valueChanged, this, [this, edited](int bar) {
        m_first->setMaximum(bar);
        edited();
    });
    connect(m_strip, &BarStrip::rangeDragged, this, [this](BarRange dragged) {
        setRange(dragged);
        Q_EMIT rangeChanged(dragged);
    });
    connect(this, &BarRangePicker::rangeChanged, m_strip, &BarStrip::setRange);
}

void BarRangePicker::setPiece(Miniature miniature, int bars, BarRange range) {
    m_strip->setPiece(std::move(miniature), bars);
    const QSignalBlocker first(m_first);
    const QSignalBlocker last(m_last);
    m_last->setRange(1, std::max(1, bars));
    setRange(range);
}

void BarRangePicker::setRange(BarRange range) {
    const QSignalBlocker first(m_first);
    const QSignalBlocker last(m_last);
    m_first->setRange(1, range.last + 1);
    m_first->setValue(range.first + 1);
    m_last->setMinimum(range.first + 1);
    m_last->setValue(range.last + 1);
    m_strip->setRange(range);
}

BarRange BarRangePicker::range() const { return {m_first->value() - 1, m_last->value() - 1}; }

}  // namespace ricercar
