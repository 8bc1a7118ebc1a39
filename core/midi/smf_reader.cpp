#include "core/midi/smf_reader.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/base/files.h"
#include "core/midi/track_chunk.h"

namespace ricercar {

namespace {

constexpr std::size_t chunkHeader = 8;
constexpr std::size_t mostTracks = 65'535;  ///< what the header can count
constexpr std::uintmax_t mostBytes = 256U << 20U;

/// A track with the channel it plays on, counted through all ports.
struct Part {
    int portChannel;
    Track track;
};

class FileReader {
public:
    explicit FileReader(std::span<const std::uint8_t> file) : m_file(file) {}

    Result<SmfReading> read();

private:
    void unwrapRiff();
    Result<void> readHeader();
    Result<void> readDivision(std::size_t at);
    void readChunks();
    std::size_t readTrack(std::size_t at);
    void addParts(TrackChunk chunk);
    void applyProgramsAcrossChunks();

    unsigned bigEndian(std::size_t at, int count) const;
    bool has(std::size_t at, std::string_view id) const;
    bool startsChunk(std::size_t at) const;
    std::size_t findTrack(std::size_t from) const;

    std::span<const std::uint8_t> m_file;  ///< up to the end of the SMF inside
    std::size_t m_at = 0;
    SmfReading m_reading;
    SmfWarnings m_warnings;
    bool m_countsSeconds = false;
    std::size_t m_chunks = 0;
    std::vector<Part> m_parts;
};

Result<SmfReading> FileReader::read() {
    unwrapRiff();
    const std::size_t start = m_at;
    if (const auto header = readHeader(); !header) {
        return tl::make_unexpected(header.error());
    }
    readChunks();
    if (const unsigned promised = bigEndian(start + 10, 2); promised != m_chunks) {
        m_warnings.add(start + 10, fmt::format("the header promises {} tracks, the file has {}", promised, m_chunks));
    }
    applyProgramsAcrossChunks();
    Song& song = m_reading.song;
    for (Part& part : m_parts) {
        song.tracks.push_back(std::make_shared<const Track>(std::move(part.track)));
    }
    const auto byTick = [](const auto& a, const auto& b) { return a.tick < b.tick; };
    std::stable_sort(song.tempi.begin(), song.tempi.end(), byTick);
    std::stable_sort(song.meters.begin(), song.meters.end(), byTick);
    std::stable_sort(song.keys.begin(), song.keys.end(), byTick);
    m_reading.warnings = m_warnings.list();
    return std::move(m_reading);
}

/// Moves to the "data" chunk of a RIFF RMID file (MMA, "RIFF RMID specification"); its numbers are little-endian and
/// its chunks padded to even lengths.
void FileReader::unwrapRiff() {
    if (!has(0, "RIFF") || !has(8, "RMID")) {
        return;
    }
    for (std::size_t at = 12; at + chunkHeader <= m_file.size();) {
        const std::size_t length = m_file[at + 4] | m_file[at + 5] << 8 | m_file[at + 6] << 16 |
                                   static_cast<std::size_t>(m_file[at + 7]) << 24;
        const std::size_t body = at + chunkHeader;
        if (has(at, "data")) {
            if (length > m_file.size() - body) {
                m_warnings.add(at + 4, "the RIFF data is longer than the file");
            }
            m_file = m_file.first(std::min(m_file.size(), body + length));
            m_at = body;
            return;
        }
        at = body + length + length % 2;
    }
}

Result<void> FileReader::readHeader() {
    const std::size_t start = m_at;
    if (!has(start, "MThd")) {
        return failure("not a MIDI file: there is no \"MThd\" at byte {}", start);
    }
    if (start + 14 > m_file.size()) {
        return failure("the MIDI header is cut off at byte {}", m_file.size());
    }
    std::size_t length = bigEndian(start + 4, 4);
    if (length < 6 || length > m_file.size() - start - chunkHeader) {
        m_warnings.add(start + 4, fmt::format("the header's length is {} instead of 6", length));
        length = 6;
    }
    m_at = start + chunkHeader + length;
    m_reading.format = static_cast<int>(bigEndian(start + 8, 2));
    if (m_reading.format > 2) {
        m_warnings.add(start + 8, fmt::format("format {} does not exist; read as format 1", m_reading.format));
        m_reading.format = 1;
    }
    return readDivision(start + 12);
}

Result<void> FileReader::readDivision(std::size_t at) {
    Song& song = m_reading.song;
    const auto division = static_cast<int>(bigEndian(at, 2));
    if (division < 0x8000) {
        song.ticksPerQuarter = division;
    } else {
        const int written = 256 - (division >> 8);
        if (written != 24 && written != 25 && written != 29 && written != 30) {
            m_warnings.add(at, fmt::format("{} frames a second are not in the standard", written));
        }
        const bool dropsFrames = written == 29;  // stands for 29.97: 30 frames in 1.001 s
        const int ticksPerSecond = (dropsFrames ? 30 : written) * (division & 0xff);
        const int quartersPerSecond = ticksPerSecond % 2 == 0 ? 2 : 1;
        song.ticksPerQuarter = ticksPerSecond / quartersPerSecond;
        song.tempi.push_back({Tick{0}, (dropsFrames ? 1'001'000 : 1'000'000) / quartersPerSecond});
        m_countsSeconds = true;
    }
    if (song.ticksPerQuarter == 0) {
        return failure("the MIDI header's division is 0 at byte {}", at);
    }
    return {};
}

void FileReader::readChunks() {
    while (m_at < m_file.size()) {
        if (!startsChunk(m_at)) {
            m_warnings.add(m_at, "bytes that belong to no chunk are skipped");
            m_at = findTrack(m_at + 1);
        } else if (!startsTrack(m_file, m_at)) {
            m_at += chunkHeader + bigEndian(m_at + 4, 4);
        } else if (m_chunks == mostTracks) {
            m_warnings.add(m_at, "tracks beyond the 65535th are ignored");
            return;
        } else {
            m_at = readTrack(m_at);
        }
    }
}

/// Reads the track chunk at `at`; the result is where the next chunk should start. A length after which no chunk
/// starts is not believed: then the end-of-track event decides.
std::size_t FileReader::readTrack(std::size_t at) {
    const std::size_t body = at + chunkHeader;
    const std::size_t end = body + bigEndian(at + 4, 4);
    const bool believed = end == m_file.size() || startsChunk(end);
    TrackChunk chunk = readTrackChunk(m_file, {body, believed ? end : m_file.size(), !believed}, m_countsSeconds,
                                      m_reading.song, m_warnings);
    const std::size_t stop = chunk.stop;
    if (!chunk.complete) {
        m_warnings.add(stop, "a track has no end-of-track event");
    }
    addParts(std::move(chunk));
    if (end > m_file.size()) {
        m_warnings.add(at + 4, "a track's length goes beyond the end of the file");
        return stop;
    }
    if (stop > end || (stop < end && startsTrack(m_file, stop))) {
        m_warnings.add(at + 4, "a track's length is wrong");
        return stop;
    }
    if (stop < end) {
        m_warnings.add(stop, "data after the end of a track is ignored");
    }
    return believed ? end : stop;
}

void FileReader::addParts(TrackChunk chunk) {
    Song& song = m_reading.song;
    const bool isFirst = m_chunks++ == 0;
    song.end = std::max(song.end, chunk.end);
    const bool hasNameForEach = chunk.names.size() > 1 && chunk.names.size() == chunk.tracks.size();
    if (chunk.names.size() > 1 && !hasNameForEach) {
        m_warnings.add(chunk.stop, "a track has several names; the first is kept");
    }
    std::string name = chunk.names.empty() ? std::string() : chunk.names.front();
    if (isFirst && !hasNameForEach && (m_reading.format == 0 || chunk.tracks.empty())) {
        song.title = std::exchange(name, {});
    }
    if (chunk.tracks.empty() && !name.empty()) {
        chunk.tracks.emplace_back();
    }
    for (std::size_t i = 0; i < chunk.tracks.size(); ++i) {
        Track& track = chunk.tracks[i];
        track.name = hasNameForEach ? chunk.names[i] : name;
        m_parts.push_back({chunk.port * 16 + track.channel.midi(), std::move(track)});
    }
}

/// A synthesiser does not care which chunk a program change stood in. Each track takes over only those changes that its
/// notes hear, so that the memory stays linear.
void FileReader::applyProgramsAcrossChunks() {
    std::map<int, std::vector<ProgramChange>> programs;
    for (const Part& part : m_parts) {
        auto& ofChannel = programs[part.portChannel];
        ofChannel.insert(ofChannel.end(), part.track.programs.begin(), part.track.programs.end());
    }
    const auto byTick = [](const ProgramChange& a, const ProgramChange& b) { return a.tick < b.tick; };
    for (auto& [channel, changes] : programs) {
        std::stable_sort(changes.begin(), changes.end(), byTick);
    }
    for (Part& part : m_parts) {
        Track& track = part.track;
        const auto& ofChannel = programs[part.portChannel];
        std::vector<ProgramChange> heard;
        auto last = ofChannel.begin();
        for (const Note& note : track.notes) {
            if (!track.programs.empty() && note.onset >= track.programs.front().tick) {
                break;
            }
            const auto after = std::upper_bound(last, ofChannel.end(), ProgramChange{note.onset, {}}, byTick);
            if (after != last) {
                heard.push_back(*(after - 1));
                last = after;
            }
        }
        track.programs.insert(track.programs.begin(), heard.begin(), heard.end());
    }
}

unsigned FileReader::bigEndian(std::size_t at, int count) const {
    unsigned number = 0;
    for (int i = 0; i < count; ++i) {
        number = number << 8 | m_file[at + static_cast<std::size_t>(i)];
    }
    return number;
}

bool FileReader::has(std::size_t at, std::string_view id) const {
    return at + id.size() <= m_file.size() && std::equal(id.begin(), id.end(), m_file.begin() + at);
}

bool FileReader::startsChunk(std::size_t at) const {
    if (at + chunkHeader > m_file.size()) {
        return false;
    }
    const auto id = m_file.subspan(at, 4);
    const bool printable = std::all_of(id.begin(), id.end(), [](std::uint8_t c) { return c >= 0x20 && c < 0x7f; });
    return startsTrack(m_file, at) || (printable && bigEndian(at + 4, 4) <= m_file.size() - at - chunkHeader);
}

std::size_t FileReader::findTrack(std::size_t from) const {
    static constexpr std::string_view id = "MTrk";
    return static_cast<std::size_t>(std::search(m_file.begin() + from, m_file.end(), id.begin(), id.end()) -
                                    m_file.begin());
}

}  // namespace

Result<SmfReading> readSmf(std::span<const std::byte> bytes) {
    return FileReader({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}).read();
}

Result<SmfReading> readSmfFile(const std::filesystem::path& path) {
    std::error_code error;
    if (const auto size = std::filesystem::file_size(path, error); !error && size > mostBytes) {
        return failure("{}: {} MiB is too large for a MIDI file", path.string(), size >> 20U);
    }
    const auto bytes = readFile(path);
    if (!bytes) {
        return tl::make_unexpected(bytes.error());
    }
    return readSmf(*bytes).map_error(
        [&](const Error& reason) { return Error{fmt::format("{}: {}", path.string(), reason.message)}; });
}

}  // namespace ricercar
