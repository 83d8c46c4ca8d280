#include "net/listener.h"

#include <gtest/gtest.h>

namespace weir::net {
namespace {

TEST(Listener, port_0_is_a_free_one) {
  for (const char* address : {"127.0.0.1:0", "localhost:0", "0.0.0.0:0"}) {
    const Result<Listener> listener = Listener::open(address);
    ASSERT_TRUE(listener.ok()) << listener.error().message;
    EXPECT_GT(listener.value().port(), 0);
  }
}

TEST(Listener, a_taken_address_is_told_in_words) {
  const Listener first = Listener::open("127.0.0.1:0").value();
  const std::string address = "127.0.0.1:" + std::to_string(first.port());
  const Result<Listener> second = Listener::open(address);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().fault, Fault::conflict);
  EXPECT_EQ(second.error().message, address + " is taken by another program");
}

TEST(Listener, what_is_no_address_of_this_machine_is_refused) {
  for (const char* address :
       {"", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "::1:80", "[]:80",
        "example.org:80", "8080", "203.0.113.1:0"}) {
    const Result<Listener> listener = Listener::open(address);
    ASSERT_FALSE(listener.ok()) << address;
    EXPECT_EQ(listener.error().fault, Fault::invalid) << listener.error().message;
  }
}

}  // namespace
}  // namespace weir::net
