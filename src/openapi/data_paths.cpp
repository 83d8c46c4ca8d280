#include "openapi/data_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "openapi/type_schema.h"

namespace weir::openapi {
namespace {

struct Comparison {
  std::string_view name;
  std::string_view words;
};
constexpr auto comparisons = std::to_array<Comparison>({{"eq", "has"},
                                                        {"ne", "differs from"},
                                                        {"lt", "is less than"},
                                                        {"lte", "is at most"},
                                                        {"gt", "is more than"},
                                                        {"gte", "is at least"}});

// A column of such a name is written with `.eq`.
bool is_option(std::string_view name) {
  constexpr std::array<std::string_view, 6> options{"limit", "offset", "select",
                                                    "order", "wait",   "timeout"};
  return std::ranges::find(options, name) != options.end();
}

// All that read_query() takes.
void add_filters(Operation& operation, const Field& column) {
  const std::string& name = column.name;
  operation.query(name + ".is", name + " is null, or is not: notnull",
                  R"({"type":"string","enum":["null","notnull"]})");
  const auto value = url_schema(column.type);
  if (!value) return;
  if (!is_option(name)) operation.query(name, name + " has this value", *value);
  for (const auto& [end, words] : comparisons) {
    operation.query(fmt::format("{}.{}", name, end), fmt::format("{} {} this value", name, words),
                    *value);
  }
  operation.query_list(name + ".in", name + " has one of these values", *value);
  if (column.type.id == TypeId::varchar) {
    operation.query(name + ".like", "A pattern of % and _", *value);
  }
}

std::string name_schema(const std::vector<std::string>& names) {
  return JsonObject().text("type", "string").raw("enum", json_strings(names)).done();
}

// What a list by commas may name.
struct ListedColumns {
  std::vector<std::string> all;
  std::vector<std::string> sortable;

  explicit ListedColumns(const Schema& schema) {
    for (const Field& column : schema.columns) {
      if (column.name.find(',') != std::string::npos) continue;
      all.push_back(column.name);
      if (!column.name.starts_with('-')) sortable.push_back(column.name);
    }
  }
};

Operation api_call(const DescribedApi& api, const std::string& id, const std::string& summary) {
  Operation call(id, summary, "apis");
  for (const workspace::ApiParameter& parameter : api.declared->parameters) {
    const auto schema = url_schema(parameter.type, parameter.min, parameter.max);
    const std::string words =
        "Of type " + to_string(parameter.type) +
        (parameter.default_value ? "; " + *parameter.default_value + " unless given" : "");
    const std::string known = schema.value_or(R"({"type":"string"})");
    if (parameter.required && !parameter.default_value) {
      call.required_query(parameter.name, words, known);
    } else {
      call.query(parameter.name, words, known);
    }
  }
  const std::string rows =
      schema_named(fmt::format("row_of_api_{}_v{}", api.declared->name, api.declared->version));
  return add_wait(call)
      .answers({200, "The rows", array_of(rows), "text/csv"})
      .refuses({400, 401, 403, 409, 431, 500, 503, 504});
}

}  // namespace

Operation& add_wait(Operation& operation) {
  return operation.query(
      "wait",
      "Answers once everything up to that position is in what is read; with timeout, 10s unless "
      "said otherwise, as the longest that it may take",
      position_schema);
}

void add_table(Paths& paths, const DescribedTable& table) {
  paths.add_schema("row_" + table.name, row_schema(*table.schema));
  const ListedColumns columns(*table.schema);
  Operation rows("rows_of_" + table.name, "Rows of " + table.name, "tables");
  rows.query("limit", "Rows of a page",
             R"({"type":"integer","minimum":1,"maximum":10000,"default":100})")
      .query("offset", "Rows before the page", position_schema)
      .query_set("select", "Columns to give", name_schema(columns.all))
      .query_set("order", "Columns to sort by; -name for descending order",
                 name_schema(columns.sortable));
  add_wait(rows);
  for (const Field& column : table.schema->columns) add_filters(rows, column);
  rows.answers({200, "The rows", array_of(schema_named("row_" + table.name)), "text/csv", true})
      .refuses({400, 401, 403, 409, 431, 500, 503, 504});
  paths.add("/api/v1/data/" + table.name, "get", rows);
}

void add_api(Paths& paths, const DescribedApi& api) {
  const workspace::Api& declared = *api.declared;
  const std::string name = fmt::format("{}_v{}", declared.name, declared.version);
  paths.add_schema("row_of_api_" + name, row_schema(*api.result));
  paths.add(fmt::format("/api/v{}{}", declared.version, declared.path), "get",
            api_call(api, "api_" + name, "The published query " + declared.name));
  if (!api.is_newest) return;
  paths.add("/api" + declared.path, "get",
            api_call(api, "newest_api_" + name,
                     fmt::format("The newest version, {}, of what is published here; the header "
                                 "Accept-Version asks for another",
                                 declared.version)));
}

}  // namespace weir::openapi
