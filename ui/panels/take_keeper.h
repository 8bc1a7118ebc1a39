#pragma once

#include <map>
#include <memory>

#include "ui/panels/user_library.h"
#include "ui/session.h"

namespace ricercar {

/// Keeps the takes of a session in the user's library as they are finished, starred and rejected, and brings those of
/// earlier sessions back when it is made.
class TakeKeeper : public QObject {
    Q_OBJECT

public:
    /// Both outlive it.
    TakeKeeper(Session& session, UserLibrary& library, QObject* parent = nullptr);

private:
    /// What the library has of a take, or will have when it has done all that was asked.
    struct Kept {
        std::shared_ptr<std::int64_t> row;  ///< the library's number, set and read by its thread
        bool starred = false;
        bool rejected = false;
    };

    void keepAll();
    void keep(const Session::Take& take);
    void add(const Session::Take& take);

    Session& m_session;
    UserLibrary& m_library;
    std::map<Session::TakeId, Kept> m_kept;
    bool m_restoring = false;  ///< the session tells of takes that the library has already
};

}  // namespace ricercar
