#include "ui/output_button.h"

#include <QFileInfo>
#include <QMenu>
#include <QSettings>

#include "core/audio/sound_fonts.h"
#include "ui/playback.h"

namespace ricercar {

OutputButton::OutputButton(Playback& playback, QWidget* parent) : QToolButton(parent), m_playback(playback) {
    setObjectName(QStringLiteral("output"));
    setAccessibleName(tr("Output"));
    setPopupMode(QToolButton::InstantPopup);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    setMenu(new QMenu(this));
    connect(menu(), &QMenu::aboutToShow, this, &OutputButton::listSoundFonts);
    connect(&m_playback, &Playback::outputChanged, this, &OutputButton::show);
    show(m_playback.output());
}

void OutputButton::show(const QString& output) {
    constexpr int widest = 220;
    setText(fontMetrics().elidedText(output, Qt::ElideRight, widest));
    setToolTip(output);
    setAccessibleDescription(output);
}

void OutputButton::listSoundFonts() {
    menu()->clear();
    const auto fonts = installedSoundFonts();
    if (fonts.empty()) {
        menu()->addAction(tr("No sound font is installed"))->setEnabled(false);
    }
    for (const auto& file : fonts) {
        const QString path = QString::fromStdString(file.string());
        QAction* choice = menu()->addAction(QFileInfo(path).completeBaseName());
        choice->setCheckable(true);
        choice->setChecked(m_playback.output().contains(choice->text()));
        connect(choice, &QAction::triggered, this, [this, path] {
            QSettings().setValue(QStringLiteral("audio/soundFont"), path);
            m_playback.setSoundFont(path);
        });
    }
}

}  // namespace ricercar
