// POST /weir/v1/sql {"sql": "..."}: a query of the caller's own over what the token may read.
#pragma once

#include <mutex>

#include "serve/call.h"
#include "sql/query.h"

namespace weir::serve {

// Lets the workers share one checker, whose private database costs memory.
class SharedChecker {
 public:
  explicit SharedChecker(sql::QueryChecker checker) : checker_(std::move(checker)) {}

  // Watched like a query: folding constants can take long too. Who cannot have the checker in as
  // long as a query may take is refused.
  std::variant<sql::AskersCheck, net::Response> check(const Call& call, std::string_view sql);

 private:
  std::variant<sql::AskersCheck, net::Response> check_watched(const Call& call,
                                                              std::string_view sql);

  std::timed_mutex mutex_;
  sql::QueryChecker checker_;  // under mutex_
};

// A body of one text: {"name": "text"}.
struct BodyText {
  std::string name;
  std::string text;
};
// Or the refusal of one that is none, or has another name.
std::variant<BodyText, net::Response> read_body(const net::Request& request,
                                                const std::vector<std::string_view>& names);
// The query, or the refusal where it is wrong or reads what the token may not.
std::variant<sql::CheckedQuery, net::Response> check_sql(const Call& call, SharedChecker& checker,
                                                         const std::string& sql);

net::Response answer_sql(const Call& call, SharedChecker& checker);

}  // namespace weir::serve
