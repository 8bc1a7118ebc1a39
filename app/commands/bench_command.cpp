#include <csignal>
#include <memory>
#include <string>

#include "app/commands/command.h"
#include "app/engine_services.h"
#include "app/terminal.h"
#include "core/bench/bench.h"
#include "core/train/backend_loader.h"

namespace ricercar {

namespace {

struct Options {
    std::string model = "default";
    bool json = false;
};

/// With three digits that count.
std::string rounded(double value) {
    const int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    return fmt::format("{:.{}f}", value, decimals);
}

void print(const Figure& figure) {
    std::string beside;
    for (const Figure::Peer& peer : figure.peers) {
        beside += fmt::format("  {} x {} ({})", rounded(figure.value / peer.value), peer.name, rounded(peer.value));
    }
    fmt::print("{:<58} {:>8} {:<9}{}\n", figure.name, rounded(figure.value), figure.unit, beside);
    std::fflush(stdout);
}

void printMachine(const Json& machine) {
    for (const auto& [name, value] : machine.items()) {
        fmt::print("{}: {}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    fmt::print("\n");
}

Result<void> run(const Options& options) {
    std::signal(SIGPIPE, SIG_IGN);
    const std::stop_token stop = interruption();
    const auto file = findModel(options.model);
    if (!file) {
        return tl::make_unexpected(file.error());
    }
    if (const auto model = Model::open(*file); !model) {
        return tl::make_unexpected(model.error());
    }
    const Services services = engineServices();
    const auto backend = loadNetworkBackend();
    const auto plainTorch = PlainTorch::find(stop);
    const Peers peers{backend ? *backend : nullptr, plainTorch ? &*plainTorch : nullptr};

    const Json machine = describeMachine(peers);
    Json figures = Json::array();
    const FigureSink sink = [&](const Figure& figure) {
        options.json ? figures.push_back(toJson(figure)) : print(figure);
    };
    if (!options.json) {
        printMachine(machine);
    }
    measureMachine(peers, sink, stop);
    auto measured =
        measureDecoding(*file, peers, sink, stop)
            .and_then([&] { return measureComposing(services, *file, peers, sink, stop); })
            .and_then(
                [&] { return peers.torch != nullptr ? measureTraining(services, peers, sink, stop) : Result<void>(); });
    if (stop.stop_requested()) {
        measured = failure("interrupted: the rest was not measured");
    }
    if (options.json) {
        const Json all{{"machine", machine}, {"figures", figures}, {"complete", measured.has_value()}};
        fmt::print("{}\n", all.dump(2));
    }
    return measured;
}

}  // namespace

void addBenchCommand(CLI::App& engine) {
    auto* command = engine.add_subcommand("bench", "Measure how fast this machine reads, composes and learns");
    const auto options = std::make_shared<Options>();
    command->add_option("--model", options->model, "The model to compose with")->capture_default_str();
    command->add_flag("--json", options->json, "Print JSON, when all is measured");
    onRun(*command, [options] { return run(*options); });
}

}  // namespace ricercar
