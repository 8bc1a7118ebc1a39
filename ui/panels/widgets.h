#pragma once

#include <QLabel>
#include <QString>
#include <QToolButton>

#include "ui/theme.h"

namespace ricercar {

/// Gives a control the name by which it is found from outside: "Take list" for people and screen readers, "takeList"
/// as its object name.
template <typename Control>
Control* named(Control* control, const QString& name) {
    control->setAccessibleName(name);
    QString object = name.simplified();
    object[0] = object[0].toLower();
    for (auto space = object.indexOf(QLatin1Char(' ')); space >= 0; space = object.indexOf(QLatin1Char(' '))) {
        object.remove(space, 1);
        object[space] = object[space].toUpper();
    }
    control->setObjectName(object);
    return control;
}

/// Words in one of the theme's sizes and roles; wraps when `wrap`.
inline QLabel* makeLabel(const QString& text, TextStyle style, QPalette::ColorRole role = QPalette::WindowText,
                         bool wrap = false) {
    auto* label = new QLabel(text);
    label->setFont(font(style));
    label->setForegroundRole(role);
    label->setWordWrap(wrap);
    return label;
}
inline QLabel* makeHeading(const QString& text) { return makeLabel(text, TextStyle::heading); }
inline QLabel* makeCaption(const QString& text) { return makeLabel(text, TextStyle::body, QPalette::PlaceholderText); }
/// A sentence under what it is about.
inline QLabel* makeSentence(const QString& text = {}) {
    return makeLabel(text, TextStyle::small, QPalette::PlaceholderText, true);
}

/// A square button with an icon alone; `name` is its tool tip too.
inline QToolButton* makeIconButton(const QString& iconName, const QString& name) {
    auto* button = named(new QToolButton, name);
    button->setIcon(icon(iconName));
    button->setIconSize({metrics::iconSize, metrics::iconSize});
    button->setProperty("flat", true);
    button->setToolTip(name);
    return button;
}

}  // namespace ricercar
