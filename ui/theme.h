#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QPalette>
#include <QString>

class QWidget;

namespace ricercar {

/// The colours of the program. Nothing else in `ui/` names a colour.
struct Theme {
    bool dark = true;

    // Surfaces, from the lowest to the highest, and the lines between them.
    QColor background;  ///< behind everything; also what is sunk into a raised card
    QColor panel;       ///< docks, transport bar, ruler
    QColor raised;      ///< controls, cards, the selected row
    QColor hovered;     ///< a raised control under the pointer
    QColor line;

    // Words and signs.
    QColor text;
    QColor dim;    ///< what matters less: captions, units, hints
    QColor error;  ///< a sentence that says what went wrong

    // Colours with a meaning.
    QColor seed;
    QColor take;
    QColor accent;  ///< the one thing to do here; focus
    QColor onAccent;
    QColor good;  ///< levels, bars of scores, a running engine
    QColor bad;   ///< a clipped level, a dead engine

    // The piano roll.
    QColor row;         ///< of a pitch in the key
    QColor rowOutside;  ///< of a pitch outside the key
    QColor barLine;
    QColor beatLine;
    QColor ghost;  ///< what drums are mixed with
    QColor playhead;
    QColor whiteKey;
    QColor blackKey;
    QColor keyLabel;

    QPalette palette() const;
};

/// The two themes. They live as long as the program.
const Theme& darkTheme();
const Theme& lightTheme();

/// The theme that the application's style draws with: the one last given to `applyTheme`, dark before. Ask when
/// painting, never keep a colour: on a change every widget gets QEvent::StyleChange and is painted again.
const Theme& currentTheme();

/// Gives the application the style, palette and font of `theme`. The style draws every standard control; no widget may
/// have a style sheet of its own. Variants are dynamic properties of a control, set before it is shown:
///   `primary` (true): a button in the accent colour, one in each panel;
///   `flat` (true): a button without a surface until the pointer is on it;
///   `gradient` (true): a slider whose groove goes from the seed's colour to the take's.
/// A label gets the dim colour by `setForegroundRole(QPalette::PlaceholderText)` and the error colour by
/// `setForegroundRole(QPalette::BrightText)`.
void applyTheme(const Theme& theme);

/// Sizes in device-independent pixels, on a grid of 8.
namespace metrics {
inline constexpr int grid = 8;
inline constexpr int margin = 16;         ///< between a panel's edge and what it holds
inline constexpr int controlHeight = 32;  ///< buttons, boxes
inline constexpr int controlRadius = 8;
inline constexpr int cardRadius = 12;  ///< cards of takes, of training
inline constexpr int primaryHeight = 46;
inline constexpr int iconSize = 20;
inline constexpr int seedsWidth = 264;
inline constexpr int generateWidth = 296;
inline constexpr int takesHeight = 250;
}  // namespace metrics

/// The sizes of type, in Inter where it is installed.
enum class TextStyle {
    small,     ///< 11: captions under controls, units
    body,      ///< 12: everything without a reason for another
    name,      ///< 13 semi-bold: names of seeds and takes
    heading,   ///< 14 semi-bold: titles of panels, values
    strong,    ///< 15 semi-bold: the temperature, the primary button
    position,  ///< 22 semi-bold, figures of equal width
};
QFont font(TextStyle style);

/// A line icon of `resources/icons` (NAME.svg) in the colour of the text, in `onAccent` where its button is checked or
/// primary, dim where it is disabled; follows a change of theme by itself.
QIcon icon(const QString& name);
/// The same in one colour, for painting and for labels.
QPixmap iconPixmap(const QString& name, int size, const QColor& colour, qreal devicePixelRatio);

}  // namespace ricercar
