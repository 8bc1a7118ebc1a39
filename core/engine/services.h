#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/progress.h"
#include "core/generate/generate.h"
#include "core/model/model.h"
#include "core/model/model_library.h"

namespace ricercar {

/// What `initialize` and `engine/facts` say about the engine and its machine.
struct EngineFacts {
    std::string version;
    std::vector<std::string> devices{"cpu"};  ///< the first is what "auto" means
    std::string blas;
    int threads = 1;
    std::string host;  ///< the machine's name
};

/// What the server asks of the rest of the engine. The program wires the real functions, tests theirs. All are called
/// on threads of jobs, several at once.
struct Services {
    /// What is known at once.
    std::function<EngineFacts()> facts;
    /// What is known when the training library has been loaded, which may take seconds. May be empty.
    std::function<EngineFacts()> trainingFacts;
    std::function<std::vector<ModelEntry>()> listModels;
    std::function<Result<std::filesystem::path>(const std::string& nameOrPath)> findModel;
    std::function<Result<std::shared_ptr<const Model>>(const std::filesystem::path&)> openModel;
    std::function<Result<std::shared_ptr<const PreparedSeed>>(std::shared_ptr<const Model>, const Song& seed,
                                                              const std::optional<FillIn>& fill)>
        prepare;
    std::function<Result<std::vector<Take>>(const PreparedSeed&, const GenerateSettings&, const GenerateEvents&,
                                            const std::stop_token&)>
        generate;
    /// The report of a folder of MIDI files; an error when stopped.
    std::function<Result<Json>(const std::filesystem::path& folder, const ProgressSink&, const std::stop_token&)> scan;

    /// The program whose subcommands `train` and `evaluate` are run, and how long they may take to stop before they are
    /// killed.
    std::filesystem::path program;
    std::chrono::milliseconds stopPatience{30'000};
    /// For takes when the client names no folder.
    std::filesystem::path takesFolder;
    /// With the user's models and training runs; and for what clients elsewhere send.
    std::filesystem::path dataFolder;
    std::filesystem::path cacheFolder;
};

}  // namespace ricercar
