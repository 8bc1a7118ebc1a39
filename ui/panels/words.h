#pragma once

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

}  // namespace ricercar
