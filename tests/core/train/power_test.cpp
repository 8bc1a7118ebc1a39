#include "core/train/power.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "support/temporary_folder.h"

namespace ricercar {
namespace {

class Power : public testing::Test {
protected:
    void say(const char* supply, const char* name, const char* value) {
        EXPECT_TRUE(writeFileAtomically(folder.path() / supply / name, std::string(value) + '\n'));
    }
    bool pausing() const { return onBattery(folder.path()); }

    const TemporaryFolder folder;
};

TEST_F(Power, ADesktopHasNoBattery) {
    EXPECT_FALSE(onBattery(folder.path() / "missing"));
    EXPECT_FALSE(pausing());
    say("ACAD", "type", "Mains");
    say("ACAD", "online", "1");
    EXPECT_FALSE(pausing());
}

TEST_F(Power, ALaptopIsUnplugged) {
    say("AC", "type", "Mains");
    say("AC", "online", "1");
    say("BAT0", "type", "Battery");
    say("BAT0", "status", "Charging");
    EXPECT_FALSE(pausing());
    say("AC", "online", "0");
    say("BAT0", "status", "Discharging");
    EXPECT_TRUE(pausing());
    say("ucsi-source-psy", "type", "USB");
    say("ucsi-source-psy", "online", "1");
    EXPECT_FALSE(pausing());
}

TEST_F(Power, AMouseIsNoLaptop) {
    say("hidpp_battery_0", "type", "Battery");
    say("hidpp_battery_0", "scope", "Device");
    say("hidpp_battery_0", "status", "Discharging");
    EXPECT_FALSE(pausing());
}

}  // namespace
}  // namespace ricercar
