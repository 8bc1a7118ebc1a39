#include "app/engine_services.h"

#include <algorithm>
#include <filesystem>
#include <future>
#include <thread>

#include "core/base/files.h"
#include "core/corpus/scan.h"
#include "core/engine/host_name.h"
#include "core/train/backend_loader.h"

namespace ricercar {

namespace {

constexpr const char* trainingVocabulary = "house-2";

EngineFacts factsAtOnce() {
    EngineFacts facts;
    facts.version = RICERCAR_VERSION;
    facts.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    facts.host = hostName();
    return facts;
}

/// libtorch is loaded behind the scenes; who asks for these facts waits for it.
std::function<EngineFacts()> trainingFacts() {
    const auto loading = std::async(std::launch::async, loadNetworkBackend).share();
    return [loading] {
        EngineFacts facts = factsAtOnce();
        if (const auto& backend = loading.get()) {
            facts.devices = (*backend)->devices();
            facts.blas = (*backend)->blas();
            facts.threads = (*backend)->threads();
        }
        return facts;
    };
}

Result<Json> scanReport(const std::filesystem::path& folder, const ProgressSink& progress, std::stop_token stop) {
    return findVocabulary(trainingVocabulary)
        .and_then([&](const std::shared_ptr<const Vocabulary>& vocabulary) {
            return scan(folder, {.vocabulary = vocabulary, .limits = {}}, progress, std::move(stop));
        })
        .map([](const ScanReport& report) { return toJson(report); });
}

}  // namespace

Services engineServices() {
    Services services;
    services.facts = factsAtOnce;
    services.trainingFacts = trainingFacts();
    services.listModels = listModels;
    services.findModel = findModel;
    services.openModel = Model::open;
    services.prepare = PreparedSeed::prepare;
    services.generate = generate;
    services.scan = scanReport;
    services.program = std::filesystem::read_symlink("/proc/self/exe");
    services.takesFolder = cacheFolder() / "takes";
    services.dataFolder = userDataFolder();
    services.cacheFolder = cacheFolder();
    return services;
}

}  // namespace ricercar
