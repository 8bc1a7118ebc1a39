#pragma once

#include <QWidget>

#include "ui/miniature.h"
#include "ui/panels/seed_entry.h"
#include "ui/theme.h"

class QSpinBox;

namespace ricercar {

/// The picture of a whole piece, over which a range of bars is pressed, dragged and released.
class BarStrip : public QWidget {
    Q_OBJECT

public:
    /// The range is painted in this colour of the theme.
    explicit BarStrip(QColor Theme::*colour, QWidget* parent = nullptr);

    void setPiece(Miniature miniature, int bars);
    void setRange(BarRange range);

    QSize sizeHint() const override { return {200, 44}; }

Q_SIGNALS:
    void rangeDragged(ricercar::BarRange range);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    int barAt(double x) const;

    QColor Theme::*m_colour;
    Miniature m_miniature;
    int m_bars = 1;
    BarRange m_range;
    int m_pressedBar = 0;
};

/// Which bars of a piece are meant: the strip, and the same as two numbers, which count from 1.
class BarRangePicker : public QWidget {
    Q_OBJECT

public:
    /// The numbers are called by these names.
    BarRangePicker(const QString& first, const QString& last, QColor Theme::*colour, QWidget* parent = nullptr);

    void setPiece(Miniature miniature, int bars, BarRange range);
    void setRange(BarRange range);
    BarRange range() const;

Q_SIGNALS:
    /// By the user.
    void rangeChanged(ricercar::BarRange range);

private:
    BarStrip* m_strip;
    QSpinBox* m_first;
    QSpinBox* m_last;
};

}  // namespace ricercar
