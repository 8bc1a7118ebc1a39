#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/audio/patch.h"
#include "core/music/song.h"

namespace ricercar {

struct PlayerSettings {
    /// The font to play with; empty for the best one installed (core/audio/sound_fonts.h).
    std::filesystem::path soundFont;
    /// "jack", "pulseaudio", "pipewire", "alsa", "file", "silent", or empty for the first device that opens. The
    /// environment variable RICERCAR_AUDIO_DRIVER wins over it; "file" writes what is played, in real time, to the WAV
    /// file that RICERCAR_AUDIO_FILE names.
    std::string driver;
};

/// Plays one song through FluidSynth. Lives on the UI thread: every call is made there and returns at once; the device
/// is opened, fonts are loaded and plans are made on a thread of its own. Always works: without a device or a font the
/// playhead moves by a clock and `outputName` says why nothing is heard. A device that stops answering is opened again.
///
/// Ticks are those of the song set last, whether or not it sounds already.
class Player {
public:
    /// Never fails and never waits.
    static std::unique_ptr<Player> create(const PlayerSettings& settings);
    ~Player();

    /// For a status line: "FluidSynth - FluidR3Mono_GM", "opening the sound device", "no sound device: silent",
    /// "no sound font is installed (sudo apt install fluidr3mono-gm-soundfont): silent". Changes by itself; poll it.
    std::string outputName() const;
    /// A device is open and a font is loaded.
    bool hasSound() const;
    /// The device or the font is still being opened; `hasSound` is not yet decided.
    bool opening() const;
    /// Loads another font and goes on with it. Empty: the best one installed.
    void setSoundFont(const std::filesystem::path& file);

    /// Never null. May be called while playing: the new song is taken up without a gap at the same place, and notes
    /// that it does not have are ended; until its instruments are loaded (about 0.1 s) the old one is heard.
    void setSong(std::shared_ptr<const Song> song);

    /// Plays from the position, or from the start when that is at the end. Sound and playhead start together, once the
    /// instruments of the song are loaded. Stops by itself at `song.end`.
    void play();
    /// Ends every note and keeps the position.
    void stop();
    /// What was last asked for, until the end of the song is reached.
    bool playing() const;
    /// May be called while playing. Not before 0; nothing forbids a place after the end.
    void locate(Tick tick);
    /// Where the playhead is. Wait-free, for polling at the rate of the screen.
    Tick position() const;

    /// While set, playing that reaches the end of `range` goes on at its begin, without a gap; the end of the song does
    /// not stop it. Ranges shorter than 10 ms do not loop.
    void setLoop(std::optional<TickRange> range);
    /// Clicks on every beat of the metre, louder on the first of a bar.
    void setMetronome(bool on);
    /// 1 is the normal loudness, 0 is silence.
    void setGain(double gain);
    /// Times the tempo of the song, 0.1 to 10; pitch stays.
    void setSpeed(double speed);

    /// Sounds a note outside the song, as for a click on a key. When its instrument is not loaded yet, it sounds as
    /// soon as it is, if still held. Every `noteOn` needs its `noteOff`.
    void noteOn(Patch patch, Pitch pitch, Velocity velocity);
    void noteOff(Patch patch, Pitch pitch);
    /// Silences everything at once; playing goes on.
    void panic();

    /// Peaks of the left and right channel, 1 being full scale, falling 24 dB a second. Wait-free.
    std::array<float, 2> levels() const;

private:
    class Impl;
    explicit Player(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

}  // namespace ricercar
