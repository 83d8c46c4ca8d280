// Answers what only the engine can say of a workspace's words: which names SQL reserves, which time
// zones there are, whether a text is a value of a type.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "core/clock.h"
#include "core/result.h"
#include "core/schema.h"
#include "engine/database.h"
#include "scalars/time_zone.h"

namespace weir::workspace {

// Owned by one thread.
class EngineFacts {
 public:
  static Result<EngineFacts> open();

  // Whether the word cannot name a table without quotes.
  bool is_reserved(const std::string& name) const { return reserved_.contains(name); }
  // From now on times without an offset are of that zone; UTC before. Fault::invalid where there is
  // no such zone.
  Result<void> use_time_zone(const std::string& name);
  // The value as the engine reads it, times in UTC; a blob in base64, as events have it.
  // Fault::invalid, with words, where the text is none of the type. Numbers are never rounded.
  Result<std::string> value_of(std::string text, const Type& type);
  // Fault::invalid where the text is no timestamp.
  Result<Instant> instant_of(const std::string& text) const;
  // Of two values of the type, as value_of gives them.
  Result<bool> in_order(const std::string& first, const std::string& second, const Type& type);

 private:
  EngineFacts(std::unique_ptr<engine::Connection> connection, std::set<std::string> reserved)
      : connection_(std::move(connection)), reserved_(std::move(reserved)) {}

  Result<bool> ask(const std::string& sql, const std::vector<std::string>& texts);

  std::unique_ptr<engine::Connection> connection_;
  std::set<std::string> reserved_;
  TimeZone zone_;
};

}  // namespace weir::workspace
