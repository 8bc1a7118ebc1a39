#pragma once

#include <array>
#include <memory>
#include <optional>

#include <QStringList>
#include <QWidget>

#include "ui/panels/background.h"
#include "ui/panels/bar_range_picker.h"
#include "ui/panels/seed_model.h"
#include "ui/session.h"

class QLabel;
class QLineEdit;
class QListView;
class QPushButton;
class QStackedLayout;
class QTabBar;
class QToolButton;

namespace ricercar {

class UserLibrary;

/// Where the user picks what to go on from: the bundled examples, the MIDI files of a folder, kept takes, what was used
/// lately, or nothing. Files are read off the UI thread. When it is made and the session has no seed, it picks the
/// first example.
class SeedPanel : public QWidget {
    Q_OBJECT

public:
    SeedPanel(Session& session, UserLibrary& library, QWidget* parent = nullptr);

    /// MIDI files and folders that were dropped on the window, chosen in a dialog or named on the command line. The
    /// first file that can be one becomes the seed, and each of them is remembered; the first folder becomes "My
    /// folder". One message tells what was not opened.
    void open(const QStringList& paths);

Q_SIGNALS:
    /// The seed, already in the session, is to be heard from its start.
    void playRequested();

private:
    enum Tab { examples, folder, takes, recent, tabCount };
    /// What happens when a file has been read and is the seed.
    enum class Then { nothing, play, showRecent };

    QWidget* makeHeader();
    QWidget* makeList();
    QWidget* makeFooter();
    SeedModel& shown();

    void showTab(int tab);
    /// Brings counts, sentences, the empty state and the selected row up to date.
    void showState();
    void showEmptyState();
    void emptyAction();
    void selectPiece();

    void askFolder();
    void readFolder(const QString& path);
    void listTakes();
    void chooseFirstExample();
    void remember(const QString& file);

    void choose(const QModelIndex& index, Then then);
    /// `complaints` join those about the files.
    void load(const QStringList& files, Then then, const QStringList& complaints = {});
    void complain(const QStringList& sentences);
    void setPieceSong(std::shared_ptr<const Song> song, Miniature miniature, BarRange bars);
    void setBars(BarRange bars);
    void onSeedChanged();

    Session& m_session;
    UserLibrary& m_library;
    std::array<SeedModel, tabCount> m_models;
    QString m_folder;
    QStringList m_recent;
    bool m_firstExampleWanted = true;

    /// What the seed is cut from; a take has no file, a file that is being read has no song yet.
    struct Piece {
        QString name;
        QString file;
        std::shared_ptr<const Song> song;

        bool is(const SeedEntry& entry) const { return file == entry.file && (!file.isEmpty() || song == entry.song); }
    };
    std::optional<Piece> m_piece;

    QLabel* m_count = nullptr;
    QLineEdit* m_search = nullptr;
    QTabBar* m_tabs = nullptr;
    QLabel* m_folderLine = nullptr;
    QToolButton* m_folderButton = nullptr;
    QListView* m_list = nullptr;
    QStackedLayout* m_stack = nullptr;
    QLabel* m_emptySentence = nullptr;
    QPushButton* m_emptyButton = nullptr;
    BarRangePicker* m_bars = nullptr;
    QPushButton* m_nothing = nullptr;
    QLabel* m_error = nullptr;
    Background m_loader;  ///< last: ends before the rest goes
};

}  // namespace ricercar
