#pragma once

#include <QWidget>

namespace ricercar {

/// How loud the two channels are, from -48 dB to full scale.
class LevelMeter : public QWidget {
    Q_OBJECT

public:
    explicit LevelMeter(QWidget* parent = nullptr);

    QSize sizeHint() const override { return {72, 24}; }

public Q_SLOTS:
    /// Peaks, 1 being full scale.
    void setLevels(float left, float right);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    float m_levels[2] = {0, 0};
};

}  // namespace ricercar
