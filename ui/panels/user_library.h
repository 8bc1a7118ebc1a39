#pragma once

#include <filesystem>
#include <optional>
#include <type_traits>
#include <utility>

#include <QObject>
#include <QPointer>
#include <QString>

#include "core/project/library.h"
#include "ui/panels/background.h"

namespace ricercar {

/// The user's library of takes and recent files on a thread of its own, so that no caller waits for the disk. What is
/// asked is done in the order of asking. UI thread only.
class UserLibrary : public QObject {
    Q_OBJECT

public:
    explicit UserLibrary(std::filesystem::path file = userDataFolder() / "library.sqlite", QObject* parent = nullptr);
    /// Waits until everything is written.
    ~UserLibrary() override;

    /// Runs `question(library)`, which gives a Result, and then `done(its value)` on the UI thread unless `receiver`
    /// has gone. An error comes as `failed` in its place.
    template <typename Question, typename Done>
    void ask(QObject* receiver, Question question, Done done) {
        m_thread.run(
            this,
            [this, question = std::move(question)](const std::stop_token&) mutable {
                return library().and_then([&](Library* library) { return question(*library); });
            },
            [this, receiver = QPointer(receiver), done = std::move(done)](auto result) mutable {
                if (!result) {
                    Q_EMIT failed(QString::fromStdString(result.error().message));
                } else if (receiver) {
                    if constexpr (std::is_void_v<typename decltype(result)::value_type>) {
                        done();
                    } else {
                        done(std::move(*result));
                    }
                }
            });
    }

    /// Runs `change(library)`, which gives a Result.
    template <typename Change>
    void run(Change change) {
        ask(this, std::move(change), [](auto&&...) {});
    }

Q_SIGNALS:
    /// One sentence for the user: what could not be kept or read, and why.
    void failed(const QString& sentence);

private:
    /// The library, opened by the first call. The thread's.
    Result<Library*> library();

    std::filesystem::path m_file;
    std::optional<Library> m_library;  ///< the thread's
    Background m_thread;               ///< last: ends before the library
};

}  // namespace ricercar
