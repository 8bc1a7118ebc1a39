#include "app/commands/command.h"

#include <cstdio>
#include <utility>

namespace ricercar {

void onRun(CLI::App& command, std::function<Result<void>()> work) {
    command.callback([work = std::move(work)] {
        if (const auto done = work(); !done) {
            fmt::print(stderr, "{}\n", done.error().message);
            throw CLI::RuntimeError(1);
        }
    });
}

}  // namespace ricercar
