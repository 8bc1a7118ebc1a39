#include "core/engine/rpc/framing.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/base/random.h"

namespace ricercar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Reading {
    std::vector<std::string> bodies;
    std::vector<std::string> faults;
};

void drain(FrameReader& reader, Reading& reading) {
    while (const auto message = reader.next()) {
        if (*message) {
            reading.bodies.push_back(**message);
        } else {
            reading.faults.push_back(message->error().message);
        }
    }
}

Reading readAll(std::string_view bytes) {
    FrameReader reader;
    Reading reading;
    reader.append(bytes);
    drain(reader, reading);
    return reading;
}

Reading readInPieces(std::string_view bytes, Random& random) {
    FrameReader reader;
    Reading reading;
    while (!bytes.empty()) {
        const std::size_t count = std::min<std::size_t>(bytes.size(), 1 + random.below(40));
        reader.append(bytes.substr(0, count));
        bytes.remove_prefix(count);
        drain(reader, reading);
    }
    return reading;
}

std::vector<std::string> randomBodies(Random& random) {
    std::vector<std::string> bodies(1 + random.below(8));
    for (std::string& body : bodies) {
        body.resize(random.below(300));
        for (char& byte : body) {
            byte = static_cast<char>(random.below(256));
        }
    }
    return bodies;
}

TEST(Framing, FramesAsTheLanguageServerProtocolDoes) { EXPECT_EQ(framed("{}"), "Content-Length: 2\r\n\r\n{}"); }

TEST(Framing, AnyBodiesCutAnywhereComeBackWhole) {
    Random random(1);
    for (int round = 0; round < 300; ++round) {
        const auto bodies = randomBodies(random);
        std::string stream;
        for (const std::string& body : bodies) {
            stream += framed(body);
        }
        const Reading reading = readInPieces(stream, random);
        ASSERT_EQ(reading.bodies, bodies);
        ASSERT_THAT(reading.faults, IsEmpty());
    }
}

TEST(Framing, HeaderNamesAreInAnyCaseAndOtherHeadersAreIgnored) {
    const Reading reading =
        readAll("content-type: application/vscode-jsonrpc; charset=utf-8\r\nCONTENT-LENGTH:2  \r\n\r\n{}");
    EXPECT_THAT(reading.bodies, ElementsAre("{}"));
    EXPECT_THAT(reading.faults, IsEmpty());
}

TEST(Framing, FaultsAreToldOnceAndReadingGoesOn) {
    const std::pair<const char*, const char*> cases[] = {
        {"Content-Type: x\r\n\r\n", "without Content-Length"},
        {"Content-Length: two\r\n\r\n", "not one number"},
        {"Content-Length: -2\r\n\r\n", "not one number"},
        {"Content-Length: 2.5\r\n\r\n", "not one number"},
        {"Content-Length: \r\n\r\n", "not one number"},
        {"Content-Length: 2\r\nContent-Length: x\r\n\r\n", "not one number"},
        {"Content-Length: 16777217\r\n\r\n", "at most"},
        {"Content-Length: 99999999999999999999999999\r\n\r\n", "at most"},
        {"GET / HTTP/1.1\r\n\r\n", "without a colon"},
        {"\r\n\r\n", "without Content-Length"},
        {"rubbish without any end\n\n", "without Content-Length"},
    };
    for (const auto& [bytes, fault] : cases) {
        const Reading reading = readAll(bytes + framed("[1]") + framed("[2]"));
        EXPECT_THAT(reading.bodies, ElementsAre("[1]", "[2]")) << bytes;
        EXPECT_THAT(reading.faults, ElementsAre(HasSubstr(fault))) << bytes;
    }
}

TEST(Framing, AnEndlessHeaderIsRefusedAndNotKept) {
    FrameReader reader;
    Reading reading;
    for (int i = 0; i < 1000; ++i) {
        reader.append(std::string(1000, 'x'));
        drain(reader, reading);
    }
    reader.append(framed("{}"));
    drain(reader, reading);
    EXPECT_THAT(reading.bodies, ElementsAre("{}"));
    EXPECT_THAT(reading.faults, ElementsAre(HasSubstr("longer than")));
}

TEST(Framing, AnUnfinishedMessageIsNoMessage) {
    const std::string whole = framed("{\"a\": 1}");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const Reading reading = readAll(whole.substr(0, length));
        EXPECT_THAT(reading.bodies, IsEmpty()) << length;
        EXPECT_THAT(reading.faults, IsEmpty()) << length;
    }
}

TEST(Framing, AfterAnyMutationALaterMessageIsFound) {
    Random random(2);
    // Three mutations make a length of two digits at most 99,999.
    const std::string padding(110'000, ' ');
    for (int round = 0; round < 2000; ++round) {
        std::string stream;
        for (std::uint64_t message = 0; message <= random.below(8); ++message) {
            stream += framed(std::string(random.below(99), 'x'));
        }
        for (int mutation = 0; mutation < 3; ++mutation) {
            const std::size_t at = random.below(stream.size() - 8);
            switch (random.below(3)) {
                case 0:
                    stream[at] = static_cast<char>(random.below(256));
                    break;
                case 1:
                    stream.erase(at, random.below(8));
                    break;
                default:
                    stream.insert(at, 1, static_cast<char>(random.below(256)));
            }
        }
        const Reading reading = readAll(stream + padding + framed("sentinel"));
        ASSERT_FALSE(reading.bodies.empty());
        ASSERT_EQ(reading.bodies.back(), "sentinel");
    }
}

}  // namespace
}  // namespace ricercar
