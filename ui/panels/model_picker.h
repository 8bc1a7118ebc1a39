#pragma once

#include <QComboBox>

#include "ui/engine/engine_client.h"

namespace ricercar {

/// The models of the engine, each with a second line from its card.
class ModelPicker : public QComboBox {
    Q_OBJECT

public:
    explicit ModelPicker(QWidget* parent = nullptr);

    /// Keeps the choice where its file is still among them.
    void setModels(const QList<EngineModel>& models);
    /// The model's file; empty when there is none.
    QString chosenPath() const { return currentData(Qt::UserRole).toString(); }
    /// The styles that the chosen model knows apart, and the conditions ("style", "density", "polyphony") that its card
    /// says it was measured to obey.
    QStringList chosenStyles() const;
    QStringList chosenConditions() const;
    /// False when no such file is in the list.
    bool choose(const QString& path);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
};

/// The second line: how large the model is and what its card says it is or was trained on.
QString modelDetail(const EngineModel& model);

}  // namespace ricercar
