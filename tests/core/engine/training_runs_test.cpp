// The runs that have a name, detached ones among them, and the folders that a client sends.

#include <fstream>
#include <string>

#include <gmock/gmock.h>

#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/engine/base64.h"
#include "core/train/run_directory.h"
#include "support/temporary_folder.h"
#include "tests/core/engine/client.h"
#include "tests/core/engine/fake/fake_services.h"

namespace ricercar {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class TrainingRunsTest : public testing::Test {
protected:
    std::unique_ptr<Client> connected() {
        auto client = std::make_unique<Client>(m_services);
        client->initialize();
        return client;
    }
    static int train(Client& client, const std::string& folder, Json further = Json::object()) {
        further.update({{"folder", "/music/" + folder}, {"name", "songs"}});
        return client.request("train/start", further)["job"];
    }
    static Json lastOf(Client& client, int job) {
        return client.receive([job](const Json& message) {
            const Json params = message.value("params", Json::object());
            return params.value("job", 0) == job && params.value("state", "running") != "running";
        })["params"];
    }
    std::filesystem::path run() const { return m_services.dataFolder / "runs" / "songs"; }

    TemporaryFolder m_folder;
    fake::Pace m_pace;
    Services m_services = fake::services(m_pace, m_folder.path() / "takes");
};

TEST_F(TrainingRunsTest, ADetachedRunGoesOnWithoutTheEngineAndIsFoundAgain) {
    auto first = connected();
    train(*first, "endless", {{"detached", true}});
    EXPECT_EQ(first->notification("train/progress")["event"], "start");
    EXPECT_EQ(first->notification("train/progress")["event"], "step");
    first.reset();  // the connection is lost

    const auto second = connected();
    EXPECT_EQ(second->request("runs/list")["runs"],
              Json({{{"name", "songs"}, {"running", true}, {"canResume", false}, {"hasModel", false}}}));
    const int job = second->request("train/follow", {{"name", "songs"}})["job"];
    const Json start = second->notification("train/progress");
    EXPECT_EQ(start["event"], "start");
    EXPECT_EQ(start["idle"], true);
    EXPECT_EQ(start["ownGroup"], true);
    EXPECT_EQ(second->notification("train/progress")["event"], "step");
    EXPECT_EQ(second->errorCode("runs/remove", {{"name", "songs"}}), -32803);  // it is still training
    second->request("train/stop", {{"job", job}});
    EXPECT_EQ(second->notification("train/progress")["event"], "end");
    EXPECT_EQ(lastOf(*second, job)["state"], "stopped");
    EXPECT_EQ(second->request("runs/list")["runs"][0]["running"], false);
}

TEST_F(TrainingRunsTest, ARunThatTrainsIsNeitherStartedAgainNorRemoved) {
    const auto refusesAll = [&] {
        const auto other = connected();
        const int id = other->sendRequest("train/start", {{"name", "songs"}, {"resume", true}, {"detached", true}});
        EXPECT_EQ(other->response(id)["error"]["message"], "the run \"songs\" is training already: follow it");
        EXPECT_EQ(other->errorCode("runs/keep", {{"name", "songs"}}), -32803);
        EXPECT_EQ(other->errorCode("runs/remove", {{"name", "songs"}}), -32803);
    };
    const auto client = connected();
    for (const bool detached : {true, false}) {
        const int job = train(*client, "endless", {{"detached", detached}});
        client->notification("train/progress");
        refusesAll();
        client->request("train/stop", {{"job", job}});
        EXPECT_EQ(lastOf(*client, job)["state"], "stopped");
        auto byHand = RunDirectory(run()).lock();  // as one that was started without an engine
        ASSERT_TRUE(byHand);
        refusesAll();
        byHand->close();
        EXPECT_EQ(client->request("runs/remove", {{"name", "songs"}}), nullptr);
    }
}

TEST_F(TrainingRunsTest, ARunThatIsNotDetachedEndsWithTheEngine) {
    auto first = connected();
    train(*first, "endless");
    first->notification("train/progress");
    first.reset();
    const auto second = connected();
    EXPECT_EQ(second->request("runs/list")["runs"][0]["running"], false);
}

TEST_F(TrainingRunsTest, WhatBecameOfADetachedRunMeanwhileIsTold) {
    auto first = connected();
    const int broken = train(*first, "broken", {{"detached", true}});
    EXPECT_EQ(lastOf(*first, broken)["error"], "no MIDI files in this folder");
    first.reset();
    const auto second = connected();
    const int job = second->request("train/follow", {{"name", "songs"}})["job"];
    const Json last = lastOf(*second, job);
    EXPECT_EQ(last["state"], "failed");
    EXPECT_EQ(last["error"], "no MIDI files in this folder");
    EXPECT_EQ(second->request("runs/remove", {{"name", "songs"}}), nullptr);
    EXPECT_THAT(second->request("runs/list")["runs"], IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(run()));
}

TEST_F(TrainingRunsTest, NamesAreNeverUsedTwiceAndModelsAreKeptWhole) {
    const auto client = connected();
    ASSERT_TRUE(writeFileAtomically(m_services.dataFolder / "models" / "songs.safetensors", "earlier"));
    const Json answer = client->request("train/start", {{"folder", "/music/short"}, {"name", "songs"}});
    EXPECT_EQ(answer["name"], "songs-2");
    lastOf(*client, answer["job"]);
    EXPECT_EQ(client->errorCode("runs/keep", {{"name", "songs-2"}}), -32803);
    ASSERT_TRUE(writeFileAtomically(m_services.dataFolder / "runs" / "songs-2" / "best.safetensors", "weights"));
    const std::string kept = client->request("runs/keep", {{"name", "songs-2"}})["path"];
    EXPECT_EQ(kept, (m_services.dataFolder / "models" / "songs-2.safetensors").string());
    EXPECT_EQ(readTextFile(kept).value(), "weights");
    for (const char* name : {"", "../songs", "a/b", ".hidden", "nothing"}) {
        EXPECT_NE(client->errorCode("runs/remove", {{"name", name}}), 0) << name;
    }
    EXPECT_NE(client->errorCode("train/start", {{"folder", "/music/short"}, {"name", "../songs"}}), 0);
    EXPECT_NE(client->errorCode("train/start", {{"folder", "/music/short"}, {"run", "/r"}, {"detached", true}}), 0);
}

TEST_F(TrainingRunsTest, ResumingNeedsNothingButTheName) {
    const auto client = connected();
    lastOf(*client, train(*client, "short", {{"base", "default"}, {"minutes", 5}}));
    ASSERT_TRUE(writeFileAtomically(run() / "checkpoint.safetensors", "checkpoint"));
    const Json again = client->request("train/start", {{"name", "songs"}, {"resume", true}});
    EXPECT_EQ(again["name"], "songs");
    const int job = again["job"];
    const Json start = client->receive([job](const Json& message) {
        return message.contains("params") && message["params"].value("job", 0) == job;
    })["params"];
    EXPECT_EQ(start["arguments"], Json({"train", "--json", "--out=" + run().string(), "--base=default", "--minutes=5",
                                        "--resume", "--", "/music/short"}));
}

TEST_F(TrainingRunsTest, OnlyWhatIsMissingIsSent) {
    const auto client = connected();
    const std::string content = "MThd, or something like it";
    const auto bytes = std::as_bytes(std::span(content));
    const auto folder = [&](const char* id, Json files) {
        return Json{{"id", std::string(32, *id)}, {"name", "my songs"}, {"files", std::move(files)}};
    };
    const auto offered = [&](const char* path) {
        return Json{{{"path", path}, {"hash", contentHash(bytes).hex()}, {"bytes", content.size()}}};
    };
    const Json first = client->request("corpus/offer", folder("a", offered("sub/one.mid")));
    EXPECT_EQ(first["missing"], Json({"sub/one.mid"}));
    const std::filesystem::path there = first["folder"].get<std::string>();
    EXPECT_EQ(there.filename(), "my songs");
    client->request("corpus/send", folder("a", {{{"path", "sub/one.mid"}, {"content", toBase64(bytes)}}}));
    EXPECT_EQ(readTextFile(there / "sub" / "one.mid").value(), content);
    client->request("corpus/send", folder("a", {{{"path", "empty.mid"}, {"content", ""}}}));
    EXPECT_EQ(readTextFile(there / "empty.mid").value(), "");

    const Json second = client->request("corpus/offer", folder("b", offered("elsewhere.mid")));
    EXPECT_THAT(second["missing"], IsEmpty());
    EXPECT_EQ(readTextFile(second["folder"].get<std::string>() + "/elsewhere.mid").value(), content);
}

TEST_F(TrainingRunsTest, NothingIsWrittenOutsideTheFolder) {
    const auto client = connected();
    const std::string id(32, 'a');
    for (const char* path : {"../x.mid", "/x.mid", "a/../../x.mid", "", ".", "a/"}) {
        EXPECT_NE(client->errorCode("corpus/send",
                                    {{"id", id}, {"name", "n"}, {"files", {{{"path", path}, {"content", "AAAA"}}}}}),
                  0)
            << path;
    }
    for (const char* name : {"..", "a/b", "/", ""}) {
        EXPECT_EQ(client->errorCode("corpus/offer", {{"id", id}, {"name", name}, {"files", Json::array()}}), -32602)
            << name;
    }
    EXPECT_EQ(client->errorCode("corpus/offer", {{"id", "../../x"}, {"name", "n"}, {"files", Json::array()}}), -32602);
    EXPECT_EQ(client->errorCode("corpus/offer", {{"id", id}, {"name", "n"}, {"files", 5}}), -32602);
    EXPECT_EQ(
        client->errorCode("corpus/send", {{"id", id}, {"name", "n"}, {"files", {{{"path", "x"}, {"content", "?"}}}}}),
        -32602);
}

}  // namespace
}  // namespace ricercar
