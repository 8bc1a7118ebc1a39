#include "core/engine/rpc/dispatcher.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/base/random.h"

namespace ricercar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class DispatcherTest : public testing::Test {
protected:
    DispatcherTest() {
        m_dispatcher.add("echo", [](const Json& params, const Reply& reply) { reply.result(params); });
        m_dispatcher.add("later", [this](const Json&, const Reply& reply) { m_later.push_back(reply); });
        m_dispatcher.add("throw", [](const Json&, const Reply&) { throw std::runtime_error("out of luck"); });
    }

    /// The answers to one message.
    std::vector<Json> answersTo(std::string_view body) {
        m_posted.clear();
        m_dispatcher.receive(body);
        return m_posted;
    }

    int errorCode(std::string_view body) {
        const auto answers = answersTo(body);
        return answers.size() == 1 ? answers[0]["error"]["code"].get<int>() : 0;
    }

    std::vector<Json> m_posted;
    std::vector<Reply> m_later;
    Dispatcher m_dispatcher{[this](const Json& message) { m_posted.push_back(message); }};
};

TEST_F(DispatcherTest, AnswersARequestWithItsId) {
    EXPECT_THAT(answersTo(R"({"jsonrpc":"2.0","id":7,"method":"echo","params":{"a":[1]}})"),
                ElementsAre(Json::parse(R"({"jsonrpc":"2.0","id":7,"result":{"a":[1]}})")));
    EXPECT_THAT(answersTo(R"({"jsonrpc":"2.0","id":"x","method":"echo"})"),
                ElementsAre(Json::parse(R"({"jsonrpc":"2.0","id":"x","result":{}})")));
}

TEST_F(DispatcherTest, NeverAnswersANotification) {
    EXPECT_THAT(answersTo(R"({"jsonrpc":"2.0","method":"echo"})"), IsEmpty());
    EXPECT_THAT(answersTo(R"({"jsonrpc":"2.0","method":"unknown"})"), IsEmpty());
    EXPECT_THAT(answersTo(R"({"jsonrpc":"2.0","method":"throw"})"), IsEmpty());
    EXPECT_THAT(answersTo(R"({"jsonrpc":"2.0","method":"echo","params":[1]})"), IsEmpty());
}

TEST_F(DispatcherTest, GivesTheStandardErrorCodes) {
    EXPECT_EQ(errorCode("{"), -32700);
    EXPECT_EQ(errorCode(""), -32700);
    EXPECT_EQ(errorCode("\xff\xfe"), -32700);
    EXPECT_EQ(errorCode("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xc3\x28\"}"), -32700);
    EXPECT_EQ(errorCode(std::string(100'000, '[')), -32700);
    EXPECT_EQ(errorCode("5"), -32600);
    EXPECT_EQ(errorCode("[]"), -32600);
    EXPECT_EQ(errorCode("{}"), -32600);
    EXPECT_EQ(errorCode(R"({"id":1,"method":"echo"})"), -32600);
    EXPECT_EQ(errorCode(R"({"jsonrpc":"1.0","id":1,"method":"echo"})"), -32600);
    EXPECT_EQ(errorCode(R"({"jsonrpc":"2.0","id":1,"method":5})"), -32600);
    EXPECT_EQ(errorCode(R"({"jsonrpc":"2.0","id":{},"method":"echo"})"), -32600);
    EXPECT_EQ(errorCode(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":5})"), -32600);
    EXPECT_EQ(errorCode(R"({"jsonrpc":"2.0","id":1,"method":"unknown"})"), -32601);
    EXPECT_EQ(errorCode(R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[1]})"), -32602);
    EXPECT_EQ(errorCode(R"({"jsonrpc":"2.0","id":1,"method":"throw"})"), -32603);
}

TEST_F(DispatcherTest, AnInvalidRequestIsAnsweredWithItsIdWhereItHasOne) {
    EXPECT_EQ(answersTo(R"({"jsonrpc":"2.0","id":3,"method":5})")[0]["id"], 3);
    EXPECT_EQ(answersTo(R"({"jsonrpc":"2.0","id":[],"method":"echo"})")[0]["id"], nullptr);
}

TEST_F(DispatcherTest, AnUnknownMethodIsToldWhichThereAre) {
    EXPECT_THAT(answersTo(R"({"jsonrpc":"2.0","id":1,"method":"ehco"})")[0]["error"]["message"].get<std::string>(),
                HasSubstr("echo, later, throw"));
}

TEST_F(DispatcherTest, AnswersABatchAtOnceWhenItsLastAnswerIsKnown) {
    EXPECT_THAT(answersTo(R"([{"jsonrpc":"2.0","id":1,"method":"later"},
                              {"jsonrpc":"2.0","method":"echo"},
                              7,
                              {"jsonrpc":"2.0","id":2,"method":"echo"}])"),
                IsEmpty());
    m_later.front().result("at last");
    ASSERT_THAT(m_posted, SizeIs(1));
    ASSERT_THAT(m_posted[0], SizeIs(3));
    EXPECT_EQ(m_posted[0][0]["error"]["code"], -32600);
    EXPECT_EQ(m_posted[0][1]["id"], 2);
    EXPECT_EQ(m_posted[0][2]["result"], "at last");
}

TEST_F(DispatcherTest, ABatchOfNotificationsHasNoAnswer) {
    EXPECT_THAT(answersTo(R"([{"jsonrpc":"2.0","method":"echo"},{"jsonrpc":"2.0","method":"echo"}])"), IsEmpty());
}

TEST_F(DispatcherTest, OnlyTheFirstAnswerCounts) {
    answersTo(R"({"jsonrpc":"2.0","id":1,"method":"later"})");
    m_later.front().result(1);
    m_later.front().result(2);
    m_later.front().error({RpcErrorCode::internalError, "late"});
    ASSERT_THAT(m_posted, SizeIs(1));
    EXPECT_EQ(m_posted[0]["result"], 1);
}

TEST_F(DispatcherTest, AnswersThatAreNoUtf8CanBeWritten) {
    const Json message = rpcError(1, {RpcErrorCode::requestFailed, "cannot read \xff.mid"});
    EXPECT_EQ(Json::parse(textOf(message))["error"]["message"], "cannot read \xEF\xBF\xBD.mid");
}

TEST_F(DispatcherTest, MutatedRequestsGetAtMostOneAnswerEach) {
    const std::string request = R"({"jsonrpc":"2.0","id":7,"method":"echo","params":{"a":[1,"b",null]}})";
    Random random(3);
    int echoed = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string mutant = request;
        for (std::uint64_t mutation = 0; mutation <= random.below(3); ++mutation) {
            mutant[random.below(mutant.size())] = static_cast<char>(random.below(256));
        }
        const auto answers = answersTo(mutant);
        ASSERT_LE(answers.size(), 1U) << mutant;
        for (const Json& answer : answers) {
            ASSERT_EQ(answer["jsonrpc"], "2.0");
            ASSERT_NE(answer.contains("result"), answer.contains("error"));
            echoed += answer.contains("result") ? 1 : 0;
        }
    }
    EXPECT_GT(echoed, 0);
}

}  // namespace
}  // namespace ricercar
