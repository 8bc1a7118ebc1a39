#pragma once

#include <QString>

namespace ricercar {

/// `name` in ASCII letters, digits, '-' and '_' alone, at most 80 of them: a file name that no program trips over.
/// `otherwise` where nothing of it is left.
QString plainName(const QString& name, const QString& otherwise);

}  // namespace ricercar
