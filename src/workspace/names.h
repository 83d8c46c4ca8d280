// The names that a workspace gives: what each one means, and that no two mean the same.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "settings/setting_containers.h"
#include "workspace/engine_facts.h"
#include "workspace/report.h"

namespace weir::workspace {

// Whether a resource may be called so.
bool is_name(std::string_view text);
// What is to be written where it may not; `what` is its kind.
std::string no_name_text(std::string_view text, std::string_view what);

class Names {
 public:
  enum class Kind { source, stream, table, target, api };

  explicit Names(EngineFacts& facts) : facts_(facts) {}

  // Takes the name of a source, stream, table or API into the one name space, which a token's
  // scopes go by: a scope for an API must open no table.
  void add(Kind kind, const Placed<std::string>& name, Report& report);
  // A table that `stream` writes; it may have the stream's own name, and be declared or not.
  void add_target(const Placed<std::string>& target, const std::string& stream, Report& report);
  void add_test(const Placed<std::string>& name, Report& report);

  bool is_source(const std::string& name) const { return has(Kind::source, name); }
  bool is_stream(const std::string& name) const { return has(Kind::stream, name); }
  // Declared, or made from a stream's result.
  bool is_table(const std::string& name) const {
    return has(Kind::table, name) || has(Kind::target, name);
  }
  bool is_target(const std::string& name) const { return has(Kind::target, name); }
  // For "did you mean".
  std::vector<std::string> all(Kind kind) const;
  std::vector<std::string> all_tables() const;

 private:
  bool has(Kind kind, const std::string& name) const;
  bool check(const Placed<std::string>& name, const std::string& what, Report& report);
  void note_twice(const Placed<std::string>& name, const Place& first, Report& report);

  EngineFacts& facts_;
  std::map<Kind, std::map<std::string, Place>> named_;
  std::map<std::string, Place> tests_;
};

}  // namespace weir::workspace
