#pragma once

#include <optional>

#include <QPushButton>

namespace ricercar {

/// The one big button: Generate, or Stop with how far the drawing has come.
class GenerateButton : public QPushButton {
    Q_OBJECT

public:
    explicit GenerateButton(QWidget* parent = nullptr);

    /// 0 to 1 while takes are drawn; nothing when none are.
    void setProgress(std::optional<double> progress);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<double> m_progress;
};

}  // namespace ricercar
