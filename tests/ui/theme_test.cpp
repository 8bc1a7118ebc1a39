#include "ui/theme.h"

#include <cmath>

#include <QApplication>
#include <QDir>
#include <QPushButton>
#include <QTest>

#include "support/qt_warnings.h"

namespace ricercar {

namespace {

/// Relative luminance and contrast ratio of WCAG 2.1.
double luminance(const QColor& colour) {
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b) {
    const auto [dark, light] = std::minmax({luminance(a), luminance(b)});
    return (light + 0.05) / (dark + 0.05);
}

}  // namespace

class ThemeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { failOnQtWarnings(); }

    void wordsCanBeRead_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QColor>("words");
        QTest::addColumn<QColor>("surface");
        for (const Theme* theme : {&darkTheme(), &lightTheme()}) {
            const auto row = [&](const char* name, const QColor& words, const QColor& surface) {
                QTest::addRow("%s, %s", name, theme->dark ? "dark" : "light") << theme->dark << words << surface;
            };
            for (const QColor& surface :
                 {theme->background, theme->panel, theme->raised, theme->hovered, theme->row, theme->rowOutside}) {
                row("text", theme->text, surface);
                row("dim", theme->dim, surface);
                row("error", theme->error, surface);
            }
            row("on accent", theme->onAccent, theme->accent);
            row("key label", theme->keyLabel, theme->whiteKey);
        }
    }
    void wordsCanBeRead() {
        QFETCH(QColor, words);
        QFETCH(QColor, surface);
        QCOMPARE_GE(contrast(words, surface), 4.5);
    }

    /// WCAG asks 3 for what is not text.
    void notesStandOut() {
        for (const Theme* theme : {&darkTheme(), &lightTheme()}) {
            for (const QColor& row : {theme->row, theme->rowOutside}) {
                QVERIFY(contrast(theme->seed, row) >= 3.0);
                QVERIFY(contrast(theme->take, row) >= 3.0);
            }
        }
    }

    void aChangeReachesTheWidgets() {
        applyTheme(darkTheme());
        QCOMPARE(&currentTheme(), &darkTheme());
        QPushButton button(QStringLiteral("Generate"));
        button.setProperty("primary", true);
        button.resize(200, metrics::primaryHeight);
        const auto colour = [&] { return button.grab().toImage().pixelColor(20, metrics::primaryHeight / 2); };
        QCOMPARE(colour(), darkTheme().accent);
        applyTheme(lightTheme());
        QCOMPARE(&currentTheme(), &lightTheme());
        QCOMPARE(colour(), lightTheme().accent);
        QCOMPARE(QApplication::palette().color(QPalette::WindowText), lightTheme().text);
    }

    void everyIconIsThereAndTinted() {
        const QStringList files =
            QDir(QStringLiteral(RICERCAR_SOURCE_DIR "/resources/icons")).entryList({QStringLiteral("*.svg")});
        QVERIFY(!files.isEmpty());
        for (const QString& file : files) {
            const QString name = file.chopped(4);
            const QImage image = iconPixmap(name, 40, Qt::red, 1.0).toImage();
            int inked = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    const QColor pixel = image.pixelColor(x, y);
                    inked += pixel.alpha() == 255;
                    QVERIFY2(pixel.alpha() < 255 || pixel == QColor(Qt::red), qPrintable(name));
                }
            }
            QVERIFY2(inked > 10, qPrintable(name));
        }
    }
};

}  // namespace ricercar

QTEST_MAIN(ricercar::ThemeTest)
#include "theme_test.moc"
