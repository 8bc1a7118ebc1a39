#include "core/train/music_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/midi/smf_reader.h"
#include "core/midi/smf_writer.h"
#include "support/random_model.h"
#include "support/song_builder.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Quarters that walk about, 12 bars of them.
Song walk(std::uint64_t seed) {
    Random random(seed);
    SongBuilder song;
    for (int note = 0; note < 48; ++note) {
        song.note(random.between(55, 75), 1, random.between(40, 100));
    }
    return song.build();
}

class MusicProtocol : public testing::Test {
protected:
    MusicProtocol() {
        ::setenv("XDG_CACHE_HOME", (folder.path() / "cache").c_str(), 1);
        for (std::uint64_t piece = 0; piece < 6; ++piece) {
            EXPECT_TRUE(writeSmfFile(music / fmt::format("{}.mid", piece), walk(piece)));
        }
        const auto path = folder.path() / "model.safetensors";
        const auto config = smallLstm(findVocabulary("house-2").value()->size());
        EXPECT_TRUE(writeRandomModel(path, config, "house-2"));
        model = Model::open(path).value();
        settings.seedBars = 2;
        settings.generate.bars = 3;
        settings.fromSeeds = 5;
        settings.fromNothing = 2;
        settings.takesOfSeed = 2;
        settings.temperatures = {0.7, 1.1};
    }

    Result<MusicReport> compare(std::stop_token stop = {}) const {
        return compareMusic(model, music, settings, {}, stop);
    }

    const TemporaryFolder folder;
    const fs::path music = folder.path() / "music";
    std::shared_ptr<const Model> model;
    MusicSettings settings;
};

TEST_F(MusicProtocol, MeasuresTakesBesideWindowsOfTheirLength) {
    const auto report = compare();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->pieces, 6);
    EXPECT_EQ(report->real.size(), 200);
    for (const PieceFigures& window : report->real) {
        EXPECT_DOUBLE_EQ(window.features.notesPerBar, 4);
        EXPECT_DOUBLE_EQ(window.features.grooveConsistency, 1);
        EXPECT_FALSE(window.copies);
    }
    ASSERT_EQ(report->sets.size(), 4);
    for (std::size_t set = 0; set < 4; ++set) {
        EXPECT_EQ(report->sets[set].fromSeeds, set < 2);
        EXPECT_EQ(report->sets[set].temperature, settings.temperatures[set % 2]);
        EXPECT_EQ(report->sets[set].takes.size(), set < 2 ? 5 : 2);
        for (const PieceFigures& take : report->sets[set].takes) {
            EXPECT_TRUE(take.endsOnBarLine);
            EXPECT_GT(take.features.notesPerBar, 0);
        }
    }
    EXPECT_FALSE(report->stopped);
}

TEST_F(MusicProtocol, TheSameSettingsGiveTheSameReport) {
    const std::string once = toJson(compare().value()).dump();
    EXPECT_EQ(toJson(compare().value()).dump(), once);
    settings.generate.rng = 2;
    EXPECT_NE(toJson(compare().value()).dump(), once);
}

TEST_F(MusicProtocol, RealPiecesAreNotComparedWithThemselves) {
    settings.against = music;
    const MusicReport apart = compare().value();
    for (const PieceFigures& window : apart.real) {
        ASSERT_TRUE(window.copies);
        EXPECT_LT(window.copies->longest->notes, 6);
        EXPECT_EQ(window.copies->copied(), 0);
    }
    EXPECT_EQ(apart.trainingPieces.size(), 6);
    // Another folder with the first piece a fourth higher: windows of it are copies, but for the first note,
    // whose rhythm depends on the one before.
    settings.against = folder.path() / "training";
    Song higher = walk(0);
    Track track = *higher.tracks[0];
    for (Note& note : track.notes) {
        note.pitch = Pitch::clamped(note.pitch.midi() + 5);
    }
    higher.tracks = {std::make_shared<const Track>(track)};
    ASSERT_TRUE(writeSmfFile(settings.against / "higher.mid", higher));
    const MusicReport report = compare().value();
    const auto copied = std::count_if(report.real.begin(), report.real.end(),
                                      [](const PieceFigures& window) { return window.copies->longest->notes == 11; });
    EXPECT_NEAR(static_cast<double>(copied), 200 / 6.0, 1);  // each of the six pieces has as many windows
    EXPECT_EQ(report.trainingPieces, std::vector<std::string>{"higher.mid"});
}

TEST_F(MusicProtocol, ARunLeadsToWhatItLearnedFrom) {
    settings.against = folder.path() / "run";
    ASSERT_TRUE(writeFileAtomically(settings.against / "config.json", Json{{"folder", music.string()}}.dump()));
    EXPECT_EQ(compare().value().trainingPieces.size(), 6);
    ASSERT_TRUE(writeFileAtomically(settings.against / "config.json", std::string_view("{}")));
    EXPECT_THAT(compare().error().message, HasSubstr("config.json: \"folder\" is missing"));
}

TEST_F(MusicProtocol, TakesAreLeftAsFiles) {
    settings.out = folder.path() / "takes";
    ASSERT_TRUE(compare());
    int files = 0;
    for (const auto& entry : fs::directory_iterator(settings.out)) {
        ++files;
        EXPECT_EQ(barCount(readSmfFile(entry.path()).value().song), 3);
    }
    EXPECT_EQ(files, 14);
}

TEST_F(MusicProtocol, PiecesThatAreTooShortAreSaid) {
    settings.generate.bars = 11;
    EXPECT_THAT(compare().error().message, HasSubstr("none of the 6 pieces has 13 bars"));
}

TEST_F(MusicProtocol, StoppedItReportsWhatIsWhole) {
    std::stop_source stop;
    const auto stopped = compareMusic(
        model, music, settings, [&](const Progress& progress) { progress.fraction > 0.5 && stop.request_stop(); },
        stop.get_token());
    ASSERT_TRUE(stopped) << stopped.error().message;
    EXPECT_TRUE(stopped->stopped);
    EXPECT_LT(stopped->sets.back().takes.size(), 2);
    EXPECT_THAT(reportText(*stopped), HasSubstr("Stopped before all takes were drawn"));
    EXPECT_FALSE(compare(stop.get_token()));
}

TEST_F(MusicProtocol, TheReportIsReadable) {
    settings.against = music;
    const MusicReport report = compare().value();
    const std::string text = reportText(report);
    for (const char* words :
         {"takes of 3 bars", "After 2 bars", "From nothing", "| scale consistency", "at 0.7 (5 takes)",
          "| stuck in a loop", "| end on a bar line", "| longest copied run", "100 %"}) {
        EXPECT_THAT(text, HasSubstr(words));
    }
    const Json json = toJson(report);
    ASSERT_EQ(json["takes"].size(), 4);
    const Json& takes = json["takes"].front();
    EXPECT_EQ(takes["judgedFeatures"], 8);
    EXPECT_EQ(takes["endOnBarLineShare"], 1);
    EXPECT_EQ(json["real"]["features"]["notesPerBar"]["median"], 4);
    EXPECT_TRUE(takes["features"]["velocitySpread"]["overlap"].is_number());
    EXPECT_TRUE(takes["copies"]["longestNotes"]["median"].is_number());
    EXPECT_TRUE(json["real"]["copies"]["longest"]["piece"].is_string());
}

}  // namespace
}  // namespace ricercar
