#include "core/model/heard.h"

#include <algorithm>
#include <functional>

namespace ricercar {

void Heard::embed(Token token, const NetworkConfig& config, const float* embedding, float* out) {
    const auto row = [&](Token of) { return embedding + std::ptrdiff_t{of} * config.width; };
    std::copy_n(row(token), config.width, out);
    for (std::size_t kind = 0; kind < config.held.size(); ++kind) {
        const HeldTokens& held = config.held[kind];
        if (held.tokens.holds(token)) {
            m_last[kind] = token;
        } else if (held.until.holds(token)) {
            m_last[kind].reset();
        } else if (m_last[kind]) {
            std::transform(out, out + config.width, row(*m_last[kind]), out, std::plus<>());
        }
    }
}

}  // namespace ricercar
