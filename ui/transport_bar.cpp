#include "ui/transport_bar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/engine_status.h"
#include "ui/level_meter.h"
#include "ui/output_button.h"
#include "ui/playback.h"
#include "ui/position_display.h"
#include "ui/session.h"
#include "ui/theme.h"

namespace ricercar {

TransportBar::TransportBar(Session& session, Playback& playback, EngineClient& engine, const Actions& actions,
                           QWidget* parent)
    : QWidget(parent),
      m_session(session),
      m_playback(playback),
      m_row(new QHBoxLayout(this)),
      m_position(new PositionDisplay),
      m_time(new QLabel) {
    setObjectName(QStringLiteral("transportBar"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    setFixedHeight(56);
    m_row->setContentsMargins(metrics::margin, 0, metrics::margin, 0);
    m_row->setSpacing(metrics::grid);

    addButton(actions.toStart, tr("To start"));
    addButton(actions.stop, tr("Stop"));
    addButton(actions.play, tr("Play"));
    addButton(actions.loop, tr("Loop"));
    addButton(actions.metronome, tr("Metronome"));
    m_row->addSpacing(2 * metrics::grid);
    m_row->addWidget(m_position);
    m_time->setObjectName(QStringLiteral("time"));
    m_time->setForegroundRole(QPalette::PlaceholderText);
    m_time->setMinimumWidth(56);
    m_row->addWidget(m_time);
    m_row->addSpacing(metrics::grid);
    m_tempo = addFigure(QStringLiteral("tempo"), tr("bpm"));
    m_meter = addFigure(QStringLiteral("meter"), tr("metre"));
    m_key = addFigure(QStringLiteral("key"), tr("key"));
    m_row->addStretch(1);

    m_row->addWidget(new OutputButton(playback));
    m_row->addSpacing(metrics::grid);
    m_row->addWidget(new EngineStatus(engine));
    m_row->addSpacing(metrics::grid);
    auto* meter = new LevelMeter;
    m_row->addWidget(meter);

    connect(&m_playback, &Playback::levelsChanged, meter, &LevelMeter::setLevels);
    connect(&m_playback, &Playback::positionChanged, this, &TransportBar::onPosition);
    connect(&m_playback, &Playback::songChanged, this, &TransportBar::onSong);
    onSong();
    setKey({});
}

void TransportBar::addButton(QAction* action, const QString& name) {
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setFixedSize(metrics::controlHeight, metrics::controlHeight);
    button->setIconSize({metrics::iconSize, metrics::iconSize});
    button->setAccessibleName(name);
    button->setObjectName(action->objectName() + QStringLiteral("Button"));
    m_row->addWidget(button);
}

QLabel* TransportBar::addFigure(const QString& name, const QString& caption) {
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    auto* figure = new QLabel;
    figure->setObjectName(name);
    figure->setFont(ricercar::font(TextStyle::heading));
    auto* unit = new QLabel(caption);
    unit->setFont(ricercar::font(TextStyle::small));
    unit->setForegroundRole(QPalette::PlaceholderText);
    column->addStretch(1);
    column->addWidget(figure);
    column->addWidget(unit);
    column->addStretch(1);
    m_row->addLayout(column);
    m_row->addSpacing(2 * metrics::grid);
    return figure;
}

void TransportBar::setKey(std::optional<Key> key) {
    m_key->setText(key ? QString::fromStdString(key->text()) : QStringLiteral("\u2013"));
}

void TransportBar::onSong() {
    m_tempi = tempoMap(*m_session.arrangement());
    m_meters = meterMap(*m_session.arrangement());
    onPosition();
}

void TransportBar::onPosition() {
    const Tick tick = m_playback.position();
    const BarPosition place = m_meters.positionAt(tick);
    m_position->setText(QStringLiteral("%1 . %2 . %3")
                            .arg(place.bar + 1)
                            .arg(place.beat + 1)
                            .arg(place.tick.value, 3, 10, QLatin1Char('0')));
    const int tenths = static_cast<int>(m_tempi.secondsAt(tick) * 10);
    m_time->setText(
        QStringLiteral("%1:%2.%3").arg(tenths / 600).arg(tenths / 10 % 60, 2, 10, QLatin1Char('0')).arg(tenths % 10));
    m_tempo->setText(QString::number(m_tempi.quartersPerMinuteAt(tick), 'f', 1));
    m_meter->setText(QString::fromStdString(m_meters.meterOfBar(place.bar).text()));
}

}  // namespace ricercar
