#pragma once

#include <QListView>

namespace ricercar {

/// The cards of takes, side by side. Reports what was asked for; a drag of a card is a matter of its owner, who writes
/// the file.
class TakesView : public QListView {
    Q_OBJECT

public:
    explicit TakesView(QWidget* parent = nullptr);

    /// Of the card at `index`, as the pointer carries it.
    QPixmap picture(const QModelIndex& index) const;

Q_SIGNALS:
    void playAsked(const QModelIndex& index);
    void starAsked(const QModelIndex& index);
    void menuAsked(const QModelIndex& index, const QPoint& globalPosition);
    void dragAsked(const QModelIndex& index);

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void startDrag(Qt::DropActions supported) override;

private:
    void onClicked(const QModelIndex& index);

    QPoint m_pressed;
};

}  // namespace ricercar
