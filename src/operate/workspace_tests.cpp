#include "operate/workspace_tests.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include "core/clock.h"
#include "operate/expected_rows.h"
#include "operate/platform.h"
#include "workspace/compiled.h"
#include "workspace/loader.h"

namespace weir::operate {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds step_patience{30};

class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make() {
    std::error_code failed;
    const fs::path all = fs::temp_directory_path(failed);
    if (failed) return Error{Fault::unavailable, "TMPDIR is no folder to test in"};
    std::string name = all / "weir-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) {
      return Error{Fault::unavailable, "cannot make a folder in " + all.string() + " to test in"};
    }
    return TemporaryFolder(name);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code failed;
    if (!path_.empty()) fs::remove_all(path_, failed);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// "late(s)" -> late('s')
std::string sql_name(const std::string& relation) {
  const std::size_t bracket = relation.find('(');
  if (bracket == std::string::npos) return engine::quote_name(relation);
  const std::string name = relation.substr(bracket + 1, relation.size() - bracket - 2);
  return relation.substr(0, bracket) + "(" + engine::quote_text(name) + ")";
}

// One test's way through its steps.
class TestRun {
 public:
  TestRun(Platform& platform, engine::Connection& connection, TimeZone zone)
      : platform_(platform), connection_(connection), zone_(std::move(zone)) {}

  // What differs from the step's expectation; empty: nothing.
  Result<std::string> take(const workspace::TestSend& send) {
    std::string body;
    for (const std::string& event : send.events) body += event + "\n";
    TRY(const collect::Ingested ingested,
        platform_.collector().ingest(send.source, std::move(body), formats::BodyForm::ndjson));
    position_ = ingested.position;
    return std::string();
  }

  Result<std::string> take(const workspace::TestWatermark& watermark) {
    TRY(position_, platform_.collector().move_watermark(watermark.source, watermark.at));
    return std::string();
  }

  Result<std::string> take(const workspace::TestExpect& expect) {
    const auto deadline = std::chrono::steady_clock::now() + step_patience;
    OK_OR_RETURN(platform_.freshness().wait({expect.relation}, position_, deadline));
    TRY(auto rows, connection_.query("SELECT * FROM " + sql_name(expect.relation)));
    const std::shared_ptr<const Schema> schema = rows->schema();
    std::vector<RowText> actual;
    while (true) {
      TRY(const auto batch, rows->next());
      if (batch == nullptr) break;
      for (std::size_t row = 0; row < batch->rows(); ++row) {
        actual.push_back(actual_row(*batch, row));
      }
    }
    rows.reset();
    std::vector<RowText> expected;
    for (const std::string& json : expect.rows) {
      TRY(RowText row, within(expect.relation, expected_row(connection_, *schema, zone_, json)));
      expected.push_back(std::move(row));
    }
    std::string difference = row_difference(expected, actual);
    if (!difference.empty()) difference = expect.relation + " differs:\n" + difference;
    return difference;
  }

 private:
  Platform& platform_;
  engine::Connection& connection_;
  const TimeZone zone_;
  Position position_ = 0;
};

Result<std::string> run_steps(Platform& platform, const TimeZone& zone,
                              const workspace::Test& test) {
  TRY(const auto connection, platform.database()->connect());
  TestRun run(platform, *connection, zone);
  for (std::size_t i = 0; i < test.steps.size(); ++i) {
    const Result<std::string> step =
        std::visit([&](const auto& taken) { return run.take(taken); }, test.steps[i]);
    if (!step.ok()) return fmt::format("step {}: {}\n", i + 1, step.error().message);
    if (!step.value().empty()) return fmt::format("step {}: {}", i + 1, step.value());
  }
  return std::string();
}

Result<std::string> run_test(const workspace::Workspace& declared, const workspace::Test& test) {
  TRY(const TemporaryFolder folder, TemporaryFolder::make());
  workspace::Workspace copy = declared;
  copy.data = folder.path() / "data";
  auto compiled = workspace::compile(std::move(copy));
  if (const auto* mistakes = std::get_if<std::vector<workspace::Mistake>>(&compiled)) {
    std::string all;
    for (const auto& mistake : *mistakes) all += workspace::to_string(mistake) + "\n";
    return Error{Fault::invalid, all};
  }
  const ManualClock clock(SystemClock().now());
  TRY(const auto platform,
      Platform::start(std::get<workspace::CompiledWorkspace>(std::move(compiled)), "", clock));
  TRY(const TimeZone zone, TimeZone::find(declared.time_zone));
  return run_steps(*platform, zone, test);
}

}  // namespace

Result<std::vector<TestOutcome>> run_workspace_tests(const workspace::Workspace& workspace,
                                                     const std::string& name) {
  std::vector<TestOutcome> outcomes;
  for (const workspace::Test& test : workspace.tests) {
    if (!name.empty() && test.name != name) continue;
    TRY(std::string failure, within("test " + test.name, run_test(workspace, test)));
    outcomes.push_back({test.name, test.place, std::move(failure)});
  }
  if (outcomes.empty() && !name.empty()) {
    return Error{Fault::not_found, "the workspace has no test " + name};
  }
  return outcomes;
}

}  // namespace weir::operate
