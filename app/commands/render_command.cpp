#include <memory>

#include "app/commands/command.h"
#include "app/terminal.h"
#include "core/audio/render.h"
#include "core/audio/sound_fonts.h"
#include "core/midi/smf_reader.h"

namespace ricercar {

namespace {

struct RenderOptions {
    std::string file;
    std::string out;
    std::string soundFont;
};

Result<void> renderFile(const RenderOptions& options) {
    const std::stop_token stop = interruption();
    const auto reading = readSmfFile(options.file);
    if (!reading) {
        return tl::make_unexpected(reading.error());
    }
    for (const SmfWarning& warning : reading->warnings) {
        fmt::print(stderr, "{}: byte {}: {}\n", options.file, warning.byte, warning.message);
    }
    const auto soundFont =
        options.soundFont.empty() ? findSoundFont() : Result<std::filesystem::path>(options.soundFont);
    if (!soundFont) {
        return tl::make_unexpected(soundFont.error());
    }
    return renderToFile(reading->song, options.out, *soundFont, terminalProgress(), stop);
}

}  // namespace

void addRenderCommand(CLI::App& engine) {
    auto options = std::make_shared<RenderOptions>();
    CLI::App& command = *engine.add_subcommand("render", "Turn a MIDI file into a sound file");
    command.add_option("file", options->file, "A MIDI file")->required()->type_name("FILE.mid");
    command.add_option("--out", options->out, "The sound file; its ending chooses the format")
        ->required()
        ->type_name("FILE.(wav|flac|ogg)");
    command.add_option("--soundfont", options->soundFont, "A sound font; else the best one installed")
        ->type_name("FILE.(sf2|sf3)");
    onRun(command, [options] { return renderFile(*options); });
}

}  // namespace ricercar
