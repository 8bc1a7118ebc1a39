#include "ui/panels/take_file.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "core/edit/bars.h"
#include "core/midi/smf_writer.h"
#include "ui/panels/plain_name.h"

namespace ricercar {

namespace fs = std::filesystem;

namespace {

/// What is in force at tick 0 of the seed's end goes for the take where the take does not say otherwise.
Song takeAlone(const Session::Take& take) {
    Song song = *take.song;
    if (take.seed.song) {
        const Song& seed = *take.seed.song;
        if (song.tempi.empty() || song.tempi.front().tick > Tick{}) {
            song.tempi.insert(song.tempi.begin(), tempoAt(Tick{}, tempoMap(seed).quartersPerMinuteAt(seed.end)));
        }
        if (song.meters.empty() || song.meters.front().tick > Tick{}) {
            song.meters.insert(song.meters.begin(),
                               {Tick{}, meterMap(seed).meterOfBar(std::max(0, barCount(seed) - 1))});
        }
    }
    return song;
}

std::shared_ptr<const Track> withName(const std::shared_ptr<const Track>& track) {
    if (!track->name.empty()) return track;
    auto named = std::make_shared<Track>(*track);
    named->name = track->isDrums() ? "Drums" : std::string(programName(track->program()));
    return named;
}

/// Folders of drags are named PROCESS-NUMBER.
bool isOfLivingProcess(const std::string& folder) {
    pid_t process = 0;
    const auto read = std::from_chars(folder.data(), folder.data() + folder.size(), process);
    return read.ec == std::errc() && process > 0 && ::kill(process, 0) == 0;
}

}  // namespace

Song takeSong(const Session::Take& take, TakeContent content) {
    Song song = takeAlone(take);
    if (content == TakeContent::seedAndTake && take.seed.song) {
        const auto fill = take.fill();
        song = fill ? filled(*take.seed.song, *fill, song) : joined(*take.seed.song, song);
    }
    song = barsOf(song, 0, std::max(0, barCount(song) - 1));
    song.title = take.name.toStdString();
    std::ranges::transform(song.tracks, song.tracks.begin(), withName);
    return song;
}

int wholeBarsDrawn(const Session::Take& take) {
    Song drawn = *take.song;
    if (const auto fill = take.fill()) {
        const auto stays = std::min(drawn.tracks.size(), staying(*take.seed.song, *fill).tracks.size());
        drawn.tracks.erase(drawn.tracks.begin(), drawn.tracks.begin() + static_cast<std::ptrdiff_t>(stays));
    }
    return wholeBars(drawn);
}

std::optional<PartOfTake> wholeBarsOf(const Session::Take& take) {
    const int bars = wholeBarsDrawn(take);
    if (bars == 0) return std::nullopt;
    Json recipe = take.recipe.is_object() ? take.recipe : Json::object();
    recipe["part"] = true;
    const int last = (take.fill() ? barCount(*take.song) : bars) - 1;
    auto song = std::make_shared<Song>(barsOf(*take.song, 0, last));
    std::erase_if(song->tracks, [](const auto& track) { return track->notes.empty(); });
    return PartOfTake{std::move(song), std::move(recipe)};
}

QString takeFileName(const QString& takeName) {
    return plainName(takeName, QStringLiteral("take")) + QStringLiteral(".mid");
}

fs::path dragFolder() { return cacheFolder() / "drag"; }

Result<QString> writeDragFile(const Session::Take& take, TakeContent content) {
    static int number = 0;
    const fs::path folder = dragFolder() / fmt::format("{}-{}", ::getpid(), ++number);
    const fs::path path = folder / takeFileName(take.name).toStdString();
    return writeSmfFile(path, takeSong(take, content)).map([&] { return QString::fromStdString(path.string()); });
}

void purgeDragFiles() {
    std::error_code error;
    for (const auto& folder : fs::directory_iterator(dragFolder(), error)) {
        if (!isOfLivingProcess(folder.path().filename().string())) {
            fs::remove_all(folder.path(), error);
        }
    }
}

void purgeTakeFiles() {
    std::error_code error;
    const auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(24);
    for (const auto& file : fs::directory_iterator(cacheFolder() / "takes", error)) {
        if (const auto written = file.last_write_time(error); !error && written < yesterday) {
            fs::remove(file.path(), error);
        }
    }
}

}  // namespace ricercar
