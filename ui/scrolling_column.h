#pragma once

#include <QScrollArea>

namespace ricercar {

/// Panels one below the other, the last with the room that is left; scrolls where the window is too low for them. The
/// wheel scrolls it wherever the mouse is: a field of the panels takes the wheel only when it has the focus, which the
/// wheel does not give.
class ScrollingColumn : public QScrollArea {
public:
    ScrollingColumn(const QList<QWidget*>& panels, const QString& name, QWidget* parent = nullptr);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace ricercar
