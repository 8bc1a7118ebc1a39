#pragma once

#include <QWidget>

class QLabel;
class QTimer;

namespace ricercar {

/// A line that tells what went wrong; hidden until then, and again after a while or when it is closed.
class Notice : public QWidget {
    Q_OBJECT

public:
    explicit Notice(QWidget* parent = nullptr);

    void say(const QString& sentence);

private:
    QLabel* m_sentence;
    QTimer* m_end;
};

}  // namespace ricercar
