#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/train/run_directory.h"

namespace ricercar {

/// The training runs that have a name: folders of `runs`, beside the user's `models`, with what was asked for in
/// `request.json`. A run stays until its model is kept or it is removed, so that one that was cut off is found again.
class Runs {
public:
    explicit Runs(std::filesystem::path dataFolder) : m_data(std::move(dataFolder)) {}

    /// Makes the folder of a new run, of a name that no run and no model has yet: `wanted`, or with a number behind it.
    Result<std::string> begin(const std::string& wanted, const Json& request) const;
    /// What the run was begun with; an error where there is no such run.
    Result<Json> request(const std::string& name) const;
    /// The newest first.
    std::vector<std::string> names() const;

    std::filesystem::path folder(const std::string& name) const { return m_data / "runs" / name; }
    /// Whether there is something to go on from, and a model to keep.
    bool canResume(const std::string& name) const;
    bool hasModel(const std::string& name) const;

    /// As long as the result lives, no other engine starts the run, keeps its model or removes it; nothing where it
    /// trains already, or another engine has it.
    std::optional<Descriptor> claim(const std::string& name) const;

    /// Puts the best model among the user's, whole or not at all; its file.
    Result<std::filesystem::path> keep(const std::string& name) const;
    void remove(const std::string& name) const;

private:
    std::filesystem::path requestFile(const std::string& name) const { return folder(name) / "request.json"; }
    std::filesystem::path model(const std::string& name) const { return m_data / "models" / (name + ".safetensors"); }

    std::filesystem::path m_data;
};

}  // namespace ricercar
