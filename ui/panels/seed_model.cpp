#include "ui/panels/seed_model.h"

#include <algorithm>
#include <utility>

#include <QDirIterator>
#include <QElapsedTimer>

namespace ricercar {

namespace {

constexpr int batchMilliseconds = 100;
constexpr int mostReasons = 200;

QStringList midiFiles(const QString& folder, const std::stop_token& stop) {
    QStringList files;
    QDirIterator walk(folder, {"*.mid", "*.midi", "*.kar", "*.rmi"}, QDir::Files | QDir::Readable,
                      QDirIterator::Subdirectories);
    while (walk.hasNext() && !stop.stop_requested()) files << walk.next();
    files.sort(Qt::CaseInsensitive);
    return files;
}

}  // namespace

void SeedModel::readFolder(const QString& folder) {
    read([folder](const std::stop_token& stop) { return midiFiles(folder, stop); });
}

void SeedModel::readFiles(const QStringList& files) {
    read([files](const std::stop_token&) { return files; });
}

void SeedModel::read(ListFiles list) {
    setEntries({});
    m_reading = true;
    m_reader.run([this, number = m_readingNumber, list = std::move(list)](const std::stop_token& stop) {
        const QStringList files = list(stop);
        Batch batch;
        batch.filesToRead = static_cast<int>(files.size());
        const auto send = [&] {
            QMetaObject::invokeMethod(
                this, [this, number, sent = batch]() mutable { append(number, std::move(sent)); },
                Qt::QueuedConnection);
            batch.entries.clear();
            batch.skipped.clear();
        };
        QElapsedTimer sinceSent;
        sinceSent.start();
        for (const QString& file : files) {
            if (stop.stop_requested()) return;
            if (const auto song = readSeedSong(file)) {
                batch.entries.push_back(seedEntry(seedName(file), **song));
                batch.entries.back().file = file;
            } else {
                batch.skipped << QString::fromStdString(song.error().message);
            }
            ++batch.filesRead;
            if (sinceSent.elapsed() >= batchMilliseconds) {
                send();
                sinceSent.restart();
            }
        }
        batch.last = true;
        send();
    });
    Q_EMIT readingChanged();
}

void SeedModel::setEntries(std::vector<SeedEntry> entries) {
    m_reader.abandon();
    ++m_readingNumber;
    beginResetModel();
    m_entries.clear();
    m_shown.clear();
    m_skipped.clear();
    m_filesRead = m_filesToRead = 0;
    m_reading = false;
    endResetModel();
    if (!entries.empty()) {
        append(m_readingNumber, {.entries = std::move(entries), .skipped = {}, .last = true});
    }
}

void SeedModel::append(int reading, Batch batch) {
    if (reading != m_readingNumber) return;
    std::vector<int> shown;
    for (SeedEntry& entry : batch.entries) {
        if (matches(entry)) {
            shown.push_back(static_cast<int>(m_entries.size()));
        }
        m_entries.push_back(std::move(entry));
    }
    if (!shown.empty()) {
        const int first = rowCount();
        beginInsertRows({}, first, first + static_cast<int>(shown.size()) - 1);
        m_shown.insert(m_shown.end(), shown.begin(), shown.end());
        endInsertRows();
    }
    m_skipped << batch.skipped.mid(0, std::max<qsizetype>(0, mostReasons - m_skipped.size()));
    m_filesRead = batch.filesRead;
    m_filesToRead = batch.filesToRead;
    m_reading = !batch.last;
    Q_EMIT readingChanged();
}

void SeedModel::setSearch(const QString& search) {
    m_words = search.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    beginResetModel();
    m_shown.clear();
    for (int index = 0; index < entryCount(); ++index) {
        if (matches(m_entries[static_cast<std::size_t>(index)])) {
            m_shown.push_back(index);
        }
    }
    endResetModel();
}

bool SeedModel::matches(const SeedEntry& entry) const {
    const QString description = entry.description();
    return std::ranges::all_of(m_words,
                               [&](const QString& word) { return description.contains(word, Qt::CaseInsensitive); });
}

int SeedModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

const SeedEntry& SeedModel::entry(const QModelIndex& index) const {
    return m_entries[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(index.row())])];
}

QModelIndex SeedModel::find(const std::function<bool(const SeedEntry&)>& wanted) const {
    const auto found =
        std::ranges::find_if(m_shown, [&](int shown) { return wanted(m_entries[static_cast<std::size_t>(shown)]); });
    return found == m_shown.end() ? QModelIndex() : index(static_cast<int>(found - m_shown.begin()));
}

const SeedEntry* SeedModel::entryOf(const Song* song) const {
    const auto found =
        std::ranges::find_if(m_entries, [&](const SeedEntry& entry) { return entry.song.get() == song; });
    return found == m_entries.end() ? nullptr : &*found;
}

QVariant SeedModel::data(const QModelIndex& index, int role) const {
    switch (role) {
        case Qt::DisplayRole:
            return entry(index).name;
        case Qt::AccessibleTextRole:
            return entry(index).description();
        case Qt::ToolTipRole:
            return entry(index).file.isEmpty() ? entry(index).description() : entry(index).file;
        default:
            return {};
    }
}

}  // namespace ricercar
