#pragma once

#include <QDialog>

class QAction;

namespace ricercar {

/// Every shortcut of the window, made from its actions.
class ShortcutsWindow : public QDialog {
    Q_OBJECT

public:
    /// `menus` in the order to be shown, each under its own title; the mouse of the piano roll follows.
    ShortcutsWindow(const QList<QAction*>& menus, QWidget* parent);
};

}  // namespace ricercar
