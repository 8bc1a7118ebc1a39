#pragma once

#include <map>
#include <memory>

#include <QTimer>

#include "ui/panels/user_library.h"
#include "ui/session.h"

namespace ricercar {

/// Keeps the takes of a session in the user's library as they are drawn, bar by bar, finished, starred and rejected,
/// and brings those of earlier sessions back when it is made. Of takes whose drawing was cut off the whole bars come
/// back.
class TakeKeeper : public QObject {
    Q_OBJECT

public:
    /// Both outlive it.
    TakeKeeper(Session& session, UserLibrary& library, QObject* parent = nullptr);
    ~TakeKeeper() override;

private:
    /// What the library has of a take, or will have when it has done all that was asked.
    struct Kept {
        /// The library's number, set and read by its thread; null before a whole bar.
        std::shared_ptr<std::int64_t> row;
        int bars = 0;  ///< of a take that is being drawn
        bool finished = false;
        bool starred = false;
        bool rejected = false;
    };

    void keepAll();
    void keep(const Session::Take& take);
    /// The bars that have become whole.
    void keepParts();
    void store(const Session::Take& take, Kept& kept);

    Session& m_session;
    UserLibrary& m_library;
    std::map<Session::TakeId, Kept> m_kept;
    QTimer m_parts;            ///< many notes, one look
    bool m_restoring = false;  ///< the session tells of takes that the library has already
};

}  // namespace ricercar
