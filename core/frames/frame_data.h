#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/frames/frame.h"

namespace ricercar {

/// A data set of piano rolls with its published splits.
struct FrameData {
    std::vector<FramePiece> train;
    std::vector<FramePiece> valid;
    std::vector<FramePiece> test;

    /// By name.
    const std::vector<FramePiece>& split(const std::string& name) const {
        return name == "train" ? train : name == "valid" ? valid : test;
    }
};

/// Reads `{"train": [[[pitch, ...] for each frame] for each piece], "valid": ..., "test": ...}` with MIDI pitches from
/// 21 to 108 (the form in which the data sets of Boulanger-Lewandowski et al. 2012 are kept). Errors name split, piece
/// and frame.
Result<FrameData> readFrameData(const std::filesystem::path& path);

}  // namespace ricercar
