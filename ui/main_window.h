#pragma once

#include <functional>

#include <QElapsedTimer>
#include <QMainWindow>

#include "ui/transport_bar.h"

class QAction;
class QMenu;
class QScrollArea;
class QSplitter;

namespace ricercar {

class EngineClient;
class GeneratePanel;
class Notice;
class PianoRoll;
class Playback;
class SeedPanel;
class Session;
class TakesPanel;
class ThemeChoice;
class TrainingPanel;
class UserLibrary;

/// The window: transport bar above, seeds to the left, piano roll and takes in the middle, generating and training to
/// the right. It makes the panels of `ui/panels` and wires them as ui/panels/README.md says; a panel draws no
/// background of its own, keeps its own margins and shares nothing with the others but the session.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// All outlive the window.
    MainWindow(Session& session, Playback& playback, EngineClient& engine, UserLibrary& library, ThemeChoice& theme);
    ~MainWindow() override;

    /// MIDI files and folders, as from the command line.
    void open(const QStringList& paths);

    PianoRoll& pianoRoll() { return *m_roll; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeLayout();
    void connectPanels(UserLibrary& library);
    void makeMenus();
    void makeFileMenu(QMenu* file);
    void makeEditMenu(QMenu* edit);
    void makeViewMenu(QMenu* view);
    void makeTransportMenu(QMenu* transport);
    void makeHelpMenu(QMenu* help);
    void makeThemeMenu(QMenu* menu);
    QAction* addAction(QMenu* menu, const QString& name, const QString& text, const QList<QKeySequence>& keys,
                       const std::function<void()>& work);
    void addToggle(QMenu* menu, const QString& name, const QString& text, QWidget* panel);
    void togglePlaying();
    void playTake();
    void showTitle();
    void openFiles();
    void openFolder();
    void restoreLayout();

    Session& m_session;
    Playback& m_playback;
    EngineClient& m_engine;
    ThemeChoice& m_theme;
    PianoRoll* m_roll;
    SeedPanel* m_seeds;
    GeneratePanel* m_generate;
    TakesPanel* m_takes;
    TrainingPanel* m_training;
    QSplitter* m_columns;
    QSplitter* m_middle;
    QScrollArea* m_right;
    Notice* m_notice;
    TransportBar::Actions m_transport{};
    QElapsedTimer m_started;
};

}  // namespace ricercar
