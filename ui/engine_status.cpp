#include "ui/engine_status.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

#include "ui/theme.h"

namespace ricercar {

namespace {
constexpr int radius = 14;
constexpr int dotCentre = 16;
constexpr int widestName = 160;
}  // namespace

EngineStatus::EngineStatus(EngineClient& engine, QWidget* parent)
    : QWidget(parent), m_engine(engine), m_text(new QLabel), m_restart(new QToolButton) {
    setObjectName(QStringLiteral("engineStatus"));
    setFixedHeight(2 * radius);
    m_text->setObjectName(QStringLiteral("engineState"));
    m_restart->setObjectName(QStringLiteral("restartEngine"));
    m_restart->setIcon(icon(QStringLiteral("restart")));
    m_restart->setIconSize({16, 16});
    m_restart->setProperty("flat", true);
    connect(m_restart, &QToolButton::clicked, &m_engine, &EngineClient::restart);
    connect(&m_engine, &EngineClient::stateChanged, this, &EngineStatus::refresh);
    connect(&m_engine, &EngineClient::infoChanged, this, &EngineStatus::refresh);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(dotCentre + 11, 0, 14, 0);
    row->setSpacing(2);
    row->addWidget(m_text);
    row->addWidget(m_restart);
    refresh();
}

void EngineStatus::refresh() {
    const bool here = m_engine.place() == EngineClient::Place::here;
    const bool dead = m_engine.state() == EngineClient::State::dead;
    switch (m_engine.state()) {
        case EngineClient::State::ready:
            m_text->setText(
                tr("%1 ready - %2")
                    .arg(here ? tr("Engine") : fontMetrics().elidedText(m_engine.machine(), Qt::ElideRight, widestName),
                         m_engine.info().devices.value(0).toUpper()));
            break;
        case EngineClient::State::starting:
            m_text->setText(here ? tr("Engine starting") : tr("Connecting"));
            break;
        case EngineClient::State::dead:
            m_text->setText(here                   ? tr("Engine stopped")
                            : m_engine.isWaiting() ? tr("Connection lost")
                                                   : tr("Not connected"));
            break;
    }
    setToolTip(m_engine.stateText());
    m_restart->setVisible(dead);
    m_restart->setAccessibleName(here ? tr("Restart engine") : tr("Connect again"));
    m_restart->setToolTip(m_restart->accessibleName());
    layout()->setContentsMargins(dotCentre + 11, 0, dead ? 0 : 14, 0);
    update();
}

void EngineStatus::paintEvent(QPaintEvent* /*event*/) {
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.dark ? QPen(Qt::NoPen) : QPen(theme.line));
    painter.setBrush(theme.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_engine.state() == EngineClient::State::ready      ? theme.good
                     : m_engine.state() == EngineClient::State::starting ? theme.accent
                                                                         : theme.bad);
    painter.drawEllipse(QPointF(dotCentre, radius), 4, 4);
}

}  // namespace ricercar
