#include "client/session.h"

#include <gtest/gtest.h>

namespace weir::client {
namespace {

TEST(Exit, FollowsTheStatusOfAnAnswer) {
  struct Case {
    int status;
    Exit exit;
  };
  for (const auto& [status, exit] : std::initializer_list<Case>{{400, Exit::refused},
                                                                {401, Exit::refused},
                                                                {403, Exit::refused},
                                                                {404, Exit::refused},
                                                                {405, Exit::refused},
                                                                {408, Exit::not_now},
                                                                {409, Exit::failed},
                                                                {411, Exit::refused},
                                                                {413, Exit::refused},
                                                                {415, Exit::refused},
                                                                {422, Exit::failed},
                                                                {429, Exit::not_now},
                                                                {431, Exit::refused},
                                                                {500, Exit::failed},
                                                                {503, Exit::not_now},
                                                                {504, Exit::not_now}}) {
    EXPECT_EQ(exit_of(fault_of(status)), exit) << status;
  }
}

}  // namespace
}  // namespace weir::client
