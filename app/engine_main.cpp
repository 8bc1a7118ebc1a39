#include "app/commands/command.h"
#include "core/train/backend_loader.h"

using namespace ricercar;

int main(int argc, char** argv) {
    prepareNumericEnvironment();
    CLI::App engine("Ricercar's engine: learns from MIDI files and composes, without a window.", "ricercar-engine");
    engine.set_version_flag("--version", RICERCAR_VERSION);
    engine.require_subcommand(1);
    engine.failure_message([](const CLI::App* asked, const CLI::Error& wrongUsage) {
        const auto unknown = asked->remaining();
        const bool noCommand = asked->get_parent() == nullptr && !unknown.empty();
        return fmt::format("{} (--help says more)\n",
                           noCommand ? fmt::format("there is no command \"{}\"", unknown.front()) : wrongUsage.what());
    });
    // The order is that of --help.
    addScanCommand(engine);
    addTrainCommand(engine);
    addGenerateCommand(engine);
    addEvaluateCommand(engine);
    addAnalyzeCommand(engine);
#ifndef RICERCAR_CORE_ONLY
    addRenderCommand(engine);
#endif
    addModelsCommand(engine);
    addBenchCommand(engine);
    addServeCommand(engine);
    refuseEmptyValues(engine);
    try {
        engine.parse(argc, argv);
    } catch (const CLI::RuntimeError& failed) {
        return failed.get_exit_code();
    } catch (const CLI::ParseError& wrongUsage) {
        return engine.exit(wrongUsage) == 0 ? 0 : 2;
    }
    return 0;
}
