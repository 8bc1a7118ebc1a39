#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>
#include <QUndoStack>

#include "core/base/json.h"
#include "core/edit/fill_in.h"
#include "core/music/song.h"

namespace ricercar {

/// The one owner of what is shown and heard: the current seed, the takes of this session, the current take, and the
/// arrangement, which is the seed followed by the current take, or filled in by it, as one song. Panels read from it,
/// call its methods and listen to its signals; they never talk to each other. UI thread only; every method returns at
/// once.
///
/// Signals are sent after the state has changed, in the order: seed, takes, current take, arrangement.
class Session : public QObject {
    Q_OBJECT

public:
    /// Some bars to go on from. `song` is what is shown and played: the bars alone, from tick 0; null is no seed.
    struct Seed {
        QString name;
        QString file;      ///< the MIDI file that `firstBar` and `lastBar` count in; empty when there is none
        int firstBar = 0;  ///< from 0
        int lastBar = 0;   ///< included
        std::shared_ptr<const Song> song;

        bool operator==(const Seed&) const = default;
    };

    /// Takes are numbered from 1 in the order of their birth; the number is also their identity.
    using TakeId = int;

    struct Take {
        TakeId id = 0;
        QString name;                      ///< "take 12"
        Seed seed;                         ///< what it goes on from
        std::shared_ptr<const Song> song;  ///< its bars alone, from tick 0; never null
        Json recipe;                       ///< as the engine gave it; what is known of it while it is being drawn
        QString file;                      ///< the engine's .mid file; empty while it is being drawn
        bool finished = false;             ///< every note is there
        bool starred = false;
        bool rejected = false;  ///< hidden; comes back by undo

        /// What it writes into its seed, by its recipe; nothing for a take that goes on from the seed.
        std::optional<FillIn> fill() const;
    };

    /// A note as the engine streams it; times in quarter notes from the start of the take.
    struct StreamedNote {
        int track = 0;  ///< tracks of a take are numbered from 0 in the order of their first note
        Program program;
        bool drums = false;
        double onset = 0.0;
        double duration = 0.0;
        Pitch pitch;
        Velocity velocity;
    };

    explicit Session(QObject* parent = nullptr);

    const Seed& seed() const { return m_seed; }
    /// Shows another seed; no take is current then.
    void setSeed(Seed seed);

    /// Every take of this session, rejected ones too, in the order to be shown: the newest batch first.
    const std::vector<Take>& takes() const { return m_takes; }
    /// Null when there is no such take; valid until takes are begun or dropped.
    const Take* take(TakeId id) const;

    /// New takes that go on from the current seed or, where `recipe` says so, fill it in, empty and unfinished; the
    /// first becomes the current one. `recipe` is what is known of theirs; each gets its number in the batch, from 0,
    /// as `take`.
    std::vector<TakeId> beginTakes(int count, const Json& recipe = {});
    /// A note has been drawn. Ignored when the take is finished or gone.
    void addNote(TakeId id, const StreamedNote& note);
    /// The whole take as the engine wrote it; replaces the streamed notes.
    void finishTake(TakeId id, std::shared_ptr<const Song> song, Json recipe, QString file);
    /// Removes an unfinished take (cancelled before a whole bar was drawn, or the engine died). If it was the current
    /// one, its neighbour becomes current where that goes on from the same seed.
    void dropTake(TakeId id);
    /// Puts finished takes of earlier sessions, the newest first, behind those that are there. Each has the number of
    /// its name where that is free, else a new one; they are returned in the same order. Later takes have higher
    /// numbers.
    std::vector<TakeId> restoreTakes(std::vector<Take> takes);

    void setStarred(TakeId id, bool starred);
    /// Hides a take; can be undone. If it was the current one, its neighbour becomes current.
    void rejectTake(TakeId id);

    /// The take that is shown and heard, or null.
    const Take* currentTake() const;
    /// Shows the take with the seed it came from, which becomes the current seed. Nothing: shows the seed alone.
    void setCurrentTake(std::optional<TakeId> id);
    /// Shows the current take's neighbour among those not rejected (`step` +1 or -1); stays at the ends. With no
    /// current take, shows the first.
    void stepTake(int step);

    /// The seed followed by the current take, or filled in by it, as one song; never null.
    const std::shared_ptr<const Song>& arrangement() const;
    /// Where the take stands in the arrangement: from the bar line after the seed to the end, or the bars that it fills
    /// in. Empty, at the end of the seed, where there is no take.
    TickRange takeRange() const;

    /// Rejected takes, later also edits.
    QUndoStack& undoStack() { return m_undoStack; }

Q_SIGNALS:
    /// `seed()` is another.
    void seedChanged();
    /// `takes()` has other members: begun, dropped, rejected or restored.
    void takesChanged();
    /// The notes, the star or the state of one take changed. Comes for every streamed note: do little, or later.
    void takeChanged(ricercar::Session::TakeId id);
    /// `currentTake()` is another.
    void currentTakeChanged();
    /// `arrangement()` is another. Comes for every streamed note of the current take; the song is made when asked for.
    void arrangementChanged();

private:
    class Rejection;

    Take* find(TakeId id);
    std::optional<TakeId> neighbour(TakeId id, int step) const;
    void setRejected(TakeId id, bool rejected);
    void makeArrangement() const;

    Seed m_seed;
    std::vector<Take> m_takes;
    TakeId m_nextId = 1;
    std::optional<TakeId> m_current;
    QUndoStack m_undoStack;
    mutable std::shared_ptr<const Song> m_arrangement;  ///< null when it must be made again
    mutable TickRange m_takeRange;
};

}  // namespace ricercar
