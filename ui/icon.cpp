#include <QApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include "ui/theme.h"

namespace ricercar {

namespace {

/// Paints an icon in the colour that the theme has at that moment.
class TintedIcon : public QIconEngine {
public:
    explicit TintedIcon(QString name) : m_name(std::move(name)) {}

    void paint(QPainter* painter, const QRect& area, QIcon::Mode mode, QIcon::State state) override {
        painter->drawPixmap(area, tinted(area.size() * painter->device()->devicePixelRatioF(), mode, state));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return tinted(size, mode, state);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal /*scale*/) override {
        return tinted(size, mode, state);
    }
    QIconEngine* clone() const override { return new TintedIcon(m_name); }
    QString iconName() override { return m_name; }

private:
    QPixmap tinted(const QSize& pixels, QIcon::Mode mode, QIcon::State state) const {
        const Theme& theme = currentTheme();
        const QColor colour = mode == QIcon::Disabled ? theme.palette().color(QPalette::Disabled, QPalette::ButtonText)
                              : mode == QIcon::Selected || state == QIcon::On ? theme.onAccent
                                                                              : theme.text;
        return iconPixmap(m_name, std::min(pixels.width(), pixels.height()), colour, 1.0);
    }

    QString m_name;
};

}  // namespace

QIcon icon(const QString& name) { return QIcon(new TintedIcon(name)); }

QPixmap iconPixmap(const QString& name, int size, const QColor& colour, qreal devicePixelRatio) {
    const int pixels = qRound(size * devicePixelRatio);
    const QString key = QStringLiteral("ricercar/%1/%2/%3").arg(name).arg(pixels).arg(colour.rgba(), 0, 16);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap(pixels, pixels);
        pixmap.fill(Qt::transparent);
        QSvgRenderer drawing(QStringLiteral(":/icons/%1.svg").arg(name));
        Q_ASSERT_X(drawing.isValid(), "icon", qPrintable(name));
        QPainter painter(&pixmap);
        drawing.render(&painter);
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(pixmap.rect(), colour);
        painter.end();
        QPixmapCache::insert(key, pixmap);
    }
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

}  // namespace ricercar
