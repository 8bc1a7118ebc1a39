#include "core/engine/runs.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/base/files.h"
#include "core/engine/detached_run.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

bool isName(const std::string& name) {
    return !name.empty() && name.size() <= 100 && name.front() != '.' && name.find('/') == std::string::npos &&
           name.find('\0') == std::string::npos;
}

bool isThere(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

}  // namespace

Result<std::string> Runs::begin(const std::string& wanted, const Json& request) const {
    if (!isName(wanted)) {
        return failure("\"{}\" is no name for a model: it must be short, without \"/\" and not begin with a dot",
                       wanted);
    }
    std::error_code error;
    fs::create_directories(m_data / "runs", error);
    std::string name = wanted;
    for (int number = 2; isThere(model(name)) || !fs::create_directory(folder(name), error); ++number) {
        if (error) {
            return failure("{}: {}", folder(name).string(), error.message());
        }
        name = fmt::format("{}-{}", wanted, number);
    }
    return writeFileAtomically(requestFile(name), request.dump(2) + '\n').map([&] { return name; });
}

Result<Json> Runs::request(const std::string& name) const {
    const auto text = isName(name) ? readTextFile(requestFile(name)) : failure("");
    auto json = text ? parseJson(*text) : tl::make_unexpected(text.error());
    if (!json || !json->is_object()) {
        return failure("there is no training run \"{}\"", name);
    }
    // Earlier versions wrote empty texts for what was not given.
    for (auto field = json->begin(); field != json->end();) {
        field = *field == "" ? json->erase(field) : std::next(field);
    }
    return json;
}

std::vector<std::string> Runs::names() const {
    std::error_code error;
    std::vector<std::pair<fs::file_time_type, std::string>> found;
    for (const auto& entry : fs::directory_iterator(m_data / "runs", error)) {
        const std::string name = entry.path().filename().string();
        const auto time = fs::last_write_time(requestFile(name), error);
        if (!error) {
            found.emplace_back(time, name);
        }
    }
    std::sort(found.rbegin(), found.rend());
    std::vector<std::string> names;
    for (auto& [time, name] : found) {
        names.push_back(std::move(name));
    }
    return names;
}

bool Runs::canResume(const std::string& name) const { return isThere(RunDirectory(folder(name)).checkpoint()); }

bool Runs::hasModel(const std::string& name) const { return isThere(RunDirectory(folder(name)).best()); }

std::optional<Descriptor> Runs::claim(const std::string& name) const {
    // A process that trains locks the folder only once it has read the music: until then the request is locked, or the
    // process is known.
    Descriptor request(::open(requestFile(name).c_str(), O_RDONLY | O_CLOEXEC));
    const bool claimed = request.isOpen() && ::flock(request.number(), LOCK_EX | LOCK_NB) == 0 &&
                         !DetachedRun(folder(name)).isRunning() && RunDirectory(folder(name)).lock();
    return claimed ? std::optional(std::move(request)) : std::nullopt;
}

Result<fs::path> Runs::keep(const std::string& name) const {
    const fs::path kept = model(name);
    return readFile(RunDirectory(folder(name)).best())
        .and_then([&](const std::vector<std::byte>& bytes) { return writeFileAtomically(kept, bytes); })
        .map([&] { return kept; });
}

void Runs::remove(const std::string& name) const {
    std::error_code error;
    fs::remove(requestFile(name), error);  // first, so that half a folder is not offered
    fs::remove_all(folder(name), error);
}

}  // namespace ricercar
