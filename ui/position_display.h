#pragma once

#include <QWidget>

namespace ricercar {

/// Large figures that do not dance: every digit has the same width.
class PositionDisplay : public QWidget {
    Q_OBJECT

public:
    explicit PositionDisplay(QWidget* parent = nullptr);

    QString text() const { return m_text; }
    void setText(const QString& text);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int cellWidth(QChar character) const;

    QString m_text;
};

}  // namespace ricercar
