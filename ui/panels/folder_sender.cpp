#include "ui/panels/folder_sender.h"

#include <algorithm>
#include <span>
#include <utility>

#include <QFileInfo>

#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/corpus/folder_listing.h"

namespace ricercar {

namespace {

constexpr std::size_t filesInAnOffer = 500;
constexpr qint64 bytesInAMessage = 1 << 20;
/// In base64 a message has room for it.
constexpr std::uint64_t largestFile = 11U << 20U;

std::filesystem::path pathOf(const QString& folder, const QString& relative) {
    return std::filesystem::path(folder.toStdString()) / relative.toStdString();
}

bool isLeftOut(const ListedFile& file) { return !file.problem.empty() || file.bytes > largestFile; }

/// With their content hashes; nothing when stopped. A file that has gone meanwhile is left out.
std::vector<EngineFile> hashed(const QString& folder, std::vector<EngineFile> files, const std::stop_token& stop) {
    for (EngineFile& file : files) {
        if (stop.stop_requested()) return {};
        const auto content = readFile(pathOf(folder, file.path));
        file.hash = content ? QString::fromStdString(contentHash(*content).hex()) : QString();
        file.bytes = content ? std::ssize(*content) : 0;
    }
    std::erase_if(files, [](const EngineFile& file) { return file.hash.isEmpty(); });
    return files;
}

/// Stands for the folder and all that is in it.
QString identity(const std::vector<EngineFile>& files) {
    std::string all;
    for (const EngineFile& file : files) {
        all += fmt::format("{}\n{}\n", file.path.toStdString(), file.hash.toStdString());
    }
    return QString::fromStdString(contentHash(all).hex());
}

/// As many of the files as fit into a message, one at least.
std::vector<EngineFile> contents(const QString& folder, const QStringList& paths) {
    std::vector<EngineFile> files;
    qint64 bytes = 0;
    for (const QString& path : paths) {
        const auto content = readFile(pathOf(folder, path)).value_or(std::vector<std::byte>());
        bytes += std::ssize(content);
        if (!files.empty() && bytes > bytesInAMessage) break;
        EngineFile file;
        file.path = path;
        file.content = QByteArray(reinterpret_cast<const char*>(content.data()), std::ssize(content));
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace

FolderSender::FolderSender(EngineClient& engine, const QString& folder, QObject* parent)
    : QObject(parent), m_engine(engine), m_folder(folder) {
    connect(&engine, &EngineClient::filesOffered, this,
            [this](int call, const QString& there, const QStringList& missing) {
                if (call != m_call) return;
                m_there = there;
                m_missing += missing;
                offerNext();
            });
    connect(&engine, &EngineClient::filesSent, this, [this](int call) {
        if (call == m_call) sendNext();
    });
    connect(&engine, &EngineClient::failed, this, [this](int call, const QString& sentence) {
        if (call != m_call) return;
        m_call.reset();
        Q_EMIT failed(sentence);
    });
    const auto list = [path = folder.toStdString()](const std::stop_token&) { return listFolder(path); };
    m_disk.run(this, list, [this](const Result<FolderListing>& listing) {
        if (!listing) {
            Q_EMIT failed(QString::fromStdString(listing.error().message));
            return;
        }
        Content content;
        for (const ListedFile& file : listing->files) {
            if (isLeftOut(file)) {
                ++content.leftOut;
                continue;
            }
            ++content.files;
            content.bytes += static_cast<qint64>(file.bytes);
            m_files.push_back({QString::fromStdString(file.path), {}, static_cast<qint64>(file.bytes), {}});
        }
        Q_EMIT counted(content);
    });
}

void FolderSender::send() {
    Q_EMIT progressed(0, tr("reading the files"));
    const auto hash = [folder = m_folder, files = m_files](const std::stop_token& stop) {
        return hashed(folder, files, stop);
    };
    m_disk.run(this, hash, [this](std::vector<EngineFile> files) {
        m_files = std::move(files);
        m_sent = {identity(m_files), QFileInfo(m_folder).fileName(), {}};
        m_offered = 0;
        m_missing.clear();
        m_done = 0;
        offerNext();
    });
}

void FolderSender::offerNext() {
    if (m_offered == m_files.size()) {
        sendNext();
        return;
    }
    const auto first = m_files.begin() + static_cast<std::ptrdiff_t>(m_offered);
    m_offered = std::min(m_files.size(), m_offered + filesInAnOffer);
    m_sent.files = {first, m_files.begin() + static_cast<std::ptrdiff_t>(m_offered)};
    m_call = m_engine.offerFiles(m_sent);
}

void FolderSender::sendNext() {
    m_call.reset();
    if (m_done == m_missing.size()) {
        Q_EMIT sent(m_there);
        return;
    }
    Q_EMIT progressed(static_cast<double>(m_done) / static_cast<double>(m_missing.size()),
                      tr("file %L1 of %L2").arg(m_done + 1).arg(m_missing.size()));
    const auto read = [folder = m_folder, paths = m_missing.mid(m_done, filesInAnOffer)](const std::stop_token&) {
        return contents(folder, paths);
    };
    m_disk.run(this, read, [this](std::vector<EngineFile> files) {
        m_done += std::ssize(files);
        m_sent.files = std::move(files);
        m_call = m_engine.sendFiles(m_sent);
    });
}

}  // namespace ricercar
