#include "core/music/key.h"

namespace ricercar {

std::string Key::text() const {
    static constexpr std::array<const char*, 12> major = {"C",  "Db", "D",  "Eb", "E",  "F",
                                                          "F#", "G",  "Ab", "A",  "Bb", "B"};
    static constexpr std::array<const char*, 12> minor = {"C",  "C#", "D",  "Eb", "E",  "F",
                                                          "F#", "G",  "G#", "A",  "Bb", "B"};
    const auto index = static_cast<std::size_t>(tonic);
    return mode == Mode::major ? std::string(major[index]) + " major" : std::string(minor[index]) + " minor";
}

bool Key::contains(int pitchClass) const {
    constexpr unsigned majorScale = 0b101010110101;
    constexpr unsigned minorScale = 0b010110101101;
    const unsigned scale = mode == Mode::major ? majorScale : minorScale;
    return ((scale >> ((pitchClass - tonic + 12) % 12)) & 1U) != 0;
}

Key KeyChange::key() const {
    const int majorTonic = (sharps * 7 + 84) % 12;
    return minor ? Key{(majorTonic + 9) % 12, Mode::minor} : Key{majorTonic, Mode::major};
}

}  // namespace ricercar
