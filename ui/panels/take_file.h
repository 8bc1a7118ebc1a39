#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include <QString>

#include "core/base/files.h"
#include "core/base/result.h"
#include "ui/session.h"

namespace ricercar {

/// What of a take leaves the program.
enum class TakeContent { takeAlone, seedAndTake };

/// A finished song: ends on a bar line, states its tempo and metre at tick 0, every track has a name.
Song takeSong(const Session::Take& take, TakeContent content);

/// How many whole bars of a take that is being drawn are there.
int wholeBarsDrawn(const Session::Take& take);

/// What can be kept of a take that is being drawn: its whole bars (where it fills in, all its bars with what is in the
/// whole ones), with a recipe that says with `part` that there were
/// to be more. Nothing when there is no whole bar.
struct PartOfTake {
    std::shared_ptr<const Song> song;
    Json recipe;
};
std::optional<PartOfTake> wholeBarsOf(const Session::Take& take);

/// "take-12.mid".
QString takeFileName(const QString& takeName);

/// Writes the take into a fresh folder below `dragFolder()`, under `takeFileName`; the file's path. A receiver may read
/// it long after it was dropped, so that nothing but `purgeDragFiles` removes it.
Result<QString> writeDragFile(const Session::Take& take, TakeContent content);

std::filesystem::path dragFolder();
/// Removes what was written by programs that have ended, for the start of the program.
void purgeDragFiles();
/// Removes the takes that the engine has left in its cache for more than a day: the library has them.
void purgeTakeFiles();

}  // namespace ricercar
