#include "ui/shortcuts_window.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace ricercar {

namespace {

QString plain(QString text) { return text.remove(QLatin1Char('&')).remove(QStringLiteral("...")); }

class Table {
public:
    explicit Table(QWidget* parent) : m_grid(new QGridLayout(parent)) {
        m_grid->setContentsMargins(24, 16, 24, 24);
        m_grid->setHorizontalSpacing(32);
        m_grid->setColumnStretch(0, 1);
    }
    void addTitle(const QString& text) {
        auto* title = new QLabel(text);
        title->setFont(ricercar::font(TextStyle::heading));
        title->setContentsMargins(0, m_row == 0 ? 0 : 16, 0, 4);
        m_grid->addWidget(title, m_row++, 0, 1, 2);
    }
    void addRow(const QString& what, const QString& how) {
        auto* keys = new QLabel(how);
        keys->setForegroundRole(QPalette::PlaceholderText);
        m_grid->addWidget(new QLabel(what), m_row, 0);
        m_grid->addWidget(keys, m_row++, 1, Qt::AlignRight);
    }
    void addMenu(const QMenu& menu) {
        for (const QAction* action : menu.actions()) {
            if (action->menu() != nullptr) {
                addMenu(*action->menu());
            } else if (!action->shortcuts().isEmpty()) {
                addRow(plain(action->text()),
                       QKeySequence::listToString(action->shortcuts(), QKeySequence::NativeText));
            }
        }
    }

private:
    QGridLayout* m_grid;
    int m_row = 0;
};

}  // namespace

ShortcutsWindow::ShortcutsWindow(const QList<QAction*>& menus, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("shortcutsWindow"));
    setWindowTitle(tr("Keyboard shortcuts"));
    auto* content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    Table table(content);
    for (const QAction* menu : menus) {
        const auto hasKeys = [](const QAction* action) { return !action->shortcuts().isEmpty(); };
        if (std::ranges::any_of(menu->menu()->actions(), hasKeys)) {
            table.addTitle(plain(menu->text()));
            table.addMenu(*menu->menu());
        }
    }
    table.addTitle(tr("Piano roll"));
    table.addRow(tr("Go to a place"), tr("click on the ruler"));
    table.addRow(tr("Loop some bars"), tr("drag on the ruler, Alt: off the bar lines"));
    table.addRow(tr("Hear a key or a note"), tr("click on it"));
    table.addRow(tr("Scroll pitch, time"), tr("wheel, Shift+wheel"));
    table.addRow(tr("Zoom time, pitch"), tr("Ctrl+wheel, Ctrl+Shift+wheel"));
    table.addRow(tr("Move the view"), tr("drag with the middle button"));
    auto* scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setBackgroundRole(QPalette::Base);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
    resize(520, 640);
}

}  // namespace ricercar
