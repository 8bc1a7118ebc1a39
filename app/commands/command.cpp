#include "app/commands/command.h"

#include <charconv>
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

namespace {

template <typename Number>
CLI::Validator within(Number low, Number high, const char* kind) {
    const std::string range = fmt::format("{} from {} to {}", kind, low, high);
    const auto check = [=](const std::string& text) {
        Number value{};
        const char* end = text.data() + text.size();
        const auto read = std::from_chars(text.data(), end, value);
        const bool fits = read.ec == std::errc() && read.ptr == end && value >= low && value <= high;
        return fits ? std::string() : fmt::format("{} is not {}", text, range);
    };
    return {check, fmt::format("{} to {}", low, high)};
}

}  // namespace

CLI::Validator wholeNumber(std::int64_t low, std::int64_t high) { return within(low, high, "a whole number"); }

CLI::Validator number(double low, double high) { return within(low, high, "a number"); }

void refuseEmptyValues(CLI::App& engine) {
    const CLI::Validator notEmpty(
        [](const std::string& text) { return text.empty() ? std::string("an empty value") : std::string(); }, "");
    for (CLI::App* command : engine.get_subcommands({})) {
        for (CLI::Option* option : command->get_options()) {
            option->check(notEmpty);
        }
    }
}

}  // namespace ricercar
