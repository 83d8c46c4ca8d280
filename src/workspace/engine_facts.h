// Answers what only the engine can say of a workspace's words: which names SQL reserves, which time
// zones there are, whether a text is a value of a type.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "core/result.h"
#include "core/schema.h"
#include "engine/database.h"

namespace weir::workspace {

// Owned by one thread.
class EngineFacts {
 public:
  static Result<EngineFacts> open();

  // Whether the word cannot name a table without quotes.
  bool is_reserved(const std::string& name) const { return reserved_.contains(name); }
  Result<bool> is_time_zone(const std::string& name);
  // Fault::invalid, with words, where the text is no value of the type. Numbers are never rounded.
  Result<void> check_value(const std::string& text, const Type& type);
  // Of two values of the type.
  Result<bool> in_order(const std::string& first, const std::string& second, const Type& type);

 private:
  EngineFacts(std::unique_ptr<engine::Connection> connection, std::set<std::string> reserved)
      : connection_(std::move(connection)), reserved_(std::move(reserved)) {}

  Result<bool> ask(const std::string& sql, const std::vector<std::string>& texts);

  std::unique_ptr<engine::Connection> connection_;
  std::set<std::string> reserved_;
};

}  // namespace weir::workspace
