// For libFuzzer: no bound plan, whatever is missing or wrong in it, crashes the way from DuckDB's
// JSON to our nodes.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "formats/json_value.h"
#include "sql/compile_database.h"
#include "sql/lowering.h"
#include "sql/plan_relation.h"

namespace {

using namespace weir;  // NOLINT(google-build-using-namespace)

// What the plans of tests/fuzz/plan_fuzz read.
std::vector<sql::Readable> readables() {
  const auto orders = std::make_shared<const Schema>(
      Schema{{{"ts", {.id = TypeId::timestamp}},
              {"shop", {.id = TypeId::varchar}},
              {"price", {.id = TypeId::decimal, .width = 12, .scale = 2}},
              {"n", {.id = TypeId::integer}}}});
  const auto shops = std::make_shared<const Schema>(
      Schema{{{"shop", {.id = TypeId::varchar}}, {"city", {.id = TypeId::varchar}}}});
  using Kind = sql::Readable::Kind;
  return {{.name = "orders", .kind = Kind::source, .schema = orders, .event_time = "ts"},
          {.name = "shops", .kind = Kind::static_table, .schema = shops}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<sql::Readable> names = readables();
  static sql::CompileDatabase database = sql::CompileDatabase::open(names, "UTC").value();
  static const sql::CompileOptions options;
  const auto plan = formats::JsonValue::parse({reinterpret_cast<const char*>(data), size});
  if (!plan.ok()) return 0;
  sql::Compilation compilation{database, names, options, sql::Refusals("SELECT shop FROM orders")};
  (void)sql::lower(compilation, plan.value());
  return 0;
}
