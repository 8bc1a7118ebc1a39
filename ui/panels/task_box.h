#pragma once

#include <QWidget>

#include "ui/panels/bar_range_picker.h"
#include "ui/session.h"

class QComboBox;
class QTabBar;

namespace ricercar {

/// What the takes shall be: music that goes on from the seed, some of its bars anew, or one more part for them.
class TaskBox : public QWidget {
    Q_OBJECT

public:
    explicit TaskBox(QWidget* parent = nullptr);

    /// Another seed; without one, takes can only go on.
    void setSeed(const Session::Seed& seed);
    /// What shall be written into the seed; nothing for takes that go on from it.
    std::optional<FillIn> fill() const;

Q_SIGNALS:
    /// `fill()` is another.
    void changed();

private:
    enum Task { goOn, fillIn, addPart };

    void showTask();

    std::shared_ptr<const Song> m_seed;
    QTabBar* m_tasks;
    QWidget* m_details;
    BarRangePicker* m_bars;
    QComboBox* m_tracks;       ///< to write anew; without data: all
    QComboBox* m_instruments;  ///< to add; without data: drums
};

}  // namespace ricercar
