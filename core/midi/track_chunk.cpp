#include "core/midi/track_chunk.h"

#include <array>
#include <bit>
#include <string_view>
#include <utility>

#include "core/midi/channel_events.h"
#include "core/midi/text.h"

namespace ricercar {

namespace {

/// Two weeks of a usual file. Bars up to here can be counted in an int, whatever the metre.
constexpr Tick latest{std::int64_t{1} << 30};

/// Reads the events of one chunk.
class ChunkReader {
public:
    ChunkReader(std::span<const std::uint8_t> file, ChunkExtent extent, bool ignoresTempo, Song& song,
                SmfWarnings& warnings)
        : m_file(file),
          m_extent(extent),
          m_ignoresTempo(ignoresTempo),
          m_song(song),
          m_warnings(warnings),
          m_at(extent.begin),
          m_event(extent.begin) {}

    TrackChunk read();

private:
    void readEvent();
    void readChannelEvent(int status);
    void readMeta();
    void readSystemEvent(int status);
    void setTempo(std::span<const std::uint8_t> data);
    void setMeter(std::span<const std::uint8_t> data);
    void setKey(std::span<const std::uint8_t> data);

    std::uint8_t readByte();
    std::uint8_t readDataByte();
    std::uint32_t readNumber();
    std::span<const std::uint8_t> readBlock();
    void warn(std::string_view text) { m_warnings.add(m_event, text); }

    std::span<const std::uint8_t> m_file;
    ChunkExtent m_extent;
    bool m_ignoresTempo;
    Song& m_song;
    SmfWarnings& m_warnings;

    TrackChunk m_chunk;
    std::array<ChannelEvents, 16> m_channels;
    unsigned m_usedChannels = 0;  ///< one bit for each channel with events
    std::size_t m_at;
    std::size_t m_event;  ///< the byte where the present event starts
    bool m_cut = false;   ///< whether the present event goes beyond the end
    Tick m_tick;
    int m_runningStatus = 0;         ///< 0 before the first channel event
    bool m_statusCancelled = false;  ///< by a meta or system event, as the specification says
};

TrackChunk ChunkReader::read() {
    while (m_at < m_extent.end && !m_chunk.complete && !(m_extent.stopsAtNextTrack && startsTrack(m_file, m_at))) {
        const Tick before = m_tick;
        m_event = m_at;
        m_tick = before + TickDelta{readNumber()};
        if (m_tick > latest) {
            warn("what comes after tick 2^30 is left out");
            m_tick = before;
            m_chunk.complete = true;
            m_at = m_extent.end;
            break;
        }
        readEvent();
        if (m_cut) {
            warn("an event is cut off by the end of its track");
            m_tick = before;
            m_at = m_extent.end;
        }
    }
    for (unsigned left = m_usedChannels; left != 0; left &= left - 1) {
        const int channel = std::countr_zero(left);
        ChannelEvents& events = m_channels[channel];
        if (events.endAllNotes(m_tick)) {
            m_warnings.add(m_at, "a channel's notes that never end are ended with their track");
        }
        m_chunk.tracks.push_back(events.take());
        m_chunk.tracks.back().channel = Channel::clamped(channel);
    }
    m_chunk.end = m_tick;
    m_chunk.stop = m_at;
    return std::move(m_chunk);
}

void ChunkReader::readEvent() {
    const std::uint8_t first = readByte();
    if (first >= 0xf0) {
        m_statusCancelled = true;
        first == 0xff ? readMeta() : readSystemEvent(first);
        return;
    }
    if (first >= 0x80) {
        m_runningStatus = first;
        m_statusCancelled = false;
    } else if (m_cut) {
        return;
    } else if (m_runningStatus == 0) {
        warn("data without a status byte is skipped");
        while (m_at < m_extent.end && m_file[m_at] < 0x80) {
            ++m_at;
        }
        readEvent();
        return;
    } else {
        --m_at;
        if (m_statusCancelled) {
            warn("running status goes on after a meta or system event");
        }
    }
    readChannelEvent(m_runningStatus);
}

void ChunkReader::readChannelEvent(int status) {
    const int kind = status >> 4;
    const std::uint8_t first = readDataByte();
    const std::uint8_t second = kind == 0xc || kind == 0xd ? 0 : readDataByte();
    if (m_cut || kind == 0xa || kind == 0xd) {
        return;
    }
    ChannelEvents& channel = m_channels[status & 0xf];
    m_usedChannels |= 1U << (status & 0xf);
    switch (kind) {
        case 0x9:
            if (second != 0) {
                channel.noteOn(m_tick, first, second);
                break;
            }
            [[fallthrough]];
        case 0x8:
            if (!channel.noteOff(m_tick, first)) {
                warn("a note-off for a note that does not sound is ignored");
            }
            break;
        case 0xb:
            channel.control(m_tick, first, second);
            break;
        case 0xc:
            channel.program(m_tick, first);
            break;
        default:
            channel.bend(m_tick, (second << 7 | first) - 8192);
            break;
    }
}

void ChunkReader::readMeta() {
    const std::uint8_t type = readByte();
    const auto data = readBlock();
    if (m_cut) {
        return;
    }
    switch (type) {
        case 0x03:
            m_chunk.names.push_back(textFromBytes(data));
            break;
        case 0x21:
            m_chunk.port = data.empty() ? 0 : data[0];
            break;
        case 0x2f:
            m_chunk.complete = true;
            break;
        case 0x51:
            setTempo(data);
            break;
        case 0x58:
            setMeter(data);
            break;
        case 0x59:
            setKey(data);
            break;
        default:
            break;
    }
}

void ChunkReader::setTempo(std::span<const std::uint8_t> data) {
    const int microseconds = data.size() == 3 ? data[0] << 16 | data[1] << 8 | data[2] : 0;
    if (microseconds == 0) {
        warn("a tempo of 0 or of a wrong length is ignored");
    } else if (m_ignoresTempo) {
        warn("a tempo is ignored: the file counts seconds");
    } else {
        m_song.tempi.push_back({m_tick, microseconds});
    }
}

void ChunkReader::setMeter(std::span<const std::uint8_t> data) {
    if (data.size() != 4 || data[0] == 0 || data[1] > 7) {
        warn("a time signature that makes no sense is ignored");
    } else {
        m_song.meters.push_back({m_tick, {data[0], static_cast<std::uint8_t>(1 << data[1])}});
    }
}

void ChunkReader::setKey(std::span<const std::uint8_t> data) {
    const int sharps = data.size() == 2 ? static_cast<std::int8_t>(data[0]) : 99;
    if (sharps < -7 || sharps > 7 || data[1] > 1) {
        warn("a key signature that makes no sense is ignored");
    } else {
        m_song.keys.push_back({m_tick, sharps, data[1] == 1});
    }
}

void ChunkReader::readSystemEvent(int status) {
    if (status == 0xf0 || status == 0xf7) {
        readBlock();
        return;
    }
    warn("a system message that may not stand in a file is skipped");
    const int dataBytes = status == 0xf2 ? 2 : status == 0xf1 || status == 0xf3 ? 1 : 0;
    for (int i = 0; i < dataBytes; ++i) {
        readByte();
    }
}

std::uint8_t ChunkReader::readByte() {
    if (m_at == m_extent.end) {
        m_cut = true;
        return 0;
    }
    return m_file[m_at++];
}

std::uint8_t ChunkReader::readDataByte() {
    const std::uint8_t byte = readByte();
    if (byte > 127) {
        warn("a data byte over 127 is read as 127");
        return 127;
    }
    return byte;
}

std::uint32_t ChunkReader::readNumber() {
    std::uint32_t number = 0;
    for (int i = 0; i < 4; ++i) {
        const std::uint8_t byte = readByte();
        number = number << 7 | (byte & 0x7f);
        if (byte < 0x80) {
            return number;
        }
    }
    warn("a number is longer than four bytes");
    return number;
}

std::span<const std::uint8_t> ChunkReader::readBlock() {
    const std::uint32_t length = readNumber();
    if (length > m_extent.end - m_at) {
        m_cut = true;
    }
    if (m_cut) {
        return {};
    }
    m_at += length;
    return m_file.subspan(m_at - length, length);
}

}  // namespace

bool startsTrack(std::span<const std::uint8_t> file, std::size_t at) {
    return at + 8 <= file.size() && file[at] == 'M' && file[at + 1] == 'T' && file[at + 2] == 'r' &&
           file[at + 3] == 'k';
}

TrackChunk readTrackChunk(std::span<const std::uint8_t> file, ChunkExtent extent, bool ignoresTempo, Song& song,
                          SmfWarnings& warnings) {
    return ChunkReader(file, extent, ignoresTempo, song, warnings).read();
}

}  // namespace ricercar
