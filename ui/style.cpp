#include "ui/style.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPainter>
#include <QStyleOption>

// What Qt asks for, handed to the control's own function; and the sizes.

namespace ricercar {

Style::Style(const Theme& theme) : QProxyStyle(QStringLiteral("Fusion")), m_theme(theme) {}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    switch (element) {
        case PE_PanelButtonCommand:
            return drawButton(option, painter, widget);
        case PE_FrameFocusRect:
            return drawFocusRing(*option, FocusFrom::keyboard, painter);
        case PE_IndicatorCheckBox:
            return drawIndicator(false, option, painter);
        case PE_IndicatorRadioButton:
            return drawIndicator(true, option, painter);
        case PE_PanelLineEdit:
            return drawField(option, painter, widget);
        case PE_PanelItemViewItem:
            return drawItem(option, painter);
        case PE_PanelTipLabel:
        case PE_PanelMenu:
            painter->fillRect(option->rect, m_theme.line);
            painter->fillRect(option->rect.adjusted(1, 1, -1, -1), m_theme.raised);
            return;
        case PE_FrameTabBarBase:
        case PE_FrameTabWidget:
        case PE_FrameMenu:
        case PE_FrameLineEdit:
        case PE_Frame:
        case PE_FrameStatusBarItem:
        case PE_PanelItemViewRow:
        case PE_PanelMenuBar:
            return;
        default:
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const {
    switch (element) {
        case CE_PushButtonLabel:
            return drawButtonLabel(option, painter, widget);
        case CE_TabBarTab:
            return drawTab(option, painter);
        case CE_ItemViewItem: {
            // Chosen items lie on a quiet surface, not on the accent.
            auto item = *qstyleoption_cast<const QStyleOptionViewItem*>(option);
            item.palette.setColor(QPalette::HighlightedText, m_theme.text);
            return QProxyStyle::drawControl(element, &item, painter, widget);
        }
        case CE_HeaderSection:
            return drawHeader(option, painter);
        case CE_MenuItem:
            return drawMenuItem(option, painter);
        case CE_MenuBarItem:
            return drawMenuBarItem(option, painter);
        case CE_MenuBarEmptyArea:
            return painter->fillRect(option->rect, m_theme.background);
        case CE_ProgressBar:
            return drawProgressBar(option, painter);
        case CE_Splitter: {
            const QPoint middle = option->rect.center();
            const QRect line = option->state & State_Horizontal
                                   ? QRect(middle.x(), option->rect.top(), 1, option->rect.height())
                                   : QRect(option->rect.left(), middle.y(), option->rect.width(), 1);
            painter->fillRect(option->rect, m_theme.panel);
            return painter->fillRect(line, option->state & State_MouseOver ? m_theme.accent : m_theme.line);
        }
        case CE_ShapedFrame:
            return drawFrame(option, painter);
        default:
            QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                               const QWidget* widget) const {
    switch (control) {
        case CC_ToolButton:
            return drawToolButton(option, painter, widget);
        case CC_ComboBox:
            return drawComboBox(option, painter);
        case CC_SpinBox:
            return drawSpinBox(option, painter);
        case CC_Slider:
            return drawSlider(option, painter, widget);
        case CC_ScrollBar:
            return drawScrollBar(option, painter, widget);
        default:
            QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
    switch (element) {
        case SE_PushButtonFocusRect:
        case SE_ProgressBarGroove:
        case SE_ProgressBarContents:
            return option->rect;
        case SE_LineEditContents:
            return option->rect.adjusted(8, 0, -8, 0);
        default:
            return QProxyStyle::subElementRect(element, option, widget);
    }
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                            const QWidget* widget) const {
    const QRect& area = option->rect;
    if (control == CC_ComboBox && part != SC_ComboBoxListBoxPopup) {
        constexpr int arrow = 28;
        return part == SC_ComboBoxArrow       ? area.adjusted(area.width() - arrow, 0, 0, 0)
               : part == SC_ComboBoxEditField ? area.adjusted(10, 0, -arrow, 0)
                                              : area;
    }
    if (control == CC_SpinBox) {
        constexpr int buttons = 24;
        const QRect right = area.adjusted(area.width() - buttons, 2, -2, -2);
        return part == SC_SpinBoxUp          ? right.adjusted(0, 0, 0, -right.height() / 2)
               : part == SC_SpinBoxDown      ? right.adjusted(0, right.height() / 2, 0, 0)
               : part == SC_SpinBoxEditField ? area.adjusted(2, 0, -buttons, 0)
                                             : area;
    }
    if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        bar != nullptr && control == CC_ScrollBar) {
        const bool horizontal = bar->orientation == Qt::Horizontal;
        const int length = horizontal ? area.width() : area.height();
        const int range = bar->maximum - bar->minimum;
        const int handle =
            range == 0
                ? length
                : std::max(24, static_cast<int>(static_cast<qint64>(length) * bar->pageStep / (range + bar->pageStep)));
        const int begin =
            sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - handle, bar->upsideDown);
        const auto strip = [&](int from, int to) {
            return horizontal ? QRect(area.left() + from, area.top(), to - from, area.height())
                              : QRect(area.left(), area.top() + from, area.width(), to - from);
        };
        switch (part) {
            case SC_ScrollBarSlider:
                return strip(begin, begin + handle);
            case SC_ScrollBarGroove:
                return area;
            case SC_ScrollBarSubPage:
                return strip(0, begin);
            case SC_ScrollBarAddPage:
                return strip(begin + handle, length);
            default:
                return {};
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const {
    switch (type) {
        case CT_PushButton: {
            const bool primary = widget != nullptr && widget->property("primary").toBool();
            return {size.width() + 24, primary ? metrics::primaryHeight : metrics::controlHeight};
        }
        case CT_ToolButton: {
            const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            const bool menu = button != nullptr && button->features & QStyleOptionToolButton::HasMenu;
            return {std::max(size.width() + (menu ? 38 : 12), metrics::controlHeight), metrics::controlHeight};
        }
        case CT_LineEdit:
            return {size.width() + 16, metrics::controlHeight};
        case CT_ComboBox:
            return {size.width() + 40, metrics::controlHeight};
        case CT_SpinBox:
            return {size.width() + 26, metrics::controlHeight};
        case CT_TabBarTab:
            return {size.width() - 8, 28};
        case CT_ItemViewItem: {
            const QSize base = QProxyStyle::sizeFromContents(type, option, size, widget);
            return {base.width(), std::max(base.height(), 28)};
        }
        case CT_MenuItem: {
            const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
            if (item != nullptr && item->menuItemType == QStyleOptionMenuItem::Separator) {
                return {size.width(), 9};
            }
            return {size.width() + 64, 28};
        }
        case CT_MenuBarItem:
            return {size.width() + 20, 28};
        default:
            return QProxyStyle::sizeFromContents(type, option, size, widget);
    }
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
        case PM_DefaultFrameWidth:
            // The list of a combo box floats over others and needs an edge.
            return widget != nullptr && widget->inherits("QComboBoxPrivateContainer") ? 1 : 0;
        case PM_ButtonShiftHorizontal:
        case PM_ButtonShiftVertical:
        case PM_MenuBarItemSpacing:
        case PM_MenuBarVMargin:
        case PM_TabBarTabShiftVertical:
        case PM_TabBarTabShiftHorizontal:
        case PM_ScrollView_ScrollBarSpacing:
        case PM_ScrollView_ScrollBarOverlap:
            return 0;
        case PM_MenuPanelWidth:
            return 5;
        case PM_MenuBarHMargin:
            return 6;
        case PM_SplitterWidth:
            return 5;
        case PM_ScrollBarExtent:
            return 10;
        case PM_SliderThickness:
        case PM_SliderControlThickness:
        case PM_SliderLength:
            return widget != nullptr && widget->property("gradient").toBool() ? 24 : 18;
        case PM_SmallIconSize:
        case PM_ButtonIconSize:
            return metrics::iconSize;
        case PM_ToolTipLabelFrameWidth:
            return 8;
        case PM_TabBarTabHSpace:
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight:
            return 16;
        case PM_LayoutLeftMargin:
        case PM_LayoutTopMargin:
        case PM_LayoutRightMargin:
        case PM_LayoutBottomMargin:
            return metrics::margin;
        case PM_LayoutHorizontalSpacing:
        case PM_LayoutVerticalSpacing:
            return metrics::grid;
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* returned) const {
    switch (hint) {
        case SH_Slider_AbsoluteSetButtons:
            return Qt::LeftButton;
        case SH_ComboBox_Popup:
        case SH_ItemView_ShowDecorationSelected:
        case SH_EtchDisabledText:
        case SH_ScrollBar_ContextMenu:
        case SH_MenuBar_AltKeyNavigation:  // or the bar keeps the keyboard after a menu: letters are commands here
            return 0;
        case SH_TabBar_Alignment:
            return Qt::AlignLeft;
        case SH_Menu_MouseTracking:
            return 1;
        case SH_ToolTip_WakeUpDelay:
            return 500;
        default:
            return QProxyStyle::styleHint(hint, option, widget, returned);
    }
}

void Style::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) != nullptr || qobject_cast<QComboBox*>(widget) != nullptr ||
        qobject_cast<QAbstractSpinBox*>(widget) != nullptr || qobject_cast<QLineEdit*>(widget) != nullptr ||
        qobject_cast<QAbstractSlider*>(widget) != nullptr) {
        widget->setAttribute(Qt::WA_Hover);
    }
    // A button that was clicked must not keep the space bar, which plays; one reached by Tab is pressed by it.
    if (qobject_cast<QAbstractButton*>(widget) != nullptr && widget->focusPolicy() == Qt::StrongFocus) {
        widget->setFocusPolicy(Qt::TabFocus);
    }
}

}  // namespace ricercar
