#include "ui/roll_notes.h"

#include <algorithm>

#include <QTest>

#include "support/qt_warnings.h"
#include "support/random_song.h"
#include "support/song_builder.h"

namespace ricercar {

class RollNotesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnQtWarnings(); }

    void knowsPartsTracksAndRange() {
        const Song song = SongBuilder().track().note(60, 4).note(72, 4).drums().note(36, 1).build();
        const RollNotes notes(song, Tick{4 * 480});
        QCOMPARE(notes.size(), 3U);
        QCOMPARE(notes.lowest().midi(), 60);
        QCOMPARE(notes.highest().midi(), 72);
        QVERIFY(notes.at(Tick{0}, Pitch::clamped(60))->part == RollNotes::Part::seed);
        QVERIFY(notes.at(Tick{1920}, Pitch::clamped(72))->part == RollNotes::Part::take);
        QVERIFY(notes.at(Tick{10}, Pitch::clamped(36))->drums);
        QCOMPARE(notes.at(Tick{10}, Pitch::clamped(36))->track, 1);
    }

    void whatTheSeedHasInTheBarsOfATakeStaysTheSeeds() {
        const Song seed = SongBuilder().track().note(60, 4).note(62, 4).note(64, 4).build();
        const Song song =
            SongBuilder().track().note(60, 4).note(62, 4).note(64, 4).track(40).rest(4).note(72, 4).build();
        const RollNotes notes(song, {Tick{4 * 480}, Tick{8 * 480}}, seed);
        const auto part = [&](int quarter, int pitch) {
            return notes.at(Tick{quarter * 480}, Pitch::clamped(pitch))->part;
        };
        QVERIFY(part(0, 60) == RollNotes::Part::seed);
        QVERIFY(part(4, 62) == RollNotes::Part::seed);
        QVERIFY(part(4, 72) == RollNotes::Part::take);
        QVERIFY(part(8, 64) == RollNotes::Part::seed);
        QCOMPARE(notes.highest().midi(), 72);
    }

    void drumsAloneHaveARangeToo() {
        const RollNotes notes(SongBuilder().drums().note(36, 1).note(42, 1).build(), {});
        QCOMPARE(notes.lowest().midi(), 36);
        QCOMPARE(notes.highest().midi(), 42);
    }

    void hitsAreExact() {
        const RollNotes notes(SongBuilder().note(60, 1).note(60, 1).build(), Tick{9999});
        QCOMPARE(notes.at(Tick{479}, Pitch::clamped(60))->begin, 0);
        QCOMPARE(notes.at(Tick{480}, Pitch::clamped(60))->begin, 480);
        QVERIFY(notes.at(Tick{960}, Pitch::clamped(60)) == nullptr);
        QVERIFY(notes.at(Tick{480}, Pitch::clamped(61)) == nullptr);
    }

    void theTopmostOfOverlappingNotesIsHit() {
        const RollNotes notes(SongBuilder().track().note(60, 4).track().rest(1).note(60, 1).build(), Tick{9999});
        QCOMPARE(notes.at(Tick{500}, Pitch::clamped(60))->track, 1);
        QCOMPARE(notes.at(Tick{1000}, Pitch::clamped(60))->track, 0);
    }

    /// Culling by binary search finds exactly what looking at every note finds.
    void cullingEqualsLooking() {
        Random random(11);
        for (int round = 0; round < 50; ++round) {
            const Song song = randomSong(random);
            const RollNotes notes(song, Tick{});
            const std::int64_t begin = random.between(0, static_cast<int>(song.end.value) + 1);
            const TickRange range{{begin}, {begin + random.between(1, 4000)}};
            const auto sounds = [&](const RollNotes::ShownNote& note) {
                return note.begin < range.end.value && note.end > range.begin.value;
            };
            const auto all = notes.around({Tick{-1}, Tick{song.end.value + 1}});
            const auto found = notes.around(range);
            QCOMPARE(std::ranges::count_if(found, sounds), std::ranges::count_if(all, sounds));
            QVERIFY(std::ranges::is_sorted(found, {}, &RollNotes::ShownNote::begin));
        }
    }

    void aTakeReplacedIsAsIfMadeAnew() {
        Random random(12);
        for (int round = 0; round < 50; ++round) {
            const Song song = randomSong(random);
            const Tick begin{song.end.value / 2};
            Song other = song;
            for (auto& track : other.tracks) {
                auto changed = *track;
                std::erase_if(changed.notes,
                              [&](const Note& note) { return note.onset >= begin && random.uniform() < 0.5; });
                track = std::make_shared<const Track>(std::move(changed));
            }
            RollNotes notes(song, begin);
            notes.replaceTake(other, begin);
            const RollNotes made(other, begin);
            const TickRange everything{Tick{-1}, Tick{song.end.value + 1}};
            QVERIFY(std::ranges::equal(notes.around(everything), made.around(everything)));
            QCOMPARE(notes.lowest(), made.lowest());
            QCOMPARE(notes.highest(), made.highest());
        }
    }

    void nothingIsNothing() {
        const RollNotes notes(Song{}, {});
        QVERIFY(notes.isEmpty());
        QVERIFY(notes.around({Tick{0}, Tick{1000}}).empty());
        QVERIFY(notes.at({}, Pitch::clamped(60)) == nullptr);
    }
};

}  // namespace ricercar

QTEST_APPLESS_MAIN(ricercar::RollNotesTest)
#include "roll_notes_test.moc"
