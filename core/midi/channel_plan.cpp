#include "core/midi/channel_plan.h"

#include <algorithm>
#include <array>

namespace ricercar {

namespace {

constexpr int lastPort = 127;

/// Tracks that play as one instrument.
struct Instrument {
    const Track* first;
    ChannelPlace place;
};

class Planner {
public:
    explicit Planner(const Song& song) {
        for (const auto& track : song.tracks) {
            m_wanted[track->channel.midi()] = true;
        }
    }

    ChannelPlace placeOf(const Track& track) {
        const auto same = std::find_if(m_instruments.begin(), m_instruments.end(), [&](const Instrument& other) {
            return other.first->channel == track.channel &&
                   (track.notes.empty() || other.first->programs == track.programs);
        });
        if (same != m_instruments.end()) {
            return same->place;
        }
        m_instruments.push_back({&track, freePlace(track)});
        return m_instruments.back().place;
    }

private:
    ChannelPlace freePlace(const Track& track) const {
        ChannelPlace place{0, track.channel};
        if (isFree(place)) {
            return place;
        }
        for (int channel = Channel::min; channel <= Channel::max && !track.isDrums(); ++channel) {
            const ChannelPlace other{0, Channel::clamped(channel)};
            if (other.channel != drumChannel && !m_wanted[channel] && isFree(other)) {
                return other;
            }
        }
        while (place.port < lastPort && !isFree(place)) {
            ++place.port;
        }
        return place;
    }

    bool isFree(ChannelPlace place) const {
        return std::none_of(m_instruments.begin(), m_instruments.end(),
                            [&](const Instrument& instrument) { return instrument.place == place; });
    }

    std::array<bool, 16> m_wanted{};
    std::vector<Instrument> m_instruments;
};

}  // namespace

std::vector<ChannelPlace> planChannels(const Song& song) {
    Planner planner(song);
    std::vector<ChannelPlace> places(song.tracks.size());
    for (const bool withNotes : {true, false}) {
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (song.tracks[i]->notes.empty() != withNotes) {
                places[i] = planner.placeOf(*song.tracks[i]);
            }
        }
    }
    return places;
}

}  // namespace ricercar
