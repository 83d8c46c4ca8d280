#include "index/choice.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "index/order_bytes.h"

namespace weir::index {
namespace {

constexpr char beyond = '\xff';  // behind every value and whatever follows it

// The bytes that hold the column to one value; null: it is not held so.
const std::string* equal_value(const RowQuery& query, std::size_t column) {
  static const std::string null(1, null_mark);
  for (const Condition& condition : query.conditions) {
    if (condition.column != column) continue;
    const bool is_one = condition.comparison == Comparison::equal ||
                        (condition.comparison == Comparison::in && condition.values.size() == 1);
    if (is_one) return &condition.values.front();
    if (condition.comparison == Comparison::null) return &null;
  }
  return nullptr;
}

// The values of an `in` on the column, each once and in order, behind the prefix.
std::vector<Range> ranges_of_values(const RowQuery& query, std::size_t column,
                                    const std::string& prefix) {
  const auto found = std::ranges::find_if(query.conditions, [&](const Condition& condition) {
    return condition.column == column && condition.comparison == Comparison::in;
  });
  if (found == query.conditions.end()) return {};
  std::vector<std::string> values = found->values;
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
  std::vector<Range> ranges;
  for (const std::string& value : values) {
    ranges.push_back({prefix + value, prefix + value + beyond});
  }
  return ranges;
}

// Narrows the range by one condition on its column. False: it says nothing of an end.
bool narrow(Range& range, const Condition& condition, const std::string& prefix) {
  if (condition.values.size() != 1) return false;
  const std::string value = prefix + condition.values.front();
  switch (condition.comparison) {
    case Comparison::greater: range.from = std::max(range.from, value + beyond); return true;
    case Comparison::greater_or_equal: range.from = std::max(range.from, value); return true;
    case Comparison::less: range.to = std::min(range.to, value); return true;
    case Comparison::less_or_equal: range.to = std::min(range.to, value + beyond); return true;
    default: return false;
  }
}

// Of the values of the column that its comparisons allow; nothing: there are none on it.
std::optional<Range> range_of(const RowQuery& query, std::size_t column,
                              const std::string& prefix) {
  // A null is neither less nor greater than anything.
  Range range{prefix, prefix + null_mark};
  bool is_narrowed = false;
  for (const Condition& condition : query.conditions) {
    if (condition.column == column) is_narrowed |= narrow(range, condition, prefix);
  }
  return is_narrowed ? std::optional(range) : std::nullopt;
}

void put_new(std::vector<Sorting>& sortings, const Sorting& sorting) {
  if (std::ranges::find(sortings, sorting.column, &Sorting::column) == sortings.end()) {
    sortings.push_back(sorting);
  }
}

// Whether rows in the choice's order, read forward, stand as the query wants them.
bool gives_order(const IndexedTable& table, const RowQuery& query, const Choice& choice) {
  std::vector<Sorting> wanted;
  for (const Sorting& sorting : query.sortings) put_new(wanted, sorting);
  for (const std::size_t column : table.key) put_new(wanted, {column});
  std::erase_if(wanted, [&](const Sorting& s) { return equal_value(query, s.column) != nullptr; });
  std::vector<Sorting> given;
  for (const std::size_t column : choice.columns) put_new(given, {column});
  for (const std::size_t column : table.key) put_new(given, {column});
  std::erase_if(given, [&](const Sorting& s) { return equal_value(query, s.column) != nullptr; });
  if (wanted.size() > given.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].descending || wanted[i].column != given[i].column) return false;
  }
  // Rows as they came stand so only where nothing else tells them apart.
  return !table.key.empty() || given.size() == wanted.size();
}

Choice look_at(const IndexedTable& table, const RowQuery& query, std::optional<std::size_t> order) {
  Choice choice{.order = order, .columns = order ? table.orders[*order] : table.key};
  std::string prefix;
  for (const std::size_t column : choice.columns) {
    const std::string* value = equal_value(query, column);
    if (value == nullptr) break;
    prefix += *value;
    ++choice.equal;
  }
  if (choice.equal < choice.columns.size()) {
    const std::size_t next = choice.columns[choice.equal];
    choice.ranges = ranges_of_values(query, next, prefix);
    if (!choice.ranges.empty()) {
      choice.next = Hold::values;
    } else if (const auto range = range_of(query, next, prefix)) {
      choice.ranges = {*range};
      choice.next = Hold::range;
    }
  }
  if (choice.ranges.empty()) choice.ranges = {{prefix, prefix + beyond}};
  choice.gives_order = gives_order(table, query, choice);
  return choice;
}

// More columns that are held are fewer rows, some values fewer than a range, and few values fewer
// than many; then what need not be sorted.
auto worth(const Choice& choice) {
  const auto places = static_cast<std::ptrdiff_t>(choice.ranges.size());
  return std::tuple(choice.equal, choice.next, -places, choice.gives_order);
}

}  // namespace

std::optional<Choice> choose(const IndexedTable& table, const RowQuery& query) {
  // Rows that are alike otherwise are wanted by their key.
  if (!table.key.empty() && !table.is_key_ordered()) return std::nullopt;
  std::vector<Choice> choices;
  if (!table.key.empty()) choices.push_back(look_at(table, query, std::nullopt));
  for (std::size_t i = 0; i < table.orders.size(); ++i) {
    choices.push_back(look_at(table, query, i));
  }
  std::optional<Choice> best;
  for (Choice& choice : choices) {
    if (choice.bound_columns() == 0 && !choice.gives_order) continue;
    if (!best || worth(choice) > worth(*best)) best = std::move(choice);
  }
  return best;
}

}  // namespace weir::index
