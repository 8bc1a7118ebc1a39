#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/midi/smf_reader.h"

namespace ricercar {

/// Collects the faults of one file, each kind (text) once with a count, so that a file of nothing but faults does not
/// fill the memory. Texts that can occur for every event or chunk must be fixed, without numbers in them.
class SmfWarnings {
public:
    void add(std::size_t byte, std::string_view text) {
        for (Kind& kind : m_kinds) {
            if (kind.text == text) {
                ++kind.count;
                return;
            }
        }
        m_kinds.push_back({byte, std::string(text), 1});
    }

    std::vector<SmfWarning> list() const {
        std::vector<SmfWarning> warnings;
        for (const Kind& kind : m_kinds) {
            warnings.push_back(
                {kind.byte, kind.count == 1 ? kind.text : fmt::format("{} ({} times)", kind.text, kind.count)});
        }
        return warnings;
    }

private:
    struct Kind {
        std::size_t byte;
        std::string text;
        std::size_t count;
    };
    std::vector<Kind> m_kinds;
};

}  // namespace ricercar
