#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace ricercar {

/// The same networks in plain PyTorch, as a peer: `bench/plain_network.py` among the program's resources, run by a
/// python3 that has torch and in the environment that it would have without us.
class PlainTorch {
public:
    /// Nothing where no such python3 is installed. When `stop` is requested nothing more is measured.
    static std::optional<PlainTorch> find(const std::stop_token& stop);

    /// Tokens that it draws in a second of processor time with the weights of `model`; nothing where it cannot.
    std::optional<double> decoded(const std::filesystem::path& model, int rows) const;
    /// Tokens of the house preset that it learns in a second with products in `precision`, as `NetworkBackend` names
    /// it; nothing where it cannot.
    std::optional<double> learnt(int threads, const std::string& precision) const;

private:
    PlainTorch(std::string python, std::stop_token stop) : m_python(std::move(python)), m_stop(std::move(stop)) {}

    std::optional<double> run(const std::vector<std::string>& arguments, int threads) const;

    std::string m_python;
    std::stop_token m_stop;
};

}  // namespace ricercar
