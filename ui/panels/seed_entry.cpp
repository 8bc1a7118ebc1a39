#include "ui/panels/seed_entry.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <QFileInfo>
#include <QObject>

#include "core/analysis/key_finding.h"
#include "core/midi/smf_reader.h"
#include "ui/panels/words.h"

namespace ricercar {

namespace {

constexpr int fewestBars = 4;
constexpr int mostBars = 8;

std::optional<Tick> firstOnset(const Song& song) {
    std::optional<Tick> first;
    for (const auto& track : song.tracks) {
        if (!track->notes.empty()) {
            first = std::min(first.value_or(track->notes.front().onset), track->notes.front().onset);
        }
    }
    return first;
}

}  // namespace

QString SeedEntry::detail() const {
    const QString keyText = key ? QString::fromStdString(key->text()) : QObject::tr("no key");
    return QStringLiteral("%1  %2  %3").arg(keyText).arg(tempo).arg(barsText(bars));
}

QString SeedEntry::description() const {
    const QString keyText = key ? QString::fromStdString(key->text()) : QObject::tr("no key");
    return QObject::tr("%1, %2, %3 bpm, %4").arg(name, keyText).arg(tempo).arg(barsText(bars));
}

SeedEntry seedEntry(QString name, const Song& song) {
    const auto key = findKey(song);
    return {
        .name = std::move(name),
        .file = {},
        .song = nullptr,
        .key = key ? std::optional(key->key) : std::nullopt,
        .tempo = static_cast<int>(std::lround(tempoMap(song).quartersPerMinuteAt(firstOnset(song).value_or(Tick{})))),
        .bars = barCount(song),
        .miniature = Miniature(song)};
}

Result<std::shared_ptr<const Song>> readSeedSong(const QString& file) {
    auto reading = readSmfFile(file.toStdString());
    if (!reading) {
        return tl::make_unexpected(reading.error());
    }
    if (noteCount(reading->song) == 0) {
        return failure("{}: no notes in it", file.toStdString());
    }
    return std::make_shared<const Song>(std::move(reading->song));
}

QString seedName(const QString& file) {
    return QFileInfo(file).completeBaseName().replace(QLatin1Char('_'), QLatin1Char(' '));
}

BarRange defaultSeedBars(const Song& song) {
    const MeterMap meters = meterMap(song);
    std::set<int> barsWithNotes;
    for (const auto& track : song.tracks) {
        for (const Note& note : track->notes) barsWithNotes.insert(meters.barAt(note.onset));
    }
    const int bars = barCount(song);
    if (bars <= mostBars || barsWithNotes.empty()) {
        return {0, std::max(0, bars - 1)};
    }
    const int last = *barsWithNotes.rbegin();
    const int earliest = std::max(0, last - mostBars + 1);
    const int latest = std::max(0, last - fewestBars + 1);
    return {std::min(*barsWithNotes.lower_bound(earliest), latest), last};
}

}  // namespace ricercar
