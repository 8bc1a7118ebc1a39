#include "ui/roll_accessible.h"

#include <QAccessibleWidget>

#include "ui/piano_roll.h"

namespace ricercar {

namespace {

class AccessibleRoll : public QAccessibleWidget {
public:
    explicit AccessibleRoll(PianoRoll* roll) : QAccessibleWidget(roll, QAccessible::Canvas) {}

    QString text(QAccessible::Text kind) const override {
        if (kind == QAccessible::Value || kind == QAccessible::Description) {
            return qobject_cast<PianoRoll*>(object())->description();
        }
        return QAccessibleWidget::text(kind);
    }
};

QAccessibleInterface* makeInterface(const QString& /*className*/, QObject* object) {
    auto* roll = qobject_cast<PianoRoll*>(object);
    return roll != nullptr ? new AccessibleRoll(roll) : nullptr;
}

}  // namespace

void installRollAccessibility() {
    QAccessible::removeFactory(&makeInterface);
    QAccessible::installFactory(&makeInterface);
}

}  // namespace ricercar
