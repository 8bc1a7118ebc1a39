#include "ui/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <memory>

#include "ui/style.h"

namespace ricercar {

const Theme& darkTheme() {
    static const Theme theme{.dark = true,
                             .background = 0x17191d,
                             .panel = 0x1e2126,
                             .raised = 0x262a31,
                             .hovered = 0x2f343d,
                             .line = 0x31363f,
                             .text = 0xe6e8ec,
                             .dim = 0x989fad,
                             .error = 0xec8a7f,
                             .seed = 0x4fb3a9,
                             .take = 0xe5a54b,
                             .accent = 0xe5a54b,
                             .onAccent = 0x201607,
                             .good = 0x7fb069,
                             .bad = 0xd0524a,
                             .row = 0x1b1e23,
                             .rowOutside = 0x16181c,
                             .barLine = 0x39404b,
                             .beatLine = 0x282d35,
                             .ghost = 0x3a404b,
                             .playhead = 0xf2f4f7,
                             .whiteKey = 0xd9dce2,
                             .blackKey = 0x2b2f36,
                             .keyLabel = 0x4b515b};
    return theme;
}

const Theme& lightTheme() {
    static const Theme theme{.dark = false,
                             .background = 0xf4f3f0,
                             .panel = 0xfbfaf8,
                             .raised = 0xffffff,
                             .hovered = 0xf1efeb,
                             .line = 0xdedbd4,
                             .text = 0x24272c,
                             .dim = 0x626973,
                             .error = 0xb3372d,
                             .seed = 0x2a8f85,
                             .take = 0xbd7722,
                             .accent = 0xdd9637,
                             .onAccent = 0x201607,
                             .good = 0x4d8a3a,
                             .bad = 0xc0443b,
                             .row = 0xfbfaf8,
                             .rowOutside = 0xf1efeb,
                             .barLine = 0xcfcac0,
                             .beatLine = 0xe6e2da,
                             .ghost = 0xd8d4cc,
                             .playhead = 0x24272c,
                             .whiteKey = 0xffffff,
                             .blackKey = 0x3a3e45,
                             .keyLabel = 0x5b616b};
    return theme;
}

QPalette Theme::palette() const {
    QPalette palette;
    palette.setColor(QPalette::Window, background);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, panel);
    palette.setColor(QPalette::AlternateBase, row);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, dim);
    palette.setColor(QPalette::BrightText, error);
    palette.setColor(QPalette::Button, raised);
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::ToolTipBase, raised);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::Highlight, accent);
    palette.setColor(QPalette::HighlightedText, onAccent);
    palette.setColor(QPalette::Link, accent);
    palette.setColor(QPalette::LinkVisited, accent);
    palette.setColor(QPalette::Light, hovered);
    palette.setColor(QPalette::Midlight, hovered);
    palette.setColor(QPalette::Mid, line);
    palette.setColor(QPalette::Dark, line);
    palette.setColor(QPalette::Shadow, background);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        QColor disabled = dim;
        disabled.setAlphaF(0.55F);
        palette.setColor(QPalette::Disabled, role, disabled);
    }
    return palette;
}

const Theme& currentTheme() {
    const auto* style = qobject_cast<const Style*>(QApplication::style());
    return style != nullptr ? style->theme() : darkTheme();
}

void applyTheme(const Theme& theme) {
    QApplication::setStyle(std::make_unique<Style>(theme).release());  // the application owns it
    QApplication::setPalette(theme.palette());
    QApplication::setFont(font(TextStyle::body));
}

QFont font(TextStyle style) {
    static const QString family =
        QFontDatabase::hasFamily(QStringLiteral("Inter")) ? QStringLiteral("Inter") : QFont().family();
    struct Face {
        int pixels;
        QFont::Weight weight;
    };
    const auto face = [style]() -> Face {
        switch (style) {
            case TextStyle::small:
                return {11, QFont::Normal};
            case TextStyle::body:
                return {12, QFont::Normal};
            case TextStyle::name:
                return {13, QFont::DemiBold};
            case TextStyle::heading:
                return {14, QFont::DemiBold};
            case TextStyle::strong:
                return {15, QFont::DemiBold};
            case TextStyle::position:
                return {22, QFont::DemiBold};
        }
        Q_UNREACHABLE();
    }();
    QFont result(family);
    result.setPixelSize(face.pixels);
    result.setWeight(face.weight);
    return result;
}

}  // namespace ricercar
