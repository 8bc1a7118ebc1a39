#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/descriptor.h"
#include "core/engine/child_process.h"

namespace ricercar {

/// The process of a training run that goes on when the engine ends, known by what it leaves in the folder of the run:
/// `process.json` says which process it is, `progress.jsonl` what it has said, `errors.txt` what it has complained of.
class DetachedRun {
public:
    explicit DetachedRun(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    /// Starts the program; what it says is added to what an earlier one has said.
    Result<void> start(const ChildCommand& command) const;
    /// On this machine; false too for one that nobody has waited for.
    bool isRunning() const;
    void signal(int number) const;
    /// Empty when there is none.
    std::string lastErrorLine() const;
    std::filesystem::path progress() const { return m_folder / "progress.jsonl"; }

private:
    std::filesystem::path processFile() const { return m_folder / "process.json"; }
    std::filesystem::path errors() const { return m_folder / "errors.txt"; }
    std::optional<int> process() const;

    std::filesystem::path m_folder;
};

/// The lines of a file that grows.
class LineTail {
public:
    /// From its start, or from its present end.
    LineTail(std::filesystem::path file, bool fromEnd);
    /// Calls `onLine` for each whole line that has come since the last call.
    void read(const std::function<void(std::string_view line)>& onLine);

private:
    std::filesystem::path m_file;
    std::int64_t m_offset = 0;
    std::string m_part;
};

}  // namespace ricercar
