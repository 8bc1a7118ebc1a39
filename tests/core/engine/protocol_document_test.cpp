// docs/protocol.md says how the server speaks: its examples are played against the server from top to bottom.

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/base/files.h"
#include "core/midi/smf_writer.h"
#include "support/temporary_folder.h"
#include "tests/core/engine/client.h"
#include "tests/core/engine/fake/fake_services.h"

namespace ricercar {
namespace {

using testing::Contains;
using testing::HasSubstr;

struct Line {
    bool toEngine;
    Json message;
};

std::string document() { return readTextFile(std::string(RICERCAR_SOURCE_DIR) + "/docs/protocol.md").value(); }

std::vector<Line> conversation() {
    std::vector<Line> lines;
    std::istringstream text(document());
    for (std::string line; std::getline(text, line);) {
        if (line.rfind("--> ", 0) == 0 || line.rfind("<-- ", 0) == 0) {
            lines.push_back({line[0] == '-', Json::parse(line.substr(4))});
        }
    }
    return lines;
}

/// Replaces what differs from run to run by its type, so that the rest can be compared whole.
Json comparable(Json message) {
    static const std::set<std::string> varying{"path", "midi", "seedId", "folder"};
    if (message.is_structured()) {
        for (auto& [name, value] : message.items()) {
            value = varying.contains(name) ? Json(value.type_name()) : comparable(value);
        }
    }
    return message;
}

void collectNames(const Json& json, std::set<std::string>& names) {
    for (const auto& [name, value] : json.items()) {
        if (json.is_object()) {
            names.insert(name);
        }
        if (value.is_structured() && name != "card" && name != "recipe" && name != "report" && name != "result") {
            collectNames(value, names);
        }
    }
}

TEST(ProtocolDocument, ItsExamplesAreHowTheServerSpeaks) {
    const TemporaryFolder folder;
    const std::string music = folder.path() / "music";
    Song theme;
    theme.end = Tick{8 * theme.ticksPerQuarter};
    ASSERT_TRUE(writeSmfFile(music + "/theme.mid", theme));
    fake::Pace pace;
    pace.token = std::chrono::milliseconds(5);
    Services services = fake::services(pace, folder.path() / "takes");
    services.trainingFacts = services.facts;
    services.facts = [] { return EngineFacts{"0.1.0", {"cpu"}, "", 2, "studio"}; };
    Client client(services);

    for (const Line& line : conversation()) {
        if (line.toEngine) {
            // The fields and their order are as written; only the music lies elsewhere.
            std::string text = line.message.dump();
            for (std::size_t at = 0; (at = text.find("\"/music/theme", at)) != std::string::npos;) {
                text.replace(at, 7, "\"" + music);
            }
            client.sendBytes(framed(text));
        } else {
            const Json expected = comparable(line.message);
            ASSERT_NO_THROW(client.receive([&expected](const Json& message) {
                return comparable(message) == expected;
            })) << "the server never says this: "
                << line.message;
        }
    }
    EXPECT_EQ(client.exitStatus(), 0);
}

TEST(ProtocolDocument, DescribesEveryMethodAndShowsIt) {
    const std::string text = document();
    std::set<std::string> shown;
    std::string all;
    for (const Line& line : conversation()) {
        shown.insert(line.message.value("method", ""));
        if (line.message.contains("error") && line.message["error"]["code"] == -32601) {
            all = line.message["error"]["message"];  // lists all there are, and the other test proves it
        }
    }
    const auto list = all.find("there are: ");
    ASSERT_NE(list, std::string::npos);
    std::istringstream methods(all.substr(list + 11));
    for (std::string method; std::getline(methods, method, ',');) {
        method.erase(0, method.find_first_not_of(' '));
        EXPECT_THAT(text, HasSubstr("\n### `" + method + "`\n"));
        EXPECT_THAT(shown, Contains(method));
    }
}

TEST(ProtocolDocument, NamesEveryFieldThatItShows) {
    const std::string text = document();
    std::set<std::string> names;
    for (const Line& line : conversation()) {
        for (const char* part : {"params", "result", "error"}) {
            collectNames(line.message.value(part, Json::object()), names);
        }
    }
    for (const std::string& name : names) {
        EXPECT_THAT(text, HasSubstr("`" + name + "`"));
    }
}

}  // namespace
}  // namespace ricercar
