#include "ui/panels/sampling_box.h"

#include <array>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QSettings>
#include <QSpinBox>

#include "core/music/names.h"
#include "core/tokens/house_exercise.h"
#include "ui/panels/widgets.h"

namespace ricercar {

namespace {

constexpr auto keySetting = "generate/key";
constexpr auto lowestSetting = "generate/lowestPitch";
constexpr auto highestSetting = "generate/highestPitch";
constexpr auto styleSetting = "generate/style";
constexpr auto densitySetting = "generate/density";
constexpr auto polyphonySetting = "generate/polyphony";
constexpr auto endingSetting = "generate/ending";
constexpr auto minPSetting = "generate/minP";
constexpr auto topPSetting = "generate/topP";

/// Below this min-p is that of the temperature.
constexpr double lowestMinP = 0.0;
constexpr double minPStep = 0.01;

/// Upper ends of the classes of polyphony in whole voices.
constexpr std::array<double, housePolyphonies.size()> houseVoices = {1, 2, 3, 4, 6};

/// A spin box of pitches by name; it reads "C4", "bb3" and "60".
class PitchBox : public QSpinBox {
public:
    explicit PitchBox(int pitch) {
        setRange(0, 127);
        setValue(pitch);
        setMinimumWidth(0);
    }

private:
    QString textFromValue(int pitch) const override { return QString::fromStdString(pitchName(Pitch::clamped(pitch))); }
    int valueFromText(const QString& text) const override {
        const auto pitch = pitchFromText(text.trimmed().toStdString());
        return pitch ? pitch->midi() : value();
    }
    QValidator::State validate(QString& text, int&) const override {
        const auto pitch = pitchFromText(text.trimmed().toStdString());
        return pitch && pitch->midi() >= minimum() && pitch->midi() <= maximum() ? QValidator::Acceptable
                                                                                 : QValidator::Intermediate;
    }
};

QComboBox* makeKeys() {
    auto* keys = named(new QComboBox, SamplingBox::tr("Key"));
    keys->addItem(SamplingBox::tr("any"), QString());
    keys->addItem(SamplingBox::tr("like the seed"), QStringLiteral("seed"));
    for (const Mode mode : {Mode::major, Mode::minor}) {
        keys->insertSeparator(keys->count());
        for (int tonic = 0; tonic < 12; ++tonic) {
            const QString name = QString::fromStdString(Key{tonic, mode}.text());
            keys->addItem(name, name);
        }
    }
    keys->setToolTip(SamplingBox::tr("Only notes of this key, of a minor one also its raised seventh; drums play on"));
    return keys;
}

/// Any, then a class for each of `ends` and one above them.
template <std::size_t size>
QComboBox* makeClasses(const QString& name, const std::array<double, size>& ends, const QString& upTo,
                       const QString& over) {
    auto* classes = named(new QComboBox, name);
    classes->addItem(SamplingBox::tr("any"));
    for (const double end : ends) {
        classes->addItem(upTo.arg(end), classes->count() - 1);
    }
    classes->addItem(over.arg(ends.back()), classes->count() - 1);
    classes->setMinimumContentsLength(4);
    classes->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    return classes;
}

std::optional<int> classIn(const QComboBox* classes) {
    return classes->isEnabled() && classes->currentIndex() > 0 ? std::optional(classes->currentData().toInt())
                                                               : std::nullopt;
}

}  // namespace

SamplingBox::SamplingBox(QWidget* parent)
    : QWidget(parent),
      m_key(makeKeys()),
      m_lowest(named(new PitchBox(0), tr("Lowest pitch"))),
      m_highest(named(new PitchBox(127), tr("Highest pitch"))),
      m_style(named(new QComboBox, tr("Style"))),
      m_density(makeClasses(tr("Density"), houseDensities, tr("to %1 a quarter"), tr("over %1 a quarter"))),
      m_polyphony(makeClasses(tr("Voices"), houseVoices, tr("to %1 at once"), tr("over %1 at once"))),
      m_ending(named(new QCheckBox(tr("Close with an ending")), tr("Ending"))),
      m_minP(named(new QDoubleSpinBox, tr("Min-p"))),
      m_topP(named(new QDoubleSpinBox, tr("Top-p"))) {
    m_lowest->setToolTip(tr("No instrument but the drums plays lower"));
    m_highest->setToolTip(tr("No instrument but the drums plays higher"));
    m_ending->setToolTip(tr("Draws the last two bars several times and takes those that close best"));
    m_polyphony->setItemText(1, tr("one at a time"));
    m_minP->setRange(lowestMinP - minPStep, 1.0);
    m_minP->setSingleStep(minPStep);
    m_minP->setSpecialValueText(tr("auto"));
    m_minP->setValue(m_minP->minimum());
    m_minP->setToolTip(
        tr("Leaves out what is less likely than the likeliest choice by this factor; auto: by the temperature"));
    m_topP->setRange(0.05, 1.0);
    m_topP->setSingleStep(0.01);
    m_topP->setValue(1.0);
    m_topP->setToolTip(tr("Draws from the likeliest choices that together have this probability"));

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(metrics::grid);
    grid->addWidget(makeCaption(tr("Key")), 0, 0);
    grid->addWidget(m_key, 0, 1, 1, 2);
    grid->addWidget(makeCaption(tr("Range")), 1, 0);
    grid->addWidget(m_lowest, 1, 1);
    grid->addWidget(m_highest, 1, 2);
    grid->addWidget(makeCaption(tr("Style")), 2, 0);
    grid->addWidget(m_style, 2, 1, 1, 2);
    grid->addWidget(makeCaption(tr("Notes")), 3, 0);
    grid->addWidget(m_density, 3, 1, 1, 2);
    grid->addWidget(makeCaption(tr("Voices")), 4, 0);
    grid->addWidget(m_polyphony, 4, 1, 1, 2);
    grid->addWidget(m_ending, 5, 0, 1, 3);
    grid->addWidget(makeCaption(tr("Min-p")), 6, 0);
    grid->addWidget(m_minP, 6, 1, 1, 2);
    grid->addWidget(makeCaption(tr("Top-p")), 7, 0);
    grid->addWidget(m_topP, 7, 1, 1, 2);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(2, 1);

    connect(m_lowest, &QSpinBox::valueChanged, m_highest, &QSpinBox::setMinimum);
    connect(m_highest, &QSpinBox::valueChanged, m_lowest, &QSpinBox::setMaximum);
    setModel({}, {});
    restore();
    for (QComboBox* classes : {m_density, m_polyphony}) {
        connect(classes, &QComboBox::currentIndexChanged, this, &SamplingBox::store);
    }
    connect(m_style, &QComboBox::activated, this, [this] {
        QSettings().setValue(styleSetting, m_style->currentData());
        Q_EMIT changed();
    });
    connect(m_key, &QComboBox::currentIndexChanged, this, &SamplingBox::store);
    connect(m_lowest, &QSpinBox::valueChanged, this, &SamplingBox::store);
    connect(m_highest, &QSpinBox::valueChanged, this, &SamplingBox::store);
    connect(m_ending, &QCheckBox::toggled, this, &SamplingBox::store);
    connect(m_minP, &QDoubleSpinBox::valueChanged, this, &SamplingBox::store);
    connect(m_topP, &QDoubleSpinBox::valueChanged, this, &SamplingBox::store);
}

SamplingBox::Options SamplingBox::options() const {
    Options options{.key = m_key->currentData().toString(),
                    .lowestPitch = m_lowest->value(),
                    .highestPitch = m_highest->value(),
                    .style = m_style->isEnabled() ? m_style->currentData().toString() : QString(),
                    .density = classIn(m_density),
                    .polyphony = classIn(m_polyphony),
                    .ending = m_ending->isChecked(),
                    .minP = {},
                    .topP = {}};
    if (m_minP->value() >= lowestMinP) options.minP = m_minP->value();
    if (m_topP->value() < m_topP->maximum()) options.topP = m_topP->value();
    return options;
}

QString SamplingBox::summary() const {
    const Options chosen = options();
    QStringList words;
    if (!chosen.key.isEmpty()) words += m_key->currentText();
    if (chosen.lowestPitch > 0 || chosen.highestPitch < 127)
        words += tr("%1 to %2").arg(m_lowest->text(), m_highest->text());
    if (!chosen.style.isEmpty()) words += chosen.style;
    if (chosen.density) words += tr("notes %1").arg(m_density->currentText());
    if (chosen.polyphony) words += tr("voices %1").arg(m_polyphony->currentText());
    if (chosen.ending) words += tr("ending");
    if (chosen.minP) words += tr("min-p");
    if (chosen.topP) words += tr("top-p");
    return words.join(QStringLiteral(", "));
}

void SamplingBox::setModel(const QStringList& styles, const QStringList& conditions) {
    m_style->clear();
    m_style->addItem(tr("any"), QString());
    for (const QString& style : styles) {
        m_style->addItem(style, style);
    }
    m_style->setCurrentIndex(std::max(0, m_style->findData(QSettings().value(styleSetting, QString()))));
    const auto offer = [&](QComboBox* choice, const char* condition, const QString& what) {
        const bool known = conditions.contains(QLatin1String(condition));
        choice->setEnabled(known);
        choice->setToolTip(known ? what : tr("%1. This model has not learnt to be told").arg(what));
    };
    offer(m_style, "style", tr("The kind of music, of those that the model has learnt apart"));
    offer(m_density, "density", tr("How many notes shall begin in a quarter, all instruments together"));
    offer(m_polyphony, "polyphony",
          tr("How many notes shall sound at once on average, all instruments but the drums together"));
    Q_EMIT changed();
}

void SamplingBox::restore() {
    const QSettings settings;
    m_key->setCurrentIndex(std::max(0, m_key->findData(settings.value(keySetting, QString()))));
    m_lowest->setValue(settings.value(lowestSetting, m_lowest->value()).toInt());
    m_highest->setValue(settings.value(highestSetting, m_highest->value()).toInt());
    m_density->setCurrentIndex(settings.value(densitySetting, 0).toInt());
    m_polyphony->setCurrentIndex(settings.value(polyphonySetting, 0).toInt());
    m_ending->setChecked(settings.value(endingSetting, false).toBool());
    m_minP->setValue(settings.value(minPSetting, m_minP->value()).toDouble());
    m_topP->setValue(settings.value(topPSetting, m_topP->value()).toDouble());
}

void SamplingBox::store() {
    QSettings settings;
    settings.setValue(keySetting, m_key->currentData());
    settings.setValue(lowestSetting, m_lowest->value());
    settings.setValue(highestSetting, m_highest->value());
    settings.setValue(densitySetting, m_density->currentIndex());
    settings.setValue(polyphonySetting, m_polyphony->currentIndex());
    settings.setValue(endingSetting, m_ending->isChecked());
    settings.setValue(minPSetting, m_minP->value());
    settings.setValue(topPSetting, m_topP->value());
    Q_EMIT changed();
}

}  // namespace ricercar
