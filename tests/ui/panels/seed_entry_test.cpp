#include "ui/panels/seed_entry.h"

#include "core/midi/smf_writer.h"
#include "panel_test.h"

namespace ricercar {

/// One note in each of the bars (4/4), named from 0.
Song notesInBars(std::initializer_list<int> bars) {
    SongBuilder builder;
    builder.track();
    int at = 0;
    for (const int bar : bars) {
        builder.rest(4.0 * (bar - at)).note(60, 4);
        at = bar + 1;
    }
    return builder.build();
}

class SeedEntryTest : public PanelTest {
    Q_OBJECT

private Q_SLOTS:
    void shortPiecesAreWholeSeeds() {
        QCOMPARE(defaultSeedBars(notesInBars({0, 1, 2, 3})), (BarRange{0, 3}));
        QCOMPARE(defaultSeedBars(notesInBars({7})), (BarRange{0, 7}));
    }

    void longPiecesGiveTheirLastBarsWithNotes() {
        Song song = notesInBars({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
        QCOMPARE(defaultSeedBars(song), (BarRange{4, 11}));
        song.end = Tick{20 * 4 * 480};
        QCOMPARE(defaultSeedBars(song), (BarRange{4, 11}));
    }

    void emptyBarsAtTheBeginningAreLeftOut() {
        QCOMPARE(defaultSeedBars(notesInBars({0, 10, 11})), (BarRange{8, 11}));
        QCOMPARE(defaultSeedBars(notesInBars({0, 6, 11})), (BarRange{6, 11}));
    }

    void saysWhatThePieceIs() {
        const SeedEntry entry = seedEntry(
            "Lantern walk", SongBuilder().tempo(0, 96).track().note(62, 4).note(65, 4).note(69, 4).note(62, 4).build());
        QCOMPARE(entry.detail(), "D minor  96  4 bars");
        QCOMPARE(entry.description(), "Lantern walk, D minor, 96 bpm, 4 bars");
        QVERIFY(!entry.miniature.isEmpty());
    }

    void oneBarIsNoPlural() { QVERIFY(seedEntry("x", notesInBars({0})).detail().endsWith("  1 bar")); }

    void readsAFileOrSaysWhyNot() {
        const QString file = path("Paper_boats.mid");
        QVERIFY(writeSmfFile(file.toStdString(), notesInBars({0})));
        QCOMPARE(noteCount(**readSeedSong(file)), 1u);
        QCOMPARE(seedName(file), "Paper boats");
        QVERIFY(writeSmfFile(file.toStdString(), Song{}));
        QVERIFY(QString::fromStdString(readSeedSong(file).error().message).contains("no notes"));
        QVERIFY(!readSeedSong(path("nowhere.mid")));
    }
};

}  // namespace ricercar

QTEST_MAIN(ricercar::SeedEntryTest)
#include "seed_entry_test.moc"
