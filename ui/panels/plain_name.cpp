#include "ui/panels/plain_name.h"

namespace ricercar {

QString plainName(const QString& name, const QString& otherwise) {
    constexpr int longest = 80;
    QString plain;
    bool gap = false;
    for (const QChar letter : name.normalized(QString::NormalizationForm_KD)) {
        const bool ascii = letter.unicode() < 128;
        if (ascii && (letter.isLetterOrNumber() || letter == QLatin1Char('_'))) {
            if (gap && !plain.isEmpty()) plain += QLatin1Char('-');
            plain += letter;
            gap = false;
        } else if (!letter.isMark()) {
            gap = true;
        }
    }
    return plain.isEmpty() ? otherwise : plain.left(longest);
}

}  // namespace ricercar
