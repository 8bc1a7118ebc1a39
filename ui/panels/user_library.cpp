#include "ui/panels/user_library.h"

namespace ricercar {

UserLibrary::UserLibrary(std::filesystem::path file, QObject* parent) : QObject(parent), m_file(std::move(file)) {}

UserLibrary::~UserLibrary() { m_thread.drain(); }

Result<Library*> UserLibrary::library() {
    if (m_library) {
        return &*m_library;
    }
    return Library::open(m_file).map([this](Library library) {
        m_library = std::move(library);
        if (const auto& aside = m_library->setAside()) {
            const QString name = QString::fromStdString(aside->string());
            QMetaObject::invokeMethod(
                this,
                [this, name] {
                    Q_EMIT failed(
                        tr("Your library of takes was damaged: it is kept as %1 and a new one begun").arg(name));
                },
                Qt::QueuedConnection);
        }
        return &*m_library;
    });
}

}  // namespace ricercar
