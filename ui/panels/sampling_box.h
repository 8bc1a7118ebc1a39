#pragma once

#include <optional>

#include <QStringList>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace ricercar {

/// How takes are drawn beyond their temperature: key, range, style, density, voices, ending, min-p and top-p. Remembers
/// what was chosen.
class SamplingBox : public QWidget {
    Q_OBJECT

public:
    struct Options {
        QString key;  ///< "D minor", "seed" for that of the seed, empty for any
        int lowestPitch = 0;
        int highestPitch = 127;
        QString style;                 ///< one of the model's; empty for any
        std::optional<int> density;    ///< class, see `Description`
        std::optional<int> polyphony;  ///< likewise
        bool ending = false;
        std::optional<double> minP;  ///< none: that of the temperature
        std::optional<double> topP;  ///< likewise
    };

    explicit SamplingBox(QWidget* parent = nullptr);

    Options options() const;
    /// What the model that was chosen knows: its styles, and which of "style", "density" and "polyphony" it obeys. What
    /// it does not know is not offered, and remembered for a model that does.
    void setModel(const QStringList& styles, const QStringList& conditions);
    /// In a few words, those that are not as at first: "D minor, C3 to C6, ending"; empty when all are.
    QString summary() const;

Q_SIGNALS:
    void changed();

private:
    void restore();
    void store();

    QComboBox* m_key;
    QSpinBox* m_lowest;
    QSpinBox* m_highest;
    QComboBox* m_style;
    QComboBox* m_density;
    QComboBox* m_polyphony;
    QCheckBox* m_ending;
    QDoubleSpinBox* m_minP;
    QDoubleSpinBox* m_topP;
};

}  // namespace ricercar
