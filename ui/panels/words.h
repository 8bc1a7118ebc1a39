#pragma once

#include <algorithm>

#include <QCoreApplication>
#include <QString>

namespace ricercar {

/// `one` for 1, else `many` with the number in the place of %1.
inline QString counted(qint64 number, const QString& one, const QString& many) {
    return number == 1 ? one : many.arg(number);
}
inline QString barsText(int bars) {
    return counted(bars, QCoreApplication::translate("words", "1 bar"),
                   QCoreApplication::translate("words", "%1 bars"));
}
/// A sentence of the engine's where it stands alone. One that begins with the name of a file keeps it.
inline QString withCapital(const QString& sentence) {
    const auto end = std::ranges::find_if_not(sentence, [](QChar letter) { return letter.isLetter(); });
    const bool word = end == sentence.end() || *end == QLatin1Char(' ');
    return word ? sentence.left(1).toUpper() + sentence.mid(1) : sentence;
}

}  // namespace ricercar
