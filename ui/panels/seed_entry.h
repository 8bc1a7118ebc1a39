#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include <QString>

#include "core/base/result.h"
#include "core/music/song.h"
#include "ui/miniature.h"

namespace ricercar {

/// What a list of seeds shows of a piece.
struct SeedEntry {
    QString name;
    QString file;                      ///< empty for a take
    std::shared_ptr<const Song> song;  ///< of a take; null for a file, which is read again when it is chosen
    std::optional<Key> key;
    int tempo = 120;  ///< quarters a minute at the first note
    int bars = 0;
    Miniature miniature;

    /// "D minor  96  4 bars"
    QString detail() const;
    /// "Lantern walk, D minor, 96 bpm, 4 bars": for a screen reader and for the search.
    QString description() const;
};

SeedEntry seedEntry(QString name, const Song& song);

/// Reads the MIDI file; a file without notes is an error too.
Result<std::shared_ptr<const Song>> readSeedSong(const QString& file);
/// "River, evening" for ".../River, evening.mid".
QString seedName(const QString& file);

/// Bars counted from 0, both included.
struct BarRange {
    int first = 0;
    int last = 0;

    bool operator==(const BarRange&) const = default;
};

/// What of a piece is the seed unless the user says otherwise: all of it up to eight bars, else its last eight bars,
/// up to the last that holds notes, without empty ones at their beginning as long as four remain.
BarRange defaultSeedBars(const Song& song);

}  // namespace ricercar
