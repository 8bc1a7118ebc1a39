#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/base/random.h"
#include "core/generate/sampler.h"
#include "core/generate/take_draft.h"
#include "core/generate/take_rows.h"

namespace ricercar {

/// One take while it is drawn, in a row of a batch: token after token, going back where a bar has gone round in a
/// circle, and at the end drawing several endings to choose from. It marks the line that it may go back to in its row
/// of the decoder.
class Drawing {
public:
    /// `seed`, `settings`, whose key of the seed is found, and `description` outlive this.
    Drawing(const ReadSeed& seed, const GenerateSettings& settings, const PitchSet& pitches,
            std::span<const Token> description, int number);

    /// The next token for `row`, or nothing when it would begin a bar too many: then the take is whole.
    std::optional<Token> draw(std::span<const float> logits, TakeRows& rows, int row, const GenerateEvents& events);
    /// New bars that are complete.
    int wholeBars();
    /// Ends the take after the first `bars` new bars.
    Take finish(int bars, const GenerateEvents& events);

private:
    /// The first token of a bar and the take with it.
    struct Line {
        TakeDraft draft;
        Token token;
    };
    struct Ending {
        int drawn = 0;
        bool repeats = false;  ///< the one being drawn has a bar that the guard would take back
        double bestCadence = 0;
        std::optional<TakeDraft> best;
        std::vector<DrawnNote> bestNotes;
    };

    Sampling sampling() const;
    /// Whether the bar being drawn belongs to an ending, of which several are drawn.
    bool inEnding() const;
    void push(Token token);
    /// Takes back what was drawn since the line; returns the line's token.
    Token goBack(TakeRows& rows, int row);
    /// Keeps the ending that was drawn if it is the best so far.
    void judgeEnding();
    bool takeBestEnding();
    void hold(const std::vector<DrawnNote>& notes);
    void tellHeld(const GenerateEvents& events);

    const ReadSeed& m_seed;
    const GenerateSettings& m_settings;
    int m_number;
    TakeDraft m_draft;
    std::optional<Line> m_line;  ///< where the bar being drawn, or the ending, began
    Ending m_ending;
    std::vector<DrawnNote> m_held;  ///< since the line: they may be taken back
    Sampler m_sampler;
    Random m_random;
    std::vector<std::uint8_t> m_mask;
    std::vector<float> m_logits;  ///< of the token being drawn
};

}  // namespace ricercar
