#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/files.h"
#include "core/base/json.h"
#include "core/model/decoder.h"
#include "core/model/network.h"
#include "core/model/precision.h"
#include "core/tokens/vocabulary.h"

namespace ricercar {

/// A trained network with its vocabulary, opened from a model file that stays memory-mapped. Immutable; may be used by
/// several threads at once.
class Model {
public:
    /// Errors: not a model file, wrong checksum, tensors that do not fit the configuration, unknown vocabulary.
    static Result<std::shared_ptr<const Model>> open(const std::filesystem::path& path);
    /// The same, to decode in another precision than `usualPrecision`.
    static Result<std::shared_ptr<const Model>> openIn(Precision precision, const std::filesystem::path& path);
    virtual ~Model() = default;

    virtual const NetworkConfig& config() const = 0;
    virtual const Vocabulary& vocabulary() const = 0;
    virtual const Json& card() const = 0;
    /// Of the whole file; what a recipe names.
    virtual const std::string& hash() const = 0;
    /// A decoder of `rows` sequences, each empty.
    virtual std::unique_ptr<Decoder> decoder(int rows) const = 0;
};

}  // namespace ricercar
