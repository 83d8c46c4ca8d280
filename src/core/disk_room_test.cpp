#include "core/disk_room.h"

#include <gtest/gtest.h>

#include <limits>

namespace weir {
namespace {

constexpr std::uint64_t exabyte = std::uint64_t{1} << 60;

TEST(DiskRoom, IsThereForWhatFits) { EXPECT_TRUE(check_disk_room("/", 0).ok()); }

TEST(DiskRoom, SaysWhatIsFreeAndWhatIsNeeded) {
  const auto refused = check_disk_room("/", exabyte + 1, ", some of them for others");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::unavailable);
  const std::string& message = refused.error().message;
  EXPECT_TRUE(message.starts_with("the disk of / has too little room: ")) << message;
  EXPECT_TRUE(
      message.ends_with(" MB are free, and 1099511627777 MB are needed, some of them for others"))
      << message;
}

TEST(DiskRoom, NeedsAreRoundedUpWithoutOverflow) {
  const auto refused = check_disk_room("/", std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(refused.error().message.ends_with("and 17592186044416 MB are needed"))
      << refused.error().message;
}

TEST(DiskRoom, OfAFolderThatIsNotThereIsAnError) {
  const auto refused = check_disk_room("/no/such/folder", 0);
  EXPECT_EQ(refused.error().fault, Fault::unavailable);
  EXPECT_TRUE(refused.error().message.starts_with("looking at /no/such/folder: "));
}

}  // namespace
}  // namespace weir
