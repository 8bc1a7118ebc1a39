#pragma once

#include <QRegularExpression>
#include <QTest>

namespace ricercar {

/// Any warning of Qt fails the running test function, but for what the offscreen platform says of itself.
inline void failOnQtWarnings() {
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not support)")));
}

}  // namespace ricercar
