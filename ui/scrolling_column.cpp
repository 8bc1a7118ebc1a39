#include "ui/scrolling_column.h"

#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QEvent>
#include <QScrollBar>
#include <QVBoxLayout>

namespace ricercar {

namespace {

/// Whether the wheel changes what is set there.
bool isSetByWheel(const QWidget* widget) {
    return qobject_cast<const QComboBox*>(widget) != nullptr ||
           qobject_cast<const QAbstractSpinBox*>(widget) != nullptr ||
           (qobject_cast<const QAbstractSlider*>(widget) != nullptr &&
            qobject_cast<const QScrollBar*>(widget) == nullptr);
}

}  // namespace

ScrollingColumn::ScrollingColumn(const QList<QWidget*>& panels, const QString& name, QWidget* parent)
    : QScrollArea(parent) {
    auto* column = new QWidget;
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    for (QWidget* panel : panels) layout->addWidget(panel);
    layout->setStretchFactor(panels.last(), 1);
    column->setAutoFillBackground(true);
    column->setBackgroundRole(QPalette::Mid);  // a line between the panels
    setObjectName(name);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidgetResizable(true);
    setWidget(column);
    setMinimumWidth(column->minimumSizeHint().width());
    for (QWidget* field : column->findChildren<QWidget*>()) {
        if (!isSetByWheel(field)) continue;
        field->setFocusPolicy(Qt::StrongFocus);
        field->installEventFilter(this);
    }
}

bool ScrollingColumn::eventFilter(QObject* watched, QEvent* event) {
    const auto* field = qobject_cast<QWidget*>(watched);
    if (event->type() == QEvent::Wheel && isSetByWheel(field) && !field->hasFocus()) {
        event->ignore();  // goes to the parent, and so to the column
        return true;
    }
    return QScrollArea::eventFilter(watched, event);
}

}  // namespace ricercar
