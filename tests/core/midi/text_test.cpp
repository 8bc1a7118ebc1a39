#include "core/midi/text.h"

#include <gtest/gtest.h>

namespace ricercar {
namespace {

std::string read(std::string_view bytes) {
    return textFromBytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(Text, Utf8Stays) {
    EXPECT_EQ(read(""), "");
    EXPECT_EQ(read("Flute \xc3\xa9 \xe2\x99\xaf \xf0\x9d\x84\x9e"), "Flute \xc3\xa9 \xe2\x99\xaf \xf0\x9d\x84\x9e");
}

TEST(Text, EverythingElseIsLatin1) {
    EXPECT_EQ(read("Fl\xf6te"), "Fl\xc3\xb6te");
    EXPECT_EQ(read("\xc3"), "\xc3\x83") << "cut off";
    EXPECT_EQ(read("\xc0\x80"), "\xc3\x80\xc2\x80") << "overlong";
    EXPECT_EQ(read("\xed\xa0\x80"), "\xc3\xad\xc2\xa0\xc2\x80") << "surrogate";
    EXPECT_EQ(read("\xf4\x90\x80\x80"), "\xc3\xb4\xc2\x90\xc2\x80\xc2\x80") << "beyond U+10FFFF";
}

}  // namespace
}  // namespace ricercar
