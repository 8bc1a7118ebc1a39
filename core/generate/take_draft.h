#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/generate/loop_guard.h"
#include "core/generate/read_seed.h"
#include "core/generate/recall.h"

namespace ricercar {

/// A take as far as it is written: what music it is, what may come next, and what is given rather than drawn. To the
/// grammar it adds what a take owes its listeners: it begins in a common metre, never falls silent for long, ends its
/// bars, and does not go round in a circle.
class TakeDraft {
public:
    /// Of `bars` new bars after, or in, `seed`, in `pitches`; `description` is said of each. `seed` and `description`
    /// outlive this.
    TakeDraft(const ReadSeed& seed, int bars, const PitchSet& pitches, std::span<const Token> description);
    TakeDraft(TakeDraft&&) = default;
    TakeDraft& operator=(TakeDraft&&) = default;

    TakeDraft copy() const;

    const Prefix& prefix() const { return *m_prefix; }
    const LoopGuard& guard() const { return m_guard; }
    LoopGuard& guard() { return m_guard; }
    Recall& recall() { return m_recall; }
    /// New bars begun; 0 while the seed's last bar is still open.
    int barsBegun() const { return m_prefix->barsBegun() - m_seed->bars(); }

    /// Reads the next token that is not drawn and returns it, if there is one.
    std::optional<Token> readGiven();
    /// What comes next is given: the beginning that the script of the seed has for the next bar.
    void giveBarOfScript();
    /// Sets `mask` to the tokens that may be drawn next, of which `logits` are the model's.
    void allowed(std::span<const float> logits, std::span<std::uint8_t> mask) const;
    /// Appends a token that was drawn. Returns the new notes that are whole by it, with the tracks and times that they
    /// have in the take.
    std::vector<DrawnNote> push(Token token);
    /// Likewise the notes that sound yet, which are cut where the take ends.
    std::vector<DrawnNote> cutNotes();

    /// The first `bars` new bars as music of their own, with what stays where they are filled in.
    Song song(int bars) const;

private:
    TakeDraft(const TakeDraft& other) = default;  // shares the prefix

    void give(std::span<const Token> tokens) { m_given.insert(m_given.end(), tokens.rbegin(), tokens.rend()); }
    bool inSeed() const { return barsBegun() <= 0; }
    /// Bars in a row without a sound, if the next token began so many bars.
    int silentBarsAfter(int begun) const;
    /// How many bars the next token may begin at most.
    int mostBars() const;
    std::vector<DrawnNote> ofTake(const std::vector<DrawnNote>& notes);

    const ReadSeed* m_seed;
    int m_bars;  ///< that are wanted
    std::span<const Token> m_description;
    std::shared_ptr<Prefix> m_prefix;
    LoopGuard m_guard;
    Recall m_recall;
    Tick m_barStart;             ///< of the bar that is being drawn
    Tick m_soundsUntil;          ///< of the notes that are whole
    int m_tokensInBar = 0;       ///< in the bar that is being drawn
    int m_silentBars = 0;        ///< in a row before it
    std::vector<int> m_tracks;   ///< of the prefix, in the order in which they first play in the take
    std::vector<Token> m_given;  ///< to be read before anything is drawn, the last first
    int m_describedBars = 0;
};

}  // namespace ricercar
