#pragma once

#include <optional>

#include <QWidget>

#include "ui/panels/take_file.h"
#include "ui/session.h"

class QAction;
class QCheckBox;
class QLabel;
class QStackedLayout;

namespace ricercar {

class TakeModel;
class TakesView;

/// The takes of the session as cards: hear, star, reject, sort, drag out as a MIDI file.
class TakesPanel : public QWidget {
    Q_OBJECT

public:
    explicit TakesPanel(Session& session, QWidget* parent = nullptr);

public Q_SLOTS:
    void starCurrent();
    void rejectCurrent();

Q_SIGNALS:
    /// The take, already current in the session, is to be heard from its start.
    void playRequested();

private:
    void makeActions();
    QLayout* makeHeader();
    void showState();
    void play(const QModelIndex& index);
    void drag(const QModelIndex& index);
    void saveAs();
    void copyFile();
    void showInFolder();
    /// The current take in a fresh file; says what went wrong where there is none.
    std::optional<QString> exportCurrent();
    TakeContent content() const;
    void complain(const QString& sentence);

    Session& m_session;
    TakeModel* m_model;
    TakesView* m_view;
    QStackedLayout* m_stack = nullptr;
    QCheckBox* m_withSeed = nullptr;
    QLabel* m_line = nullptr;
    QAction* m_previous = nullptr;
    QAction* m_next = nullptr;
    QAction* m_play = nullptr;
    QAction* m_star = nullptr;
    QAction* m_reject = nullptr;
    QAction* m_save = nullptr;
    QAction* m_copy = nullptr;
    QAction* m_folder = nullptr;
};

}  // namespace ricercar
