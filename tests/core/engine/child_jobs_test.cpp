// Training and evaluation, which run as processes of their own.

#include <signal.h>

#include <chrono>
#include <string>

#include <gmock/gmock.h>

#include "core/engine/child_process.h"
#include "support/temporary_folder.h"
#include "tests/core/engine/client.h"
#include "tests/core/engine/fake/fake_services.h"

namespace ricercar {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class ChildJobsTest : public testing::Test {
protected:
    ChildJobsTest() { m_client.initialize(); }

    int train(const std::string& folder, Json further = Json::object()) {
        further.update({{"folder", "/music/" + folder}, {"run", "/music/run"}});
        return m_client.request("train/start", further)["job"];
    }
    Json lastOf(int job) {
        return m_client.receive([job](const Json& message) {
            const Json params = message.value("params", Json::object());
            return params.value("job", 0) == job && params.value("state", "running") != "running";
        })["params"];
    }

    TemporaryFolder m_folder;
    fake::Pace m_pace;
    Services m_services = fake::services(m_pace, m_folder.path() / "takes");
    Client m_client{m_services};
};

TEST_F(ChildJobsTest, TrainingRunsAsItsOwnQuietProcessAndForwardsEachLine) {
    const int job = train("short", {{"preset", "fast"},
                                    {"epochs", 2},
                                    {"minutes", 0.5},
                                    {"threads", 2},
                                    {"memory", 1.5},
                                    {"pauseOnBattery", true},
                                    {"rng", 7},
                                    {"resume", true}});
    const Json first = m_client.notification("train/progress");
    EXPECT_EQ(first["job"], job);
    EXPECT_EQ(first["state"], "running");
    EXPECT_EQ(first["event"], "start");
    EXPECT_EQ(first["idle"], true);
    EXPECT_EQ(first["ownGroup"], true);
    EXPECT_THAT(
        first["arguments"].get<std::vector<std::string>>(),
        ElementsAre("train", "--json", "--out=/music/run", "--preset=fast", "--minutes=0.5", "--epochs=2",
                    "--threads=2", "--memory=1.5", "--pause-on-battery", "--rng=7", "--resume", "--", "/music/short"));
    EXPECT_EQ(m_client.notification("train/progress")["step"], 100);
    EXPECT_EQ(m_client.notification("train/progress"), Json({{"job", job}, {"state", "done"}, {"exitStatus", 0}}));
}

TEST_F(ChildJobsTest, StopInterruptsTheRunWhichSaves) {
    const int job = train("endless");
    m_client.notification("train/progress");
    m_client.notification("train/progress");
    EXPECT_EQ(m_client.request("train/stop", {{"job", job}})["cancelled"], true);
    EXPECT_EQ(m_client.notification("train/progress")["reason"], "stopped");
    EXPECT_EQ(m_client.notification("train/progress"), Json({{"job", job}, {"state", "stopped"}, {"exitStatus", 0}}));
}

TEST_F(ChildJobsTest, ARunThatDoesNotStopIsKilled) {
    const int job = train("stubborn");
    m_client.notification("train/progress");
    m_client.request("train/stop", {{"job", job}});
    const Json last = lastOf(job);
    EXPECT_EQ(last["state"], "stopped");
    EXPECT_EQ(last["exitStatus"], 128 + SIGKILL);
}

TEST_F(ChildJobsTest, AFailureCarriesTheLastLineOfStandardError) {
    const Json broken = lastOf(train("broken"));
    EXPECT_EQ(broken["state"], "failed");
    EXPECT_EQ(broken["exitStatus"], 1);
    EXPECT_EQ(broken["error"], "no MIDI files in this folder");

    const Json crashed = lastOf(train("crashing"));
    EXPECT_EQ(crashed["exitStatus"], 128 + SIGKILL);
    EXPECT_THAT(crashed["error"], HasSubstr("killed"));
}

TEST_F(ChildJobsTest, WrongUsageCarriesItsReasonAndNotTheHintBelowIt) {
    EXPECT_EQ(lastOf(train("misused"))["error"], "--preset: huge is not a preset");
}

TEST_F(ChildJobsTest, WhatIsOutOfRangeIsNotPassedOn) {
    const auto refused = [&](Json further) {
        further.update({{"folder", "/music/short"}, {"run", "/music/run"}});
        return m_client.errorCode("train/start", further) == -32602;
    };
    EXPECT_TRUE(refused({{"minutes", 0}}));
    EXPECT_TRUE(refused({{"epochs", 0}}));
    EXPECT_TRUE(refused({{"rng", 9007199254740992}}));
    EXPECT_TRUE(refused({{"device", "tpu"}}));
    EXPECT_EQ(m_client.errorCode("evaluate", {{"data", "/music"}, {"device", 5}}), -32602);
}

TEST_F(ChildJobsTest, SeveralRunsAreTheirOwn) {
    const int first = train("endless");
    const int second = train("endless");
    EXPECT_NE(first, second);
    m_client.request("train/stop", {{"job", second}});
    EXPECT_EQ(lastOf(second)["state"], "stopped");
    m_client.request("train/stop", {{"job", first}});
    EXPECT_EQ(lastOf(first)["state"], "stopped");
}

TEST_F(ChildJobsTest, EvaluatesWithTheSubcommand) {
    const int job = m_client.request("evaluate", {{"model", "default"}, {"data", "/music/held-out"}})["job"];
    const Json done = m_client.notification("evaluate/done");
    EXPECT_EQ(done["job"], job);
    EXPECT_EQ(done["cancelled"], false);
    EXPECT_EQ(done["result"]["natsPerNote"], 3.21);

    m_client.request("evaluate", {{"data", "/music/missing"}});
    EXPECT_EQ(m_client.notification("evaluate/done")["error"], "there is no such folder");
}

TEST(ChildProcess, AProgramThatCannotBeStartedIsAnEndWithAReason) {
    const auto end = runChild({"/nowhere/at-all", {}}, [](std::string_view) {}, {});
    ASSERT_TRUE(end);
    EXPECT_EQ(end->exitStatus, 127);
    EXPECT_EQ(end->lastErrorLine, "cannot start /nowhere/at-all");
}

TEST(ChildProcess, LinesComeWholeAndTheLastNeedsNoEnd) {
    std::vector<std::string> lines;
    const auto end =
        runChild({"/bin/sh", {"-c", "printf 'one\\n\\ntwo'; head -c 3000000 /dev/zero; printf '\\nthree'"}},
                 [&lines](std::string_view line) { lines.emplace_back(line); }, {});
    ASSERT_TRUE(end);
    EXPECT_THAT(lines, ElementsAre("one", "three"));
}

}  // namespace
}  // namespace ricercar
