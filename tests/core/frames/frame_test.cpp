#include "core/frames/frame.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace ricercar {
namespace {

TEST(Frame, FindsWhatALookAtEveryKeyFinds) {
    Random random(1);
    for (int round = 0; round < 200; ++round) {
        Frame frame;
        std::array<bool, keyCount> expected = {};
        for (int note = random.between(0, 6); note > 0; --note) {
            const int key = random.between(0, keyCount - 1);
            frame.add(key);
            expected[static_cast<std::size_t>(key)] = true;
        }
        const auto sounds = [&](int key) {
            return key >= 0 && key < keyCount && expected[static_cast<std::size_t>(key)];
        };
        ASSERT_EQ(frame.size(), std::count(expected.begin(), expected.end(), true));
        for (int key = -20; key < keyCount + 20; ++key) {
            ASSERT_EQ(frame.sounds(key), sounds(key)) << key;
            int up = key;
            while (up < keyCount && !sounds(up)) {
                ++up;
            }
            ASSERT_EQ(frame.nextUp(key), std::min(up, keyCount)) << key;
            int down = key;
            while (down >= 0 && !sounds(down)) {
                --down;
            }
            ASSERT_EQ(frame.nextDown(key), std::max(down, -1)) << key;
            std::uint64_t window = 0;
            for (int place = 0; place < 18; ++place) {
                window |= static_cast<std::uint64_t>(sounds(key + place)) << place;
            }
            ASSERT_EQ(frame.window(key, key + 17), window) << key;
        }
    }
}

}  // namespace
}  // namespace ricercar
