#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "app/commands/command.h"
#include "app/engine_services.h"
#include "core/base/descriptor.h"
#include "core/engine/server.h"

namespace ricercar {

namespace {

Result<void> run() {
    ::signal(SIGPIPE, SIG_IGN);
    // Whatever a library prints must not come between the messages.
    const Descriptor output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    const int status = serve(engineServices(), STDIN_FILENO, output.number());
    if (status != 0) {
        throw CLI::RuntimeError(status);
    }
    return {};
}

}  // namespace

void addServeCommand(CLI::App& engine) {
    auto* command =
        engine.add_subcommand("serve", "Answer JSON-RPC requests on standard input and output (docs/protocol.md)");
    onRun(*command, run);
}

}  // namespace ricercar
