#pragma once

#include <optional>
#include <vector>

#include <QObject>

#include "ui/engine/engine_client.h"
#include "ui/panels/background.h"

namespace ricercar {

/// Sends the MIDI files of a folder to an engine on another computer, which then has a folder of its own with them.
/// What is there already, from this folder or another, is not sent again; so one that was cut off goes on where it was.
class FolderSender : public QObject {
    Q_OBJECT

public:
    /// What would be sent.
    struct Content {
        qint64 files = 0;
        qint64 bytes = 0;
        qint64 leftOut = 0;  ///< files that cannot be read or are too large to be music
    };

    /// Looks into the folder, and sends nothing before `send`. `engine` outlives it.
    FolderSender(EngineClient& engine, const QString& folder, QObject* parent = nullptr);

    void send();
    bool isEmpty() const { return m_files.empty(); }

Q_SIGNALS:
    void counted(const ricercar::FolderSender::Content& content);
    /// `fraction` 0 to 1.
    void progressed(double fraction, const QString& what);
    /// The last signal of `send`: the folder on the engine's machine ...
    void sent(const QString& folder);
    /// ... or why there is none. Also when the folder could not be looked into.
    void failed(const QString& sentence);

private:
    void offerNext();
    void sendNext();

    EngineClient& m_engine;
    QString m_folder;
    EngineFolder m_sent;              ///< what is asked for
    std::vector<EngineFile> m_files;  ///< all that there is to send; hashed by `send`
    std::size_t m_offered = 0;
    QStringList m_missing;
    qsizetype m_done = 0;  ///< of the missing
    std::optional<int> m_call;
    QString m_there;
    Background m_disk;  ///< last: it ends before what it reports to
};

}  // namespace ricercar
