#pragma once

#include <memory>

#include <QMainWindow>

#include "ui/session.h"

namespace ricercar {

class EngineClient;

/// The window: transport bar above, seeds to the left, piano roll and takes in the middle, generating and training to
/// the right.
///
/// How a panel plugs in. A panel is a QWidget of `ui/panels`, made by the main window with
/// `Panel(Session& session, EngineClient& engine, QWidget* parent)`; both outlive it. It draws no background of its own
/// (the window gives it the panel colour), keeps its own margins (`metrics::margin`), and talks to the rest only
/// through the session. Beyond that the window uses:
///
///   SeedPanel      signal `auditionRequested(std::shared_ptr<const ricercar::Song> song)`: play this now; null: stop.
///                  `void open(const QStringList& paths)`: MIDI files and folders from the command line, the open
///                  dialog or a drop on the window; lists them and makes the first file the seed. Reads off the UI
///                  thread. Makes the first bundled example the seed when nothing was opened before it has listed them.
///   GeneratePanel  `void generate()`: what its button does, for the key G. The same while generating: nothing.
///   TakesPanel     signal `auditionRequested(...)` as above, where something other than the arrangement is to be
///   heard. TrainingPanel  `void chooseFolder()`: what its Train button does, for the menu.
///
/// What is current is played through the session: a panel that wants a take heard makes it current
/// (`Session::setCurrentTake`) and emits `playRequested()`, which SeedPanel and TakesPanel also have: plays from the
/// start of the take, of the seed where there is none. Errors are shown in the panel where they happened.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// Both outlive the window.
    MainWindow(Session& session, EngineClient& engine);
    ~MainWindow() override;
};

}  // namespace ricercar
