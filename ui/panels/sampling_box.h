#pragma once

#include <optional>

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace ricercar {

/// How takes are drawn beyond their temperature: key, range, ending, min-p and top-p. Remembers what was chosen.
class SamplingBox : public QWidget {
    Q_OBJECT

public:
    struct Options {
        QString key;  ///< "D minor", "seed" for that of the seed, empty for any
        int lowestPitch = 0;
        int highestPitch = 127;
        bool ending = false;
        std::optional<double> minP;  ///< none: that of the temperature
        std::optional<double> topP;  ///< likewise
    };

    explicit SamplingBox(QWidget* parent = nullptr);

    Options options() const;
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
    QCheckBox* m_ending;
    QDoubleSpinBox* m_minP;
    QDoubleSpinBox* m_topP;
};

}  // namespace ricercar
