#include "ui/panels/notice.h"

#include <chrono>

#include <QHBoxLayout>
#include <QTimer>

#include "ui/panels/widgets.h"

namespace ricercar {

Notice::Notice(QWidget* parent)
    : QWidget(parent), m_sentence(makeLabel({}, TextStyle::body, QPalette::BrightText, true)), m_end(new QTimer(this)) {
    setObjectName("notice");
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* close = makeIconButton("close", tr("Close the message"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(metrics::margin, metrics::grid / 2, metrics::margin, metrics::grid / 2);
    layout->addWidget(m_sentence, 1);
    layout->addWidget(close);
    m_end->setSingleShot(true);
    m_end->setInterval(std::chrono::seconds(30));
    connect(m_end, &QTimer::timeout, this, &QWidget::hide);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    hide();
}

void Notice::say(const QString& sentence) {
    m_sentence->setText(sentence);
    m_end->start();
    show();
}

}  // namespace ricercar
