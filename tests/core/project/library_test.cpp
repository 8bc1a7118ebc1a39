#include "core/project/library.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::byte> bytes(std::string_view text) {
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    return {begin, begin + text.size()};
}

NewTake exampleTake(const std::string& name = "take 1") {
    return {name, bytes("MThd of the take"), {{"model", "abc"}, {"temperature", 0.9}}, "River, evening", bytes("MThd")};
}

class LibraryTest : public testing::Test {
protected:
    Library open() {
        auto library = Library::open(m_path);
        EXPECT_TRUE(library) << library.error().message;
        return std::move(*library);
    }
    std::vector<std::string> names() {
        const auto takes = open().newestTakes(1'000'000).value();
        std::vector<std::string> names;
        names.reserve(takes.size());
        for (const StoredTake& take : takes) {
            names.push_back(take.name);
        }
        return names;
    }

    TemporaryFolder m_folder;
    std::filesystem::path m_path = m_folder.path() / "new" / "library.sqlite";
};

TEST_F(LibraryTest, KeepsWhatATakeIs) {
    const auto before = std::chrono::system_clock::now() - std::chrono::seconds(1);
    const std::int64_t id = open().addTake(exampleTake()).value();
    const auto takes = open().newestTakes(10).value();
    ASSERT_EQ(takes.size(), 1u);
    const StoredTake& take = takes.front();
    const NewTake expected = exampleTake();
    EXPECT_EQ(take.id, id);
    EXPECT_EQ(take.name, expected.name);
    EXPECT_EQ(take.smf, expected.smf);
    EXPECT_EQ(take.recipe, expected.recipe);
    EXPECT_EQ(take.seedName, expected.seedName);
    EXPECT_EQ(take.seedSmf, expected.seedSmf);
    EXPECT_FALSE(take.starred);
    EXPECT_FALSE(take.rejected);
    EXPECT_GE(take.created, before);
    EXPECT_LE(take.created, std::chrono::system_clock::now());
}

TEST_F(LibraryTest, ATakeCanBeDrawnFurther) {
    const std::int64_t id = open().addTake(exampleTake()).value();
    ASSERT_TRUE(open().setMusic(id, bytes("MThd and more"), {{"part", true}}));
    const auto takes = open().newestTakes(10).value();
    ASSERT_EQ(takes.size(), 1u);
    EXPECT_EQ(takes[0].smf, bytes("MThd and more"));
    EXPECT_EQ(takes[0].recipe, Json({{"part", true}}));
    EXPECT_EQ(takes[0].name, exampleTake().name);
    EXPECT_FALSE(open().setMusic(id + 1, {}, {}));
}

TEST_F(LibraryTest, KeepsBytesThatAreNoText) {
    NewTake take = exampleTake("\"; DROP TABLE take; --");
    take.smf = bytes(std::string_view("\0\xff\x80\0'\"", 6));
    take.seedSmf = {};
    take.recipe = {{"note", "not UTF-8: \xff"}};
    open().addTake(take).value();
    const auto takes = open().newestTakes(1).value();
    EXPECT_EQ(takes.at(0).name, take.name);
    EXPECT_EQ(takes.at(0).smf, take.smf);
    EXPECT_THAT(takes.at(0).seedSmf, IsEmpty());
}

TEST_F(LibraryTest, NewestFirstUpToTheLimit) {
    auto library = open();
    for (const char* name : {"one", "two", "three"}) {
        library.addTake(exampleTake(name)).value();
    }
    const auto takes = library.newestTakes(2).value();
    ASSERT_EQ(takes.size(), 2u);
    EXPECT_EQ(takes[0].name, "three");
    EXPECT_EQ(takes[1].name, "two");
}

TEST_F(LibraryTest, ChangesOneTake) {
    auto library = open();
    library.addTake(exampleTake("other")).value();
    const std::int64_t id = library.addTake(exampleTake()).value();
    ASSERT_TRUE(library.setStarred(id, true));
    ASSERT_TRUE(library.setRejected(id, true));
    const auto takes = open().newestTakes(2).value();
    EXPECT_EQ(takes[0].name, exampleTake().name);
    EXPECT_TRUE(takes[0].starred);
    EXPECT_TRUE(takes[0].rejected);
    EXPECT_EQ(takes[1].name, "other");
    EXPECT_FALSE(takes[1].starred);
    ASSERT_TRUE(library.setStarred(id, false));
    EXPECT_FALSE(open().newestTakes(1)->front().starred);
    EXPECT_THAT(library.setStarred(4711, true).error().message, HasSubstr("no take 4711"));
}

TEST_F(LibraryTest, RecentPathsMoveToTheFront) {
    auto library = open();
    for (const char* path : {"/a.mid", "/b.mid", "/a.mid", "/c\xff.mid"}) {
        ASSERT_TRUE(library.addRecent(RecentKind::seed, path));
    }
    ASSERT_TRUE(library.addRecent(RecentKind::folder, "/music"));
    EXPECT_THAT(open().recent(RecentKind::seed).value(), ElementsAre("/c\xff.mid", "/a.mid", "/b.mid"));
    EXPECT_THAT(open().recent(RecentKind::folder).value(), ElementsAre("/music"));
    for (int number = 0; number < 30; ++number) {
        ASSERT_TRUE(library.addRecent(RecentKind::seed, std::to_string(number)));
    }
    const auto seeds = library.recent(RecentKind::seed).value();
    EXPECT_EQ(seeds.size(), 20u);
    EXPECT_EQ(seeds.front(), "29");
    EXPECT_EQ(library.recent(RecentKind::folder)->size(), 1u);
}

/// Adds takes 0, 1, 2 ... and confirms each by one byte, until it is killed or the reader has gone.
[[noreturn]] void addTakesUntilKilled(const std::filesystem::path& path, int confirmations) {
    auto library = Library::open(path);
    for (int number = 0; library && library->addTake(exampleTake(std::to_string(number))); ++number) {
        if (::write(confirmations, "x", 1) != 1) {
            break;
        }
    }
    ::_exit(1);
}

TEST_F(LibraryTest, WhatWasConfirmedSurvivesKill) {
    for (const int wanted : {1, 2, 30, 300}) {
        m_path = m_folder.path() / std::to_string(wanted) / "library.sqlite";
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            addTakesUntilKilled(m_path, pipe[1]);
        }
        ::close(pipe[1]);
        char confirmation = 0;
        std::size_t confirmed = 0;
        while (confirmed < static_cast<std::size_t>(wanted) && ::read(pipe[0], &confirmation, 1) == 1) {
            ++confirmed;
        }
        ::kill(child, SIGKILL);
        while (::read(pipe[0], &confirmation, 1) == 1) {
            ++confirmed;
        }
        ::close(pipe[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));

        EXPECT_FALSE(open().setAside());
        const auto found = names();
        EXPECT_GE(found.size(), confirmed);
        EXPECT_LE(found.size(), confirmed + 1);  // one may have been written and not yet confirmed
        for (std::size_t index = 0; index < found.size(); ++index) {
            EXPECT_EQ(found[index], std::to_string(found.size() - 1 - index));
        }
    }
}

TEST_F(LibraryTest, TwoProgramsShareIt) {
    constexpr int takesEach = 50;
    const auto work = [this](const char* name) {
        auto library = Library::open(m_path);
        for (int number = 0; library && number < takesEach; ++number) {
            EXPECT_TRUE(library->addTake(exampleTake(name)));
        }
    };
    {
        const std::jthread first(work, "first");
        const std::jthread second(work, "second");
    }
    const auto found = names();
    EXPECT_EQ(std::count(found.begin(), found.end(), "first"), takesEach);
    EXPECT_EQ(std::count(found.begin(), found.end(), "second"), takesEach);
}

TEST_F(LibraryTest, DamagedFileIsSetAsideWhole) {
    const std::string rubbish = "This is not a library. " + std::string(4096, 'x');
    ASSERT_TRUE(writeFileAtomically(m_path, rubbish));
    const auto setAside = open().setAside();
    ASSERT_TRUE(setAside);
    EXPECT_EQ(readTextFile(*setAside).value(), rubbish);
    open().addTake(exampleTake()).value();
    EXPECT_FALSE(open().setAside());
    EXPECT_EQ(names().size(), 1u);

    ASSERT_TRUE(writeFileAtomically(m_path, rubbish));
    const auto again = open().setAside();
    ASSERT_TRUE(again);
    EXPECT_NE(*again, *setAside);
    EXPECT_EQ(readTextFile(*again).value(), rubbish);
    EXPECT_TRUE(std::filesystem::exists(*setAside));
}

TEST_F(LibraryTest, AnyDamageGivesTakesOrANewLibrary) {
    {
        auto library = open();
        for (int number = 0; number < 200; ++number) {
            library.addTake(exampleTake("take " + std::to_string(number))).value();
        }
    }
    const auto whole = readFile(m_path).value();
    Random random(7);
    int setAside = 0;
    for (int round = 0; round < 60; ++round) {
        auto damaged = whole;
        if (round % 3 == 0) {
            damaged.resize(random.below(damaged.size()));
        } else {
            for (int count = 0; count < 1 << (round % 10); ++count) {
                damaged[random.below(damaged.size())] = static_cast<std::byte>(random.below(256));
            }
        }
        m_path = m_folder.path() / std::to_string(round) / "library.sqlite";
        ASSERT_TRUE(writeFileAtomically(m_path, damaged));
        auto library = Library::open(m_path);
        if (!library) {
            EXPECT_THAT(library.error().message, HasSubstr("version"));  // the damage hit the version
            continue;
        }
        if (library->setAside()) {
            ++setAside;
            EXPECT_EQ(readFile(*library->setAside()).value().size(), damaged.size());
            EXPECT_TRUE(library->addTake(exampleTake()));
        }
        const auto takes = library->newestTakes(1000);
        EXPECT_TRUE(takes || !takes.error().message.empty());
    }
    EXPECT_GT(setAside, 20);
}

TEST_F(LibraryTest, ANewerLibraryIsLeftAlone) {
    static_cast<void>(open().addTake(exampleTake()));
    {
        auto database = Database::open(m_path).value();
        ASSERT_TRUE(database.run("PRAGMA user_version = 99"));
    }
    EXPECT_THAT(Library::open(m_path).error().message, HasSubstr("version 99"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(m_path.parent_path()), {}), 1);
}

TEST_F(LibraryTest, AFolderThatCannotBeMadeIsAnError) {
    std::ofstream(m_folder.path() / "file").put('x');
    EXPECT_THAT(Library::open(m_folder.path() / "file" / "library.sqlite").error().message, HasSubstr("cannot open"));
}

}  // namespace
}  // namespace ricercar
