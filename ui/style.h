#pragma once

#include <QProxyStyle>

#include "ui/theme.h"

namespace ricercar {

/// Draws every standard control in the colours and shapes of a theme; what it does not name is Fusion's. Set by
/// `applyTheme`.
class Style : public QProxyStyle {
    Q_OBJECT

public:
    /// `theme` outlives the style.
    explicit Style(const Theme& theme);

    const Theme& theme() const { return m_theme; }

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                         const QWidget* widget) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* returned) const override;
    using QProxyStyle::polish;
    void polish(QWidget* widget) override;

private:
    // One for each kind of control; style_controls.cpp and style_lists.cpp.
    void drawButton(const QStyleOption* option, QPainter* painter, const QWidget* widget) const;
    void drawButtonLabel(const QStyleOption* option, QPainter* painter, const QWidget* widget) const;
    void drawIndicator(bool round, const QStyleOption* option, QPainter* painter) const;
    void drawField(const QStyleOption* option, QPainter* painter, const QWidget* widget) const;
    void drawToolButton(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
    void drawComboBox(const QStyleOptionComplex* option, QPainter* painter) const;
    void drawSpinBox(const QStyleOptionComplex* option, QPainter* painter) const;
    void drawSlider(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
    void drawScrollBar(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
    void drawTab(const QStyleOption* option, QPainter* painter) const;
    void drawItem(const QStyleOption* option, QPainter* painter) const;
    void drawFrame(const QStyleOption* option, QPainter* painter) const;
    void drawHeader(const QStyleOption* option, QPainter* painter) const;
    void drawMenuItem(const QStyleOption* option, QPainter* painter) const;
    void drawMenuBarItem(const QStyleOption* option, QPainter* painter) const;
    void drawProgressBar(const QStyleOption* option, QPainter* painter) const;

    /// A field shows its focus always, since one types there; other controls when the keyboard brought it.
    enum class FocusFrom { keyboard, anywhere };
    void drawFocusRing(const QStyleOption& option, FocusFrom from, QPainter* painter) const;
    void drawSurface(QPainter* painter, const QRectF& area, const QColor& colour, qreal radius) const;
    void drawIcon(QPainter* painter, const QString& name, const QRect& area, const QColor& colour) const;

    const Theme& m_theme;
};

}  // namespace ricercar
