#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/engine/rpc/message.h"
#include "core/engine/rpc/params.h"

namespace ricercar {

/// The command line of a subcommand: collects `--name=value` for the fields that a request has.
class Arguments {
public:
    Arguments(Params& params, std::vector<std::string> words) : m_params(params), m_words(std::move(words)) {}

    void text(const char* field, const char* option) {
        if (m_params.has(field)) {
            m_words.push_back(fmt::format("{}={}", option, m_params.text(field)));
        }
    }
    void integer(const char* field, const char* option, std::int64_t lowest, std::int64_t highest) {
        if (m_params.has(field)) {
            m_words.push_back(fmt::format("{}={}", option, m_params.integer(field, lowest, highest)));
        }
    }
    void number(const char* field, const char* option, double lowest, double highest) {
        if (m_params.has(field)) {
            m_words.push_back(fmt::format("{}={}", option, m_params.number(field, lowest, highest)));
        }
    }
    void choice(const char* field, const char* option, const std::vector<std::string>& choices) {
        if (m_params.has(field)) {
            m_words.push_back(fmt::format("{}={}", option, m_params.choice(field, choices)));
        }
    }
    void flag(const char* field, const char* option) {
        if (m_params.flag(field, false)) {
            m_words.emplace_back(option);
        }
    }
    /// The words and `operand`, which may begin with a hyphen; or what is wrong with the request.
    RpcResult<std::vector<std::string>> with(const std::string& operand) {
        if (m_params.fault()) {
            return refused(RpcErrorCode::invalidParams, *m_params.fault());
        }
        m_words.insert(m_words.end(), {"--", operand});
        return std::move(m_words);
    }

private:
    Params& m_params;
    std::vector<std::string> m_words;
};

}  // namespace ricercar
