#include "core/frames/context_mixer.h"

#include <algorithm>
#include <cmath>

namespace ricercar {

namespace {

constexpr int rememberedBits = 20;
constexpr int pieceBits = 14;
constexpr float slowestRate = 1.0F / 250;      // of a remembered counter
constexpr float slowestPieceRate = 1.0F / 30;  // of one of the piece: what is recent counts
constexpr float firstMeetings = 1.6F;          // a counter moves by 1 / (this + times met)
constexpr float leastProbability = 0.0003F;
constexpr float largestSum = 12;
constexpr float learningRate = 0.002F;
constexpr float lastLearningRate = 0.0005F;
constexpr float bias = 0.3F;
constexpr float firstWeight = 0.12F;       // of what is remembered, before training
constexpr float firstPieceWeight = 0.04F;  // of the piece

/// How well a counter is known; the weights learn what each degree is worth.
constexpr std::size_t degrees = 6;
std::size_t degreeOf(int met) {
    constexpr int bounds[] = {1, 2, 4, 10, 40};
    return static_cast<std::size_t>(std::upper_bound(std::begin(bounds), std::end(bounds), met) - std::begin(bounds));
}

float logistic(float x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

void ContextMixer::Counter::count(bool yes, float slowest) {
    const float rate = std::max(1 / (static_cast<float>(met) + firstMeetings), slowest);
    probability += (static_cast<float>(yes) - probability) * rate;
    probability = std::clamp(probability, leastProbability, 1 - leastProbability);
    met = static_cast<std::uint16_t>(std::min(met + 1, 60'000));
}

const ContextMixer::Counter& ContextMixer::Counters::find(std::size_t context, std::uint64_t hash) const {
    static const Counter unknown;
    const auto check = static_cast<std::uint16_t>(hash);
    const std::size_t place = placeOf(context, hash);
    for (const Counter* counter : {&m_counters[place], &m_counters[place ^ 1]}) {
        if (counter->met > 0 && counter->check == check) {
            return *counter;
        }
    }
    return unknown;
}

ContextMixer::Counter& ContextMixer::Counters::at(std::size_t context, std::uint64_t hash) {
    const auto check = static_cast<std::uint16_t>(hash);
    const std::size_t place = placeOf(context, hash);
    Counter& first = m_counters[place];
    Counter& second = m_counters[place ^ 1];
    for (Counter* counter : {&first, &second}) {
        if (counter->met > 0 && counter->check == check) {
            return *counter;
        }
    }
    Counter& seldomer = first.met <= second.met ? first : second;
    seldomer = {check, 0, 0.5F};
    return seldomer;
}

void ContextMixer::Counters::clear() { std::fill(m_counters.begin(), m_counters.end(), Counter()); }

ContextMixer::ContextMixer(int contexts, std::span<const int> selectorSizes)
    : m_remembered(static_cast<std::size_t>(contexts), rememberedBits),
      m_piece(static_cast<std::size_t>(contexts), pieceBits),
      m_inputs(2 * static_cast<std::size_t>(contexts) + 1),
      m_selected(selectorSizes.size()),
      m_logOdds(m_inputs),
      m_weightOf(m_inputs),
      m_sums(selectorSizes.size()) {
    std::size_t sets = 0;
    for (const int size : selectorSizes) {
        m_firstOfSelector.push_back(sets);
        sets += static_cast<std::size_t>(size);
    }
    m_last = sets * m_inputs * degrees;
    for (std::size_t place = 0; place < m_last; ++place) {
        const std::size_t input = place / degrees % m_inputs;
        const float known = input < m_inputs / 2 ? firstWeight : firstPieceWeight;
        m_weights.push_back(place % degrees == 0 || input + 1 == m_inputs ? 0 : known);
    }
    m_weights.resize(m_last + static_cast<std::size_t>(selectorSizes[0]) * selectorSizes.size(),
                     1 / static_cast<float>(selectorSizes.size()));
    m_logOdds.back() = bias;
    m_weightOf.back() = (m_inputs - 1) * degrees;
}

void ContextMixer::see(std::size_t input, const Counter& counter) {
    m_logOdds[input] = counter.met == 0 ? 0 : std::log(counter.probability / (1 - counter.probability));
    m_weightOf[input] = input * degrees + degreeOf(counter.met);
}

float* ContextMixer::weightsOf(std::size_t selector) {
    return m_weights.data() + (m_firstOfSelector[selector] + m_selected[selector]) * m_inputs * degrees;
}

void ContextMixer::prefetch(std::span<const std::uint64_t> contexts) const {
    for (std::size_t context = 0; context < contexts.size(); ++context) {
        m_remembered.prefetch(context, contexts[context]);
        m_piece.prefetch(context, contexts[context]);
    }
}

double ContextMixer::probability(std::span<const std::uint64_t> contexts, std::span<const int> selected) {
    m_contexts = contexts;
    std::copy(selected.begin(), selected.end(), m_selected.begin());
    prefetch(contexts);
    for (std::size_t context = 0; context < contexts.size(); ++context) {
        see(context, m_remembered.find(context, contexts[context]));
        see(contexts.size() + context, m_piece.find(context, contexts[context]));
    }
    float mixed = 0;
    for (std::size_t selector = 0; selector < m_sums.size(); ++selector) {
        const float* weights = weightsOf(selector);
        float sum = 0;
        for (std::size_t input = 0; input < m_inputs; ++input) {
            sum += weights[m_weightOf[input]] * m_logOdds[input];
        }
        m_sums[selector] = std::clamp(sum, -largestSum, largestSum);
        mixed += lastWeights()[selector] * m_sums[selector];
    }
    m_probability = logistic(std::clamp(mixed, -largestSum, largestSum));
    return m_probability;
}

void ContextMixer::learn(bool yes) {
    const float lastStep = lastLearningRate * (static_cast<float>(yes) - m_probability);
    for (std::size_t selector = 0; selector < m_sums.size(); ++selector) {
        const float step = learningRate * (static_cast<float>(yes) - logistic(m_sums[selector]));
        float* weights = weightsOf(selector);
        for (std::size_t input = 0; input < m_inputs; ++input) {
            weights[m_weightOf[input]] += step * m_logOdds[input];
        }
        lastWeights()[selector] += lastStep * m_sums[selector];
    }
}

void ContextMixer::count(bool yes) {
    for (std::size_t context = 0; context < m_contexts.size(); ++context) {
        m_piece.at(context, m_contexts[context]).count(yes, slowestPieceRate);
    }
}

void ContextMixer::beginPiece() { m_piece.clear(); }

void ContextMixer::remember(std::span<const std::uint64_t> contexts, bool yes) {
    prefetch(contexts);
    for (std::size_t context = 0; context < contexts.size(); ++context) {
        m_remembered.at(context, contexts[context]).count(yes, slowestRate);
    }
}

void ContextMixer::forgetAll() { m_remembered.clear(); }

}  // namespace ricercar
