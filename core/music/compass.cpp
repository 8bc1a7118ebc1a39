#include "core/music/compass.h"

#include <array>

namespace ricercar {

namespace {

struct Range {
    int lowest;
    int highest;
};

constexpr Range synthetic{36, 96};

/// Pianos to pipes, programs 0 to 79.
constexpr std::array<Range, 80> classical = {{
    // pianos: four of them, two electric, harpsichord, clavinet
    {21, 108},
    {21, 108},
    {21, 108},
    {21, 108},
    {28, 103},
    {28, 103},
    {41, 89},
    {36, 96},
    // celesta, glockenspiel, music box, vibraphone, marimba, xylophone, tubular bells, dulcimer
    {60, 108},
    {79, 108},
    {60, 96},
    {53, 89},
    {45, 96},
    {65, 108},
    {60, 77},
    {50, 86},
    // organs: three, church, reed, accordion, harmonica, bandoneon
    {36, 96},
    {36, 96},
    {36, 96},
    {36, 96},
    {36, 96},
    {53, 93},
    {60, 96},
    {50, 93},
    // guitars: nylon, steel, jazz, clean, muted, two driven, harmonics
    {40, 83},
    {40, 83},
    {40, 86},
    {40, 86},
    {40, 86},
    {40, 86},
    {40, 86},
    {52, 96},
    // basses: acoustic, fingered, picked, fretless, two slapped, two synthetic
    {28, 60},
    {28, 60},
    {28, 60},
    {28, 60},
    {28, 60},
    {28, 60},
    {28, 60},
    {28, 60},
    // violin, viola, cello, double bass, tremolo, pizzicato, harp, timpani
    {55, 100},
    {48, 88},
    {36, 79},
    {28, 62},
    {28, 96},
    {28, 91},
    {24, 103},
    {38, 57},
    // strings, slow strings, two synthetic, choir, voices, synthetic voice, orchestra hit
    {28, 96},
    {28, 96},
    {28, 96},
    {28, 96},
    {43, 81},
    {43, 81},
    {43, 84},
    {36, 84},
    // trumpet, trombone, tuba, muted trumpet, horn, brass, two synthetic
    {54, 84},
    {40, 74},
    {28, 58},
    {54, 84},
    {41, 77},
    {36, 84},
    {36, 84},
    {36, 84},
    // saxophones: soprano, alto, tenor, baritone; oboe, English horn, bassoon, clarinet
    {56, 88},
    {49, 81},
    {44, 76},
    {36, 69},
    {58, 91},
    {52, 81},
    {34, 75},
    {50, 94},
    // piccolo, flute, recorder, pan flute, bottle, shakuhachi, whistle, ocarina
    {74, 108},
    {60, 98},
    {60, 98},
    {60, 96},
    {60, 96},
    {55, 91},
    {60, 96},
    {60, 89},
}};

/// Programs 104 to 119.
constexpr int firstWorld = 104;
constexpr std::array<Range, 16> world = {{
    // sitar, banjo, shamisen, koto, kalimba, bagpipe, fiddle, shanai
    {48, 84},
    {48, 86},
    {50, 86},
    {43, 91},
    {48, 84},
    {55, 81},
    {55, 96},
    {50, 84},
    // tinkle bell, agogo, steel drums, woodblock, taiko, melodic tom, synth drum, reverse cymbal
    {72, 96},
    {60, 84},
    {48, 91},
    {60, 84},
    {36, 60},
    {36, 72},
    {36, 72},
    {36, 96},
}};

Range rangeOf(int program) {
    const auto index = static_cast<std::size_t>(program);
    if (index < classical.size()) {
        return classical[index];
    }
    const bool inWorld = program >= firstWorld && index < firstWorld + world.size();
    return inWorld ? world[index - firstWorld] : synthetic;
}

}  // namespace

Compass compassOf(Program program) {
    const Range range = rangeOf(program.midi());
    return {Pitch::clamped(range.lowest), Pitch::clamped(range.highest)};
}

}  // namespace ricercar
