#include "ui/panels/generate_button.h"

#include <algorithm>

#include <QPainter>

#include "ui/theme.h"

namespace ricercar {

GenerateButton::GenerateButton(QWidget* parent) : QPushButton(parent) {
    setProperty("primary", true);
    setFont(ricercar::font(TextStyle::strong));
    setProgress({});
}

void GenerateButton::setProgress(std::optional<double> progress) {
    m_progress = progress;
    const QString words = progress ? tr("Stop") : tr("Generate");
    if (text() != words) {
        setText(words);
        setToolTip(progress ? tr("Keep the whole bars drawn so far (G)") : tr("Draw takes from the seed (G)"));
    }
    update();
}

QSize GenerateButton::sizeHint() const { return {QPushButton::sizeHint().width(), metrics::primaryHeight}; }

void GenerateButton::paintEvent(QPaintEvent* event) {
    QPushButton::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor sign = currentTheme().onAccent;
    sign.setAlphaF(0.7F);
    painter.setPen(sign);
    painter.setFont(ricercar::font(TextStyle::body));
    painter.drawText(rect().adjusted(0, 0, -metrics::margin, 0), Qt::AlignRight | Qt::AlignVCenter,
                     QStringLiteral("G"));
    if (m_progress) {
        const QRectF groove(metrics::margin, height() - 9.0, width() - 2.0 * metrics::margin, 3);
        QColor rest = sign;
        rest.setAlphaF(0.25F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(rest);
        painter.drawRoundedRect(groove, 1.5, 1.5);
        QRectF done = groove;
        done.setWidth(groove.width() * std::clamp(*m_progress, 0.0, 1.0));
        painter.setBrush(currentTheme().onAccent);
        painter.drawRoundedRect(done, 1.5, 1.5);
    }
}

}  // namespace ricercar
