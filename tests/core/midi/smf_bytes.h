#pragma once

#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace ricercar {

using Bytes = std::vector<std::byte>;

/// Writes MIDI files by hand: hexadecimal digits (spaces between bytes) and, in quotes, text.
inline Bytes bytesOf(std::string_view description) {
    Bytes bytes;
    for (std::size_t at = 0; at < description.size();) {
        if (description[at] == ' ') {
            ++at;
        } else if (description[at] == '"') {
            for (++at; description[at] != '"'; ++at) {
                bytes.push_back(static_cast<std::byte>(description[at]));
            }
            ++at;
        } else {
            bytes.push_back(static_cast<std::byte>(std::stoi(std::string(description.substr(at, 2)), nullptr, 16)));
            at += 2;
        }
    }
    return bytes;
}

inline void appendBytes(Bytes& to, const Bytes& from) { to.insert(to.end(), from.begin(), from.end()); }

/// A track chunk; its events start 8 bytes after its start.
inline Bytes trackOf(std::string_view events) {
    const Bytes body = bytesOf(events);
    Bytes chunk = bytesOf("\"MTrk\" 00 00");
    chunk.push_back(static_cast<std::byte>(body.size() >> 8));
    chunk.push_back(static_cast<std::byte>(body.size() & 0xff));
    appendBytes(chunk, body);
    return chunk;
}

/// A file of 96 ticks a quarter: the header is 14 bytes long, so the events of the first track start at byte 22.
inline Bytes fileOf(std::initializer_list<std::string_view> tracks, std::string_view format = "01",
                    std::string_view division = "00 60") {
    Bytes file = bytesOf("\"MThd\" 00 00 00 06 00 " + std::string(format) + " 00");
    file.push_back(static_cast<std::byte>(tracks.size()));
    appendBytes(file, bytesOf(division));
    for (const std::string_view track : tracks) {
        appendBytes(file, trackOf(track));
    }
    return file;
}

}  // namespace ricercar
