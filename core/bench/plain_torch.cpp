#include "core/bench/plain_torch.h"

#include <chrono>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "core/base/files.h"
#include "core/engine/child_process.h"

namespace ricercar {

namespace {

/// The last line that `python` prints, if it ends well.
std::optional<std::string> printed(const std::string& python, const std::vector<std::string>& arguments, int threads,
                                   const std::stop_token& stop) {
    ChildCommand command{
        "/usr/bin/env", {"-u", "OPENBLAS_CORETYPE", "-u", "OMP_WAIT_POLICY"}, std::chrono::milliseconds(0)};
    for (const char* library : {"OMP", "OPENBLAS"}) {
        command.arguments.push_back(fmt::format("{}_NUM_THREADS={}", library, threads));
    }
    command.arguments.push_back(python);
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    std::string last;
    const auto end = runChild(
        command, [&last](std::string_view line) { last = line; }, stop);
    return end && end->exitStatus == 0 ? std::optional(last) : std::nullopt;
}

}  // namespace

std::optional<PlainTorch> PlainTorch::find(const std::stop_token& stop) {
    for (const char* python : {"python3", "/usr/bin/python3"}) {
        if (printed(python, {"-c", "import torch"}, 1, stop)) {
            return PlainTorch(python, stop);
        }
    }
    return std::nullopt;
}

std::optional<double> PlainTorch::decoded(const std::filesystem::path& model, int rows) const {
    return run({"decode", model.string(), std::to_string(rows)}, 1);
}

std::optional<double> PlainTorch::learnt(int threads, const std::string& precision) const {
    return run({"train", std::to_string(threads), precision}, threads);
}

std::optional<double> PlainTorch::run(const std::vector<std::string>& arguments, int threads) const {
    std::vector<std::string> all = {"-B", (resourceFolder() / "bench/plain_network.py").string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto number = printed(m_python, all, threads, m_stop);
    const double value = number ? std::strtod(number->c_str(), nullptr) : 0;
    return value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace ricercar
