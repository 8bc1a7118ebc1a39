#pragma once

#include <cstdint>
#include <functional>

#include <CLI/CLI.hpp>

#include "core/base/result.h"

namespace ricercar {

/// Makes `command` do `work` when it is the one chosen. An error is printed as one line on standard error and ends the
/// program with status 1.
void onRun(CLI::App& command, std::function<Result<void>()> work);

/// Checks of an option: a whole number, or any, from `low` to `high`.
CLI::Validator wholeNumber(std::int64_t low, std::int64_t high);
CLI::Validator number(double low, double high);

/// No option of any subcommand takes an empty value.
void refuseEmptyValues(CLI::App& engine);

// Each adds one subcommand with its options to the engine; one .cpp file each.
void addAnalyzeCommand(CLI::App& engine);
void addScanCommand(CLI::App& engine);
void addTrainCommand(CLI::App& engine);
void addGenerateCommand(CLI::App& engine);
void addEvaluateCommand(CLI::App& engine);
void addRenderCommand(CLI::App& engine);
void addModelsCommand(CLI::App& engine);
void addBenchCommand(CLI::App& engine);
void addServeCommand(CLI::App& engine);

}  // namespace ricercar
