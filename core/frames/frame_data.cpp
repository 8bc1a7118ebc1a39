#include "core/frames/frame_data.h"

#include "core/base/files.h"
#include "core/base/json.h"

namespace ricercar {

namespace {

Result<Frame> readFrame(const Json& json) {
    if (!json.is_array()) {
        return failure("not a list of pitches");
    }
    Frame frame;
    for (const Json& pitch : json) {
        const int key = pitch.is_number_integer() && integersFit<int>(pitch) ? pitch.get<int>() - lowestKeyPitch : -1;
        if (key < 0 || key >= keyCount) {
            return failure("{} is no MIDI pitch from {} to {}", pitch.dump().substr(0, 20), lowestKeyPitch,
                           lowestKeyPitch + keyCount - 1);
        }
        frame.add(key);
    }
    return frame;
}

Result<std::vector<FramePiece>> readSplit(const Json& data, const char* name) {
    const auto json = field<Json>(data, name);
    if (!json || !json->is_array()) {
        return failure("the list \"{}\" of pieces is missing", name);
    }
    std::vector<FramePiece> pieces;
    for (const Json& piece : *json) {
        FramePiece& frames = pieces.emplace_back();
        if (!piece.is_array() || piece.empty()) {
            return failure("{}, piece {}: not a list of frames", name, pieces.size());
        }
        for (const Json& pitches : piece) {
            const auto frame = readFrame(pitches);
            if (!frame) {
                return failure("{}, piece {}, frame {}: {}", name, pieces.size(), frames.size() + 1,
                               frame.error().message);
            }
            frames.push_back(*frame);
        }
    }
    return pieces;
}

}  // namespace

Result<FrameData> readFrameData(const std::filesystem::path& path) {
    const auto json = readTextFile(path).and_then([](const std::string& text) { return parseJson(text); });
    if (!json) {
        return failure("{}: {}", path.string(), json.error().message);
    }
    FrameData data;
    for (const auto& [name, pieces] :
         {std::pair{"train", &data.train}, std::pair{"valid", &data.valid}, std::pair{"test", &data.test}}) {
        auto split = readSplit(*json, name);
        if (!split) {
            return failure("{}: {}", path.string(), split.error().message);
        }
        *pieces = std::move(*split);
    }
    return data;
}

}  // namespace ricercar
