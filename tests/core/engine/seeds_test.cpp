// Seeds: how they are named in requests, and that they are prepared ahead, once.

#include <condition_variable>
#include <mutex>
#include <string>

#include <gmock/gmock.h>

#include "core/base/files.h"
#include "core/engine/base64.h"
#include "core/engine/seed_source.h"
#include "core/engine/seed_store.h"
#include "core/midi/smf_writer.h"
#include "support/temporary_folder.h"
#include "tests/core/engine/client.h"
#include "tests/core/engine/fake/fake_services.h"

namespace ricercar {
namespace {

/// Four bars of 4/4, one note a quarter, rising from pitch 60.
Song risingSong() {
    auto track = std::make_shared<Track>();
    Song song;
    for (int quarter = 0; quarter < 16; ++quarter) {
        track->notes.push_back({Tick{quarter * song.ticksPerQuarter}, TickDelta{song.ticksPerQuarter},
                                Pitch::clamped(60 + quarter), Velocity::clamped(80)});
    }
    song.tracks = {std::move(track)};
    song.end = lastNoteEnd(song);
    return song;
}

int firstPitch(const Song& song) { return song.tracks.at(0)->notes.at(0).pitch.midi(); }

TEST(Base64, RoundTripsAndRefusesRubbish) {
    std::vector<std::byte> bytes;
    for (int length = 0; length < 70; ++length) {
        EXPECT_EQ(fromBase64(toBase64(bytes)), bytes);
        bytes.push_back(static_cast<std::byte>(length * 37));
    }
    EXPECT_EQ(toBase64(std::as_bytes(std::span(std::string_view("MThd")))), "TVRoZA==");
    for (const char* rubbish : {"A", "AA", "AAA", "A===", "AA=A", "????", "AAAA\n"}) {
        EXPECT_EQ(fromBase64(rubbish), std::nullopt) << rubbish;
    }
}

TEST(SeedSource, ReadsBarsOfAFileAndOfBytes) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "rising.mid";
    ASSERT_TRUE(writeSmfFile(path, risingSong()));
    for (Json seed : {Json{{"path", path}}, Json{{"midi", toBase64(writeSmf(risingSong()))}}}) {
        ASSERT_TRUE(readSeed(seed));
        EXPECT_EQ(noteCount(*readSeed(seed)), 16U);
        seed["firstBar"] = 2;
        EXPECT_EQ(firstPitch(*readSeed(seed)), 64);
        EXPECT_EQ(noteCount(*readSeed(seed)), 12U);
        seed["lastBar"] = 3;
        EXPECT_EQ(noteCount(*readSeed(seed)), 8U);
        seed["lastBar"] = 1000;
        EXPECT_EQ(barCount(*readSeed(seed)), 3);
        seed["firstBar"] = 5;
        EXPECT_EQ(readSeed(seed).error().message, "the seed has 4 bars: none from 5 to 1000");
        seed = Json{{seed.begin().key(), seed.begin().value()}, {"firstBar", 3}, {"lastBar", 2}};
    }
}

TEST(SeedSource, ReadsNotes) {
    const auto song = readSeed(Json::parse(R"({"tempo": 90, "numerator": 3, "denominator": 4, "notes": [
        {"track": 1, "drum": true, "onset": 0, "duration": 0.25, "pitch": 36, "velocity": 100},
        {"track": 0, "program": 40, "onset": 2.5, "duration": 1.0, "pitch": 67},
        {"track": 0, "program": 40, "onset": 0, "duration": 1.0, "pitch": 64}]})"));
    ASSERT_TRUE(song);
    ASSERT_EQ(song->tracks.size(), 2U);
    EXPECT_EQ(firstPitch(*song), 64);
    EXPECT_EQ(song->tracks[0]->program().midi(), 40);
    EXPECT_FALSE(song->tracks[0]->isDrums());
    EXPECT_TRUE(song->tracks[1]->isDrums());
    EXPECT_EQ(song->tracks[0]->notes[1].onset.value, song->ticksPerQuarter * 5 / 2);
    EXPECT_NEAR(song->tempi.at(0).quartersPerMinute(), 90, 0.001);
    EXPECT_EQ(barCount(*song), 2);
    EXPECT_EQ(song->end.value, 6 * song->ticksPerQuarter);
}

TEST(SeedSource, SixteenTracksThatAreNoDrumsKeepOffTheDrumChannel) {
    Json notes = Json::array();
    for (int track = 0; track < 16; ++track) {
        notes.push_back({{"track", track}, {"onset", 0}, {"duration", 1}, {"pitch", 60}});
    }
    const auto song = readSeed({{"notes", notes}});
    ASSERT_TRUE(song);
    for (const auto& track : song->tracks) {
        EXPECT_FALSE(track->isDrums());
    }
}

TEST(SeedSource, NothingIsASeedToo) {
    ASSERT_TRUE(readSeed(Json::object()));
    EXPECT_EQ(noteCount(*readSeed(Json::object())), 0U);
}

class SeedsTest : public testing::Test {
protected:
    const Json& seed(int pitch) {
        m_seed = {{"notes", {{{"onset", 0}, {"duration", 1}, {"pitch", pitch}}}}};
        return m_seed;
    }

    TemporaryFolder m_folder;
    fake::Pace m_pace;
    Services m_services = fake::services(m_pace, m_folder.path() / "takes");
    Json m_seed;
};

TEST_F(SeedsTest, APreparedSeedIsNotPreparedAgain) {
    Client client(m_services);
    client.initialize();
    const Json id = client.request("seed/prepare", {{"seed", seed(60)}})["seedId"];
    EXPECT_EQ(client.request("seed/prepare", {{"seed", seed(60)}})["seedId"], id);
    client.request("generate/start", {{"seedId", id}, {"bars", 1}});
    client.notification("generate/done");
    client.request("generate/start", {{"seed", seed(60)}, {"model", "default"}, {"bars", 1}});
    client.notification("generate/done");
    EXPECT_EQ(m_pace.prepared, 1);
    EXPECT_NE(client.request("seed/prepare", {{"seed", seed(61)}})["seedId"], id);
    EXPECT_EQ(m_pace.prepared, 2);
    EXPECT_EQ(m_pace.opened, 1);
    EXPECT_EQ(client.errorCode("generate/start", {{"seedId", id}, {"model", "broken"}}), -32602);
}

TEST_F(SeedsTest, OnlyTheLastFewStayInMemoryButEveryIdGoesOnWorking) {
    Client client(m_services);
    client.initialize();
    const Json first = client.request("seed/prepare", {{"seed", seed(20)}})["seedId"];
    for (int pitch = 21; pitch <= 20 + static_cast<int>(SeedStore::preparedKept); ++pitch) {
        client.request("seed/prepare", {{"seed", seed(pitch)}});
    }
    const int before = m_pace.prepared;
    client.request("seed/prepare", {{"seed", seed(21)}});
    EXPECT_EQ(m_pace.prepared, before);
    client.request("generate/start", {{"seedId", first}, {"bars", 1}});
    client.notification("generate/done");
    EXPECT_EQ(m_pace.prepared, before + 1);
}

/// Lets `prepare` go on when the test says so.
class Gate {
public:
    void open() {
        const std::lock_guard lock(m_mutex);
        m_open = true;
        m_changed.notify_all();
    }
    void pass() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_open; });
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_open = false;
};

TEST_F(SeedsTest, GenerationJoinsAPreparationThatIsUnderWay) {
    Gate gate;
    m_pace.beforePrepare = [&gate] { gate.pass(); };
    Client client(m_services);
    client.initialize();
    const int preparing = client.sendRequest("seed/prepare", {{"seed", seed(60)}});
    client.request("generate/start", {{"seed", seed(60)}, {"bars", 1}});
    gate.open();
    client.response(preparing);
    EXPECT_EQ(client.notification("generate/done")["cancelled"], false);
    EXPECT_EQ(m_pace.prepared, 1);
}

TEST_F(SeedsTest, WaitingForAPreparationCanBeCancelled) {
    Gate gate;
    m_pace.beforePrepare = [&gate] { gate.pass(); };
    Client client(m_services);
    client.initialize();
    const int preparing = client.sendRequest("seed/prepare", {{"seed", seed(60)}});
    const int unwanted = client.sendRequest("seed/prepare", {{"seed", seed(61)}});
    const int job = client.request("generate/start", {{"seed", seed(62)}})["job"];
    for (const int id : {preparing, unwanted}) {
        client.send(rpcNotification("$/cancelRequest", {{"id", id}}));
        EXPECT_EQ(client.response(id)["error"]["code"], -32800);
    }
    client.send(rpcNotification("job/cancel", {{"job", job}}));
    EXPECT_EQ(client.notification("generate/done")["cancelled"], true);
    gate.open();
    client.request("seed/prepare", {{"seed", seed(63)}});
    EXPECT_LE(m_pace.prepared, 2) << "what nobody waits for is not begun";
}

TEST_F(SeedsTest, AFailureIsNotRemembered) {
    bool fail = true;
    m_services.openModel = [&fail](const auto&) -> Result<std::shared_ptr<const Model>> {
        if (fail) {
            return failure("not there yet");
        }
        return nullptr;
    };
    Client client(m_services);
    client.initialize();
    EXPECT_EQ(client.errorCode("seed/prepare"), -32803);
    fail = false;
    EXPECT_TRUE(client.request("seed/prepare").contains("seedId"));
}

}  // namespace
}  // namespace ricercar
