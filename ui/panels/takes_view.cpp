#include "ui/panels/takes_view.h"

#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include "ui/panels/take_delegate.h"

namespace ricercar {

TakesView::TakesView(QWidget* parent) : QListView(parent) {
    setItemDelegate(new TakeDelegate(this));
    setFlow(QListView::LeftToRight);
    setWrapping(false);
    setUniformItemSizes(true);
    setMouseTracking(true);
    setFrameShape(QFrame::NoFrame);
    viewport()->setBackgroundRole(QPalette::Window);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setDragEnabled(true);
    horizontalScrollBar()->setSingleStep(24);
    connect(this, &QListView::clicked, this, &TakesView::onClicked);
}

void TakesView::mousePressEvent(QMouseEvent* event) {
    m_pressed = event->position().toPoint();
    QListView::mousePressEvent(event);
}

// The second press of a double click is a click like the first: a star goes on and off.
void TakesView::mouseDoubleClickEvent(QMouseEvent* event) { mousePressEvent(event); }

void TakesView::onClicked(const QModelIndex& index) {
    switch (TakeDelegate::partAt(visualRect(index), m_pressed)) {
        case TakeDelegate::Part::card:
            Q_EMIT playAsked(index);
            break;
        case TakeDelegate::Part::star:
            Q_EMIT starAsked(index);
            break;
        case TakeDelegate::Part::handle:
            Q_EMIT menuAsked(index, viewport()->mapToGlobal(m_pressed));
            break;
    }
}

void TakesView::keyPressEvent(QKeyEvent* event) {
    const QModelIndex index = currentIndex();
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && index.isValid()) {
        Q_EMIT playAsked(index);
    } else {
        QListView::keyPressEvent(event);
    }
}

void TakesView::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QModelIndex index = byKey ? currentIndex() : indexAt(event->pos());
    if (index.isValid()) {
        Q_EMIT menuAsked(index, byKey ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos());
    }
}

void TakesView::startDrag(Qt::DropActions) {
    const QModelIndex index = currentIndex();
    if (index.isValid() && index.flags().testFlag(Qt::ItemIsDragEnabled)) {
        Q_EMIT dragAsked(index);
    }
}

QPixmap TakesView::picture(const QModelIndex& index) const {
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    option.rect = QRect(QPoint(), visualRect(index).size());
    option.state = QStyle::State_Enabled | QStyle::State_Selected;
    QPixmap pixmap(option.rect.size() * devicePixelRatioF());
    pixmap.setDevicePixelRatio(devicePixelRatioF());
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setOpacity(0.85);
    itemDelegate()->paint(&painter, option, index);
    return pixmap;
}

}  // namespace ricercar
