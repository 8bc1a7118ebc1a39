#include "ui/panels/model_picker.h"

#include <QPainter>
#include <QStylePainter>
#include <QStyledItemDelegate>

#include "ui/panels/words.h"
#include "ui/theme.h"

namespace ricercar {

namespace {

constexpr int detailRole = Qt::UserRole + 1;
constexpr int stylesRole = Qt::UserRole + 2;

constexpr int conditionsRole = Qt::UserRole + 3;

/// The list of texts in the card's field `name`.
QStringList textsOf(const EngineModel& model, const char* name) {
    const auto texts = fieldOr(model.card, name, std::vector<std::string>());
    QStringList list;
    for (const std::string& text : texts.value_or(std::vector<std::string>())) {
        list.append(QString::fromStdString(text));
    }
    return list;
}

/// Two lines, left aligned in the middle of `area`.
void paintTwoLines(QPainter& painter, const QRect& area, const QString& name, const QString& detail, bool enabled) {
    const auto line = [&](const QString& text, TextStyle style, const QColor& colour, const QRect& where) {
        painter.setFont(font(style));
        painter.setPen(colour);
        painter.drawText(where, Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight, where.width()));
    };
    const Theme& theme = currentTheme();
    const QRect middle(area.left(), area.center().y() - 16, area.width(), 34);
    line(name, TextStyle::name, enabled ? theme.text : theme.dim, middle.adjusted(0, 0, 0, -16));
    line(detail, TextStyle::small, theme.dim, middle.adjusted(0, 17, 0, 0));
}

class ModelDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        if ((option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) != 0) {
            painter->fillRect(option.rect, currentTheme().hovered);
        }
        paintTwoLines(*painter, option.rect.adjusted(12, 0, -12, 0), index.data().toString(),
                      index.data(detailRole).toString(), true);
    }
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {metrics::generateWidth - 2 * metrics::margin, metrics::primaryHeight};
    }
};

}  // namespace

QString modelDetail(const EngineModel& model) {
    const auto text = [&](const char* name) {
        return QString::fromStdString(fieldOr(model.card, name, std::string()).value_or(std::string()));
    };
    QStringList parts;
    if (model.weights > 0) {
        parts << ModelPicker::tr("%1 M weights").arg(static_cast<double>(model.weights) / 1e6, 0, 'f', 1);
    }
    if (const QString summary = text("summary"); !summary.isEmpty()) {
        parts << summary;
    } else if (const QString music = text("trainedOn"); !music.isEmpty()) {
        parts << counted(fieldOr(model.card, "trainPieces", 0).value_or(0), ModelPicker::tr("1 piece of "),
                         ModelPicker::tr("%1 pieces of ")) +
                     music;
    }
    return parts.isEmpty() ? model.preset : parts.join(QStringLiteral(" - "));
}

ModelPicker::ModelPicker(QWidget* parent) : QComboBox(parent) { setItemDelegate(new ModelDelegate(this)); }

void ModelPicker::setModels(const QList<EngineModel>& models) {
    const QString chosen = chosenPath();
    const QSignalBlocker blocker(this);
    clear();
    for (const EngineModel& model : models) {
        addItem(model.name, model.path);
        setItemData(count() - 1, modelDetail(model), detailRole);
        setItemData(count() - 1, textsOf(model, "styles"), stylesRole);
        setItemData(count() - 1, textsOf(model, "obeys"), conditionsRole);
    }
    if (!choose(chosen)) {
        setCurrentIndex(models.isEmpty() ? -1 : 0);
    }
}

QStringList ModelPicker::chosenStyles() const { return currentData(stylesRole).toStringList(); }

QStringList ModelPicker::chosenConditions() const { return currentData(conditionsRole).toStringList(); }

bool ModelPicker::choose(const QString& path) {
    const int index = findData(path);
    if (index >= 0) {
        setCurrentIndex(index);
    }
    return index >= 0;
}

QSize ModelPicker::sizeHint() const { return {QComboBox::sizeHint().width(), metrics::primaryHeight}; }
QSize ModelPicker::minimumSizeHint() const { return {0, metrics::primaryHeight}; }

void ModelPicker::paintEvent(QPaintEvent*) {
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    const QRect field = style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
    paintTwoLines(painter, QRect(12, 0, field.right() - 12, height()),
                  currentIndex() < 0 ? placeholderText() : currentText(), currentData(detailRole).toString(),
                  isEnabled());
}

}  // namespace ricercar
