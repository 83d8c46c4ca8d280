#include "sql/joins.h"

#include <iterator>
#include <utility>

namespace weir::sql {
namespace {

using formats::JsonValue;

void append(std::vector<PlanColumn>& to, std::vector<PlanColumn> from) {
  std::ranges::move(from, std::back_inserter(to));
}

// The columns that a join's projection map names, in its order; all where it is empty.
std::vector<PlanColumn> mapped(const JsonValue& map, const PlanRelation& side) {
  if (map.array().empty()) return side.columns;
  std::vector<PlanColumn> chosen;
  for (const JsonValue& index : map.array()) {
    chosen.push_back(side.column(index.unsigned_integer()));
  }
  return chosen;
}

Result<std::string> condition_text(Compilation& compilation, const JsonValue& join,
                                   const PlanRelation& left, const PlanRelation& right) {
  std::string text;
  for (const JsonValue& condition : join["conditions"].array()) {
    TRY(const std::string left_text, compilation.print(condition["left"], left));
    TRY(const std::string right_text, compilation.print(condition["right"], right));
    const std::string sign = comparison_sign(condition["comparison"].text());
    if (!text.empty()) text += " AND ";
    text += "(" + left_text + " " + sign + " " + right_text + ")";
  }
  // These see the columns of both sides, one after the other.
  PlanRelation both;
  both.columns = left.columns;
  append(both.columns, right.columns);
  for (const char* name : {"condition", "predicate"}) {
    if (!join[name].is_object()) continue;
    TRY(const std::string more, compilation.print(join[name], both));
    text += (text.empty() ? "" : " AND ") + more;
  }
  return text;
}

// x IN (SELECT ...): a column that says whether there is a partner.
Result<PlanRelation> lower_mark(Compilation& compilation, const JsonValue& join, PlanRelation left,
                                const PlanRelation& right) {
  const auto& conditions = join["conditions"].array();
  if (conditions.size() != 1 || conditions[0]["comparison"].text() != "COMPARE_EQUAL") {
    return compilation.refusals.at_word(
        "select",
        "a subquery over a static table is written as SEMI JOIN or ANTI JOIN in a stream");
  }
  TRY(const std::string value, compilation.print(conditions[0]["left"], left));
  TRY(const std::string partner, compilation.print(conditions[0]["right"], right));
  PlanColumn mark{.text = compilation.new_name(), .type = "BOOLEAN", .name = "mark"};
  left.from = "(SELECT *, (" + value + " IN (SELECT " + partner + " FROM " + right.from + ")) AS " +
              mark.text + " FROM " + left.from + ")";
  left.columns.push_back(std::move(mark));
  return left;
}

// How the join reads with the stream on the left; empty where it would have to wait for rows.
std::string keyword(const std::string& type, bool swapped) {
  if (type == "INNER") return "JOIN";
  if (type == "LEFT" && !swapped) return "LEFT JOIN";
  if (type == "RIGHT" && swapped) return "LEFT JOIN";
  if (type == "SEMI" && !swapped) return "SEMI JOIN";
  if (type == "ANTI" && !swapped) return "ANTI JOIN";
  return "";
}

Error refuse_type(Compilation& compilation, const std::string& type) {
  if (type == "SINGLE") {
    return compilation.refusals.at_word(
        "select", "a subquery as a value is not yet possible in a stream: join the static table");
  }
  return compilation.refusals.at_word(
      "join", "a " + type +
                  " join that keeps rows of the static table would have to wait for the stream's "
                  "end: put the stream on the left of LEFT JOIN, SEMI JOIN or ANTI JOIN");
}

}  // namespace

Result<PlanRelation> lower_join(Compilation& compilation, const JsonValue& join, PlanRelation left,
                                PlanRelation right) {
  if (left.is_stream() && right.is_stream()) {
    return compilation.refusals.at_word(
        "join", "two streams cannot be joined yet; join a stream with static tables");
  }
  const bool is_cross = join["type"].text() == "LOGICAL_CROSS_PRODUCT";
  const std::string type = is_cross ? "INNER" : join["join_type"].text();
  const bool swapped = right.is_stream();
  if (type == "MARK" && !swapped) {
    TRY(PlanRelation marked, lower_mark(compilation, join, std::move(left), right));
    marked.tables.insert(marked.tables.end(), right.tables.begin(), right.tables.end());
    marked.keeps_order = false;
    return marked;
  }
  const std::string words = keyword(type, swapped);
  if (words.empty()) return refuse_type(compilation, type);
  TRY(const std::string condition, condition_text(compilation, join, left, right));

  std::vector<PlanColumn> columns = mapped(join["left_projection_map"], left);
  if (type != "SEMI" && type != "ANTI") {
    append(columns, mapped(join["right_projection_map"], right));
    // A row may find several partners, so a key is none any more.
    for (PlanColumn& column : columns) column.key.reset();
  }
  PlanRelation& stream = swapped ? right : left;
  PlanRelation& other = swapped ? left : right;
  stream.from = "(SELECT * FROM " + stream.from +
                (condition.empty() ? " CROSS JOIN " : " " + words + " ") + other.from +
                (condition.empty() ? "" : " ON " + condition) + ")";
  stream.columns = std::move(columns);
  stream.tables.insert(stream.tables.end(), other.tables.begin(), other.tables.end());
  stream.keeps_order = false;
  return std::move(stream);
}

}  // namespace weir::sql
