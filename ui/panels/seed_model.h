#pragma once

#include <functional>
#include <vector>

#include <QAbstractListModel>
#include <QStringList>

#include "ui/panels/background.h"
#include "ui/panels/seed_entry.h"

namespace ricercar {

/// A list of seeds that reads its files by itself, off the UI thread, and shows those that match a search.
class SeedModel : public QAbstractListModel {
    Q_OBJECT

public:
    explicit SeedModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

    /// Replaces the list by the MIDI files of a folder and the folders in it, sorted by path.
    void readFolder(const QString& folder);
    /// Replaces the list by these files, in their order.
    void readFiles(const QStringList& files);
    void setEntries(std::vector<SeedEntry> entries);

    /// Shows what has each of the words in its name, key, tempo or length.
    void setSearch(const QString& search);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    const SeedEntry& entry(const QModelIndex& index) const;
    /// The first shown entry that `wanted` says yes to; an invalid index when there is none.
    QModelIndex find(const std::function<bool(const SeedEntry&)>& wanted) const;
    /// The entry, shown or not, of a song; null when there is none.
    const SeedEntry* entryOf(const Song* song) const;

    bool isReading() const { return m_reading; }
    /// Files read so far, and all of them where that is known already.
    int filesRead() const { return m_filesRead; }
    int filesToRead() const { return m_filesToRead; }
    /// Entries, whatever the search.
    int entryCount() const { return static_cast<int>(m_entries.size()); }
    /// One sentence for each file that could not be used.
    const QStringList& skipped() const { return m_skipped; }

Q_SIGNALS:
    /// More was read, or all of it.
    void readingChanged();

private:
    struct Batch {
        std::vector<SeedEntry> entries;
        QStringList skipped;
        int filesRead = 0;
        int filesToRead = 0;
        bool last = false;
    };
    using ListFiles = std::function<QStringList(const std::stop_token&)>;

    void read(ListFiles list);
    void append(int reading, Batch batch);
    bool matches(const SeedEntry& entry) const;

    std::vector<SeedEntry> m_entries;
    std::vector<int> m_shown;  ///< indices of entries
    QStringList m_words;       ///< of the search
    QStringList m_skipped;
    int m_filesRead = 0;
    int m_filesToRead = 0;
    bool m_reading = false;
    int m_readingNumber = 0;  ///< batches of an earlier reading are dropped
    Background m_reader;      ///< last: ends before the rest goes
};

}  // namespace ricercar
