#pragma once

#include <vector>

#include <QPointF>
#include <QWidget>

namespace ricercar {

/// The curves of a training run: nats per note over steps, of the music it learns and of held-out music. Lower is
/// better; where the two part, the model begins to learn by heart.
class TrainingCurves : public QWidget {
    Q_OBJECT

public:
    explicit TrainingCurves(QWidget* parent = nullptr);

    void setCurves(std::vector<QPointF> train, std::vector<QPointF> valid);

    QSize sizeHint() const override { return {200, 80}; }
    QSize minimumSizeHint() const override { return {120, 72}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<QPointF> m_train;
    std::vector<QPointF> m_valid;
};

}  // namespace ricercar
