#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDateTime>
#include <QPainter>
#include <QStyleOption>
#include <QToolButton>

#include "ui/style.h"

// Controls that one presses, turns or fills in.

namespace ricercar {

namespace {

bool has(const QWidget* widget, const char* property) {
    return widget != nullptr && widget->property(property).toBool();
}

QColor faded(QColor colour, float alpha) {
    colour.setAlphaF(alpha);
    return colour;
}

}  // namespace

void Style::drawSurface(QPainter* painter, const QRectF& area, const QColor& colour, qreal radius) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(colour);
    // On light surfaces a white control would have no edge.
    painter->setPen(m_theme.dark ? QPen(Qt::NoPen) : QPen(m_theme.line, 1.0));
    painter->drawRoundedRect(m_theme.dark ? area : area.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter->restore();
}

void Style::drawIcon(QPainter* painter, const QString& name, const QRect& area, const QColor& colour) const {
    constexpr int size = 16;
    const QRect square(area.center().x() - size / 2 + 1, area.center().y() - size / 2 + 1, size, size);
    painter->drawPixmap(square, iconPixmap(name, size, colour, painter->device()->devicePixelRatioF()));
}

void Style::drawFocusRing(const QStyleOption& option, FocusFrom from, QPainter* painter) const {
    const State needed = from == FocusFrom::keyboard ? State_HasFocus | State_KeyboardFocusChange : State_HasFocus;
    if ((option.state & needed) != needed) return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(m_theme.text, 2.0));
    painter->drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), metrics::controlRadius - 1,
                             metrics::controlRadius - 1);
    painter->restore();
}

void Style::drawButton(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const bool primary = has(widget, "primary");
    const bool enabled = option->state & State_Enabled;
    const bool on = option->state & State_On;
    const bool hovered = enabled && option->state & State_MouseOver;
    const bool pressed = option->state & State_Sunken;
    const qreal radius = primary ? metrics::cardRadius : metrics::controlRadius;
    if ((primary || on) && enabled) {
        drawSurface(painter, option->rect,
                    pressed   ? m_theme.accent.darker(115)
                    : hovered ? m_theme.accent.lighter(108)
                              : m_theme.accent,
                    radius);
    } else if (!has(widget, "flat") || hovered || pressed) {
        drawSurface(painter, option->rect, pressed ? m_theme.line : hovered ? m_theme.hovered : m_theme.raised, radius);
    }
}

void Style::drawButtonLabel(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    QStyleOptionButton button = *qstyleoption_cast<const QStyleOptionButton*>(option);
    const bool enabled = button.state & State_Enabled;
    if (enabled && (has(widget, "primary") || button.state & State_On)) {
        button.palette.setColor(QPalette::ButtonText, m_theme.onAccent);
        button.state |= State_On;
    }
    QProxyStyle::drawControl(CE_PushButtonLabel, &button, painter, widget);
}

void Style::drawToolButton(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    QStyleOptionToolButton button = *qstyleoption_cast<const QStyleOptionToolButton*>(option);
    drawButton(&button, painter, widget);
    if (button.state & State_Enabled && (button.state & State_On || has(widget, "primary"))) {
        button.palette.setColor(QPalette::ButtonText, m_theme.onAccent);
        button.state |= State_On;
    }
    button.state &= ~State_Sunken;
    if (button.features & QStyleOptionToolButton::HasMenu) {
        const QRect arrow = button.rect.adjusted(button.rect.width() - 26, 0, -4, 0);
        drawIcon(painter, QStringLiteral("chevron-down"), arrow, m_theme.dim);
        button.features &= ~QStyleOptionToolButton::HasMenu;
        button.rect.adjust(12, 0, -26, 0);
    }
    proxy()->drawControl(CE_ToolButtonLabel, &button, painter, widget);
    drawFocusRing(*option, FocusFrom::keyboard, painter);
}

void Style::drawIndicator(bool round, const QStyleOption* option, QPainter* painter) const {
    const bool on = option->state & (State_On | State_NoChange);
    const bool enabled = option->state & State_Enabled;
    const QRectF box = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(on && enabled ? m_theme.accent : m_theme.dim, 1.0));
    painter->setBrush(on && enabled ? m_theme.accent : m_theme.raised);
    const qreal radius = round ? box.width() / 2 : 4;
    painter->drawRoundedRect(box, radius, radius);
    painter->restore();
    if (on) {
        drawIcon(painter, QStringLiteral("check"), option->rect, enabled ? m_theme.onAccent : m_theme.dim);
    }
}

void Style::drawField(const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    // The field of a box lies on the surface of its box.
    const QWidget* owner = widget != nullptr ? widget->parentWidget() : nullptr;
    if (qobject_cast<const QAbstractSpinBox*>(owner) != nullptr || qobject_cast<const QComboBox*>(owner) != nullptr) {
        return;
    }
    drawSurface(painter, option->rect, option->state & State_MouseOver ? m_theme.hovered : m_theme.raised,
                metrics::controlRadius);
    drawFocusRing(*option, FocusFrom::anywhere, painter);
}

void Style::drawComboBox(const QStyleOptionComplex* option, QPainter* painter) const {
    const bool enabled = option->state & State_Enabled;
    drawSurface(painter, option->rect, enabled && option->state & State_MouseOver ? m_theme.hovered : m_theme.raised,
                metrics::controlRadius);
    drawIcon(painter, QStringLiteral("chevron-down"),
             proxy()->subControlRect(CC_ComboBox, option, SC_ComboBoxArrow, nullptr),
             enabled ? m_theme.dim : faded(m_theme.dim, 0.5F));
    drawFocusRing(*option, FocusFrom::keyboard, painter);
}

void Style::drawSpinBox(const QStyleOptionComplex* option, QPainter* painter) const {
    const auto& box = *qstyleoption_cast<const QStyleOptionSpinBox*>(option);
    drawSurface(painter, box.rect, m_theme.raised, metrics::controlRadius);
    const auto drawStep = [&](SubControl part, QAbstractSpinBox::StepEnabledFlag step, const char* name) {
        const bool enabled = box.state & State_Enabled && box.stepEnabled & step;
        const bool hovered = enabled && box.activeSubControls == part && box.state & State_MouseOver;
        drawIcon(painter, QString::fromLatin1(name), proxy()->subControlRect(CC_SpinBox, &box, part, nullptr),
                 hovered   ? m_theme.text
                 : enabled ? m_theme.dim
                           : faded(m_theme.dim, 0.4F));
    };
    drawStep(SC_SpinBoxUp, QAbstractSpinBox::StepUpEnabled, "chevron-up");
    drawStep(SC_SpinBoxDown, QAbstractSpinBox::StepDownEnabled, "chevron-down");
    drawFocusRing(box, FocusFrom::anywhere, painter);
}

void Style::drawSlider(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const auto& slider = *qstyleoption_cast<const QStyleOptionSlider*>(option);
    const bool horizontal = slider.orientation == Qt::Horizontal;
    const bool enabled = slider.state & State_Enabled;
    const bool gradient = has(widget, "gradient");
    const QRectF handle = proxy()->subControlRect(CC_Slider, &slider, SC_SliderHandle, widget);
    const QRectF area = slider.rect;
    const qreal thickness = gradient ? 6 : 4;
    QRectF groove = horizontal ? QRectF(area.left(), area.center().y() - thickness / 2, area.width(), thickness)
                               : QRectF(area.center().x() - thickness / 2, area.top(), thickness, area.height());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    if (gradient && enabled) {
        QLinearGradient colours(groove.topLeft(), horizontal ? groove.topRight() : groove.bottomLeft());
        colours.setColorAt(0, m_theme.seed);
        colours.setColorAt(1, m_theme.take);
        painter->setBrush(colours);
        painter->drawRoundedRect(groove, thickness / 2, thickness / 2);
    } else {
        painter->setBrush(m_theme.line);
        painter->drawRoundedRect(groove, thickness / 2, thickness / 2);
        if (horizontal != slider.upsideDown) {
            horizontal ? groove.setRight(handle.center().x()) : groove.setBottom(handle.center().y());
        } else {
            horizontal ? groove.setLeft(handle.center().x()) : groove.setTop(handle.center().y());
        }
        painter->setBrush(enabled ? m_theme.dim : m_theme.line);
        painter->drawRoundedRect(groove, thickness / 2, thickness / 2);
    }
    const bool hovered = enabled && slider.state & State_MouseOver;
    const bool focused = slider.state & State_HasFocus && slider.state & State_KeyboardFocusChange;
    const qreal radius = (gradient ? 9 : 6) + (hovered ? 1 : 0);
    if (focused) {
        painter->setBrush(faded(m_theme.accent, 0.45F));
        painter->drawEllipse(handle.center(), radius + 3, radius + 3);
    }
    painter->setBrush(enabled ? m_theme.text : m_theme.dim);
    painter->setPen(gradient ? QPen(m_theme.panel, 3) : QPen(Qt::NoPen));
    painter->drawEllipse(handle.center(), radius, radius);
    painter->restore();
}

void Style::drawScrollBar(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    const auto& bar = *qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (bar.minimum == bar.maximum) return;
    const bool active = bar.state & State_MouseOver || bar.activeSubControls & SC_ScrollBarSlider;
    const QRectF handle = proxy()->subControlRect(CC_ScrollBar, &bar, SC_ScrollBarSlider, widget);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(faded(m_theme.dim, active ? 0.8F : 0.45F));
    painter->drawRoundedRect(handle.adjusted(2, 2, -2, -2), 3, 3);
    painter->restore();
}

void Style::drawProgressBar(const QStyleOption* option, QPainter* painter) const {
    const auto& bar = *qstyleoption_cast<const QStyleOptionProgressBar*>(option);
    constexpr qreal thickness = 5;
    QRectF groove(bar.rect.left(), QRectF(bar.rect).center().y() - thickness / 2, bar.rect.width(), thickness);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_theme.line);
    painter->drawRoundedRect(groove, thickness / 2, thickness / 2);
    if (bar.maximum > bar.minimum) {
        groove.setWidth(groove.width() * (bar.progress - bar.minimum) / (bar.maximum - bar.minimum));
    } else {  // no end is known: a piece goes to and fro
        constexpr qint64 there = 1200;
        const qint64 time = QDateTime::currentMSecsSinceEpoch() % (2 * there);
        const qreal place = static_cast<qreal>(std::min(time, 2 * there - time)) / there;
        const qreal piece = groove.width() / 4;
        groove = {groove.left() + place * (groove.width() - piece), groove.top(), piece, thickness};
    }
    painter->setBrush(m_theme.accent);
    painter->drawRoundedRect(groove, thickness / 2, thickness / 2);
    painter->restore();
}

}  // namespace ricercar
