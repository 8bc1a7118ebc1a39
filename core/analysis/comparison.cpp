#include "core/analysis/comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace ricercar {

namespace {

constexpr std::array judgedFeatures = {
    &Features::notesPerBar,       &Features::meanPolyphony, &Features::pitchClassEntropy, &Features::scaleConsistency,
    &Features::grooveConsistency, &Features::emptyBarRate,  &Features::repeatedBarRate,   &Features::velocitySpread};

void dropMissing(std::vector<double>& values) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
}

/// Of values, Gaussian kernels.
class Density {
public:
    explicit Density(const std::vector<double>& values) : m_values(values) {
        const auto count = static_cast<double>(values.size());
        double sum = 0;
        double squares = 0;
        for (const double value : values) {
            sum += value;
        }
        for (const double value : values) {
            squares += (value - sum / count) * (value - sum / count);
        }
        m_width = values.size() > 1 ? std::sqrt(squares / (count - 1)) * std::pow(count, -0.2) : 0;
    }

    double width() const { return m_width; }
    double at(double place) const {
        double sum = 0;
        for (const double value : m_values) {
            const double distance = (place - value) / m_width;
            sum += std::exp(-distance * distance / 2);
        }
        return sum / (static_cast<double>(m_values.size()) * m_width * std::sqrt(2 * std::numbers::pi));
    }

private:
    const std::vector<double>& m_values;
    double m_width;
};

std::vector<double> valuesOf(std::span<const PieceFigures> pieces, double Features::*feature) {
    std::vector<double> values;
    for (const PieceFigures& piece : pieces) {
        values.push_back(piece.features.*feature);
    }
    dropMissing(values);
    return values;
}

double longestRun(const PieceFigures& piece) {
    if (!piece.copies) {
        return Features::none;
    }
    return piece.copies->longest ? static_cast<double>(piece.copies->longest->notes) : 0;
}

}  // namespace

PieceFigures pieceFigures(const Song& song, const CopyIndex* index, std::optional<std::size_t> except) {
    PieceFigures figures;
    figures.features = features(song, song.end);
    figures.timesRunning = timesRunning(song);
    figures.endsOnBarLine = meterMap(song).barStart(barCount(song)) == song.end;
    if (index != nullptr) {
        figures.copies = index->find(song, except);
    }
    return figures;
}

double quantile(std::vector<double> values, double share) {
    dropMissing(values);
    if (values.empty()) {
        return Features::none;
    }
    std::sort(values.begin(), values.end());
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

Quartiles quartiles(const std::vector<double>& values) {
    return {quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)};
}

double overlappingArea(std::vector<double> a, std::vector<double> b) {
    dropMissing(a);
    dropMissing(b);
    const Density densityOfA(a);
    const Density densityOfB(b);
    if (densityOfA.width() <= 0 || densityOfB.width() <= 0) {
        return Features::none;
    }
    const double margin = 4 * std::max(densityOfA.width(), densityOfB.width());
    const double low = std::min(*std::min_element(a.begin(), a.end()), *std::min_element(b.begin(), b.end())) - margin;
    const double high = std::max(*std::max_element(a.begin(), a.end()), *std::max_element(b.begin(), b.end())) + margin;
    constexpr int steps = 1000;
    double area = 0;
    for (int step = 0; step < steps; ++step) {
        const double place = low + (high - low) * (step + 0.5) / steps;
        area += std::min(densityOfA.at(place), densityOfB.at(place));
    }
    return area * (high - low) / steps;
}

std::vector<FeatureComparison> compareFeatures(std::span<const PieceFigures> real,
                                               std::span<const PieceFigures> takes) {
    std::vector<FeatureComparison> comparisons;
    for (const FeatureField& field : featureFields) {
        const std::vector<double> ofReal = valuesOf(real, field.value);
        const std::vector<double> ofTakes = valuesOf(takes, field.value);
        const bool judged =
            std::find(judgedFeatures.begin(), judgedFeatures.end(), field.value) != judgedFeatures.end();
        FeatureComparison comparison{field, judged, quartiles(ofReal), quartiles(ofTakes)};
        if (!ofTakes.empty()) {
            const auto inside = std::count_if(ofTakes.begin(), ofTakes.end(),
                                              [&](double value) { return comparison.real.hold(value); });
            comparison.insideShare = static_cast<double>(inside) / static_cast<double>(ofTakes.size());
        }
        comparison.overlap = overlappingArea(ofReal, ofTakes);
        comparisons.push_back(comparison);
    }
    return comparisons;
}

CopySummary summariseCopies(std::span<const PieceFigures> pieces) {
    constexpr double high = 0.95;
    CopySummary summary;
    std::vector<double> notes;
    std::vector<double> bars;
    std::vector<double> shares;
    for (const PieceFigures& piece : pieces) {
        if (!piece.copies) {
            continue;
        }
        const auto& longest = piece.copies->longest;
        notes.push_back(longestRun(piece));
        bars.push_back(longest ? longest->bars() : 0);
        shares.push_back(piece.copies->copiedShare());
        if (longest && (summary.longest == nullptr || longest->notes > summary.longest->notes)) {
            summary.longest = &*longest;
        }
    }
    summary.medianNotes = quantile(notes, 0.5);
    summary.highNotes = quantile(notes, high);
    summary.highBars = quantile(bars, high);
    summary.medianShare = quantile(shares, 0.5);
    summary.highShare = quantile(shares, high);
    return summary;
}

double shareWithLongerCopies(std::span<const PieceFigures> pieces, double notes) {
    const auto longer = std::count_if(pieces.begin(), pieces.end(),
                                      [&](const PieceFigures& piece) { return longestRun(piece) > notes; });
    return pieces.empty() ? Features::none : static_cast<double>(longer) / static_cast<double>(pieces.size());
}

}  // namespace ricercar
