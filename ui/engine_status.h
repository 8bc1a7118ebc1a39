#pragma once

#include <QWidget>

#include "ui/engine/engine_client.h"

class QLabel;
class QToolButton;

namespace ricercar {

/// Whether the engine is there, and a button that starts it again when it is not.
class EngineStatus : public QWidget {
    Q_OBJECT

public:
    /// `engine` outlives it.
    explicit EngineStatus(EngineClient& engine, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();

    EngineClient& m_engine;
    QLabel* m_text;
    QToolButton* m_restart;
};

}  // namespace ricercar
