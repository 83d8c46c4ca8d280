// Aggregates of a GROUP BY: the ones process keeps running, and SQL for the ones over a bag of
// rows.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/json_value.h"
#include "sql/plan_relation.h"

namespace weir::sql {

// The columns a group's input has behind its keys, each expression once.
class GroupArguments {
 public:
  // Its place behind the keys.
  std::size_t add(const std::string& text, const std::string& type, const std::string& name);
  const std::vector<KernelColumn>& columns() const { return columns_; }

 private:
  std::vector<KernelColumn> columns_;
};

// Arguments and filter of `aggregate` count from the first column behind the keys.
struct LoweredAggregate {
  Aggregate aggregate;
  std::string bag_text;               // over c1, c2 ...; empty for an algebraic one
  std::set<std::size_t> bag_columns;  // that it reads, counted in the same way
  bool is_of_set = false;             // gives the same where equal rows are in the bag once
};

// `call` is a bound aggregate over `input`.
Result<LoweredAggregate> lower_aggregate(Compilation& compilation, const formats::JsonValue& call,
                                         const PlanRelation& input, GroupArguments& arguments);

}  // namespace weir::sql
