#pragma once

#include <QToolButton>

namespace ricercar {

class Playback;

/// What the music sounds through; its menu chooses among the installed sound fonts.
class OutputButton : public QToolButton {
    Q_OBJECT

public:
    /// `playback` outlives it.
    explicit OutputButton(Playback& playback, QWidget* parent = nullptr);

private:
    void show(const QString& output);
    void listSoundFonts();

    Playback& m_playback;
};

}  // namespace ricercar
