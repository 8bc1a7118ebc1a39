#include "core/music/names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>

namespace ricercar {

namespace {

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return result;
}

/// The note named at the start of `text`, in semitones above C (-1 for Cb, 12 for B#), and takes it off.
std::optional<int> takeNote(std::string_view& text) {
    constexpr std::string_view letters = "cdefgab";
    constexpr std::array<int, 7> semitones = {0, 2, 4, 5, 7, 9, 11};
    const std::size_t letter = text.empty() ? std::string_view::npos : letters.find(text.front());
    if (letter == std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(1);
    int semitone = semitones[letter];
    if (text.starts_with('#') || text.starts_with('b')) {
        semitone += text.front() == '#' ? 1 : -1;
        text.remove_prefix(1);
    }
    return semitone;
}

constexpr int programCount = 128;

std::optional<int> wholeNumber(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

Result<Key> keyFromText(std::string_view text) {
    const std::string name = lowered(text);
    std::string_view rest = name;
    const auto note = takeNote(rest);
    if (!note || (rest != " major" && rest != " minor")) {
        return failure("\"{}\" is no key such as \"D minor\" or \"Eb major\"", text);
    }
    return Key{(*note + 12) % 12, rest == " major" ? Mode::major : Mode::minor};
}

Result<Pitch> pitchFromText(std::string_view text) {
    const std::string name = lowered(text);
    std::string_view rest = name;
    auto midi = wholeNumber(rest);
    if (const auto note = midi ? std::nullopt : takeNote(rest)) {
        if (const auto octave = wholeNumber(rest); octave && *octave >= -1 && *octave <= 9) {
            midi = 12 * (*octave + 1) + *note;
        }
    }
    const auto pitch = midi ? Pitch::fromMidi(*midi) : std::nullopt;
    if (!pitch) {
        return failure("\"{}\" is no pitch such as C4 or F#5, nor a number from 0 to 127", text);
    }
    return *pitch;
}

Result<Program> programFromText(std::string_view text) {
    const auto number = wholeNumber(text);
    if (number && *number >= 0 && *number < programCount) {
        return Program::clamped(*number);
    }
    for (int midi = 0; !number && !text.empty() && midi < programCount; ++midi) {
        if (lowered(programName(Program::clamped(midi))).starts_with(lowered(text))) {
            return Program::clamped(midi);
        }
    }
    return failure("\"{}\" is no General MIDI instrument", text);
}

}  // namespace ricercar
