#include "process/stream_fixture_test.h"

#include <unistd.h>

#include <algorithm>

#include "engine/batch_relation.h"
#include "journal/heads.h"

namespace weir::process {

void add_rows(Rows& rows, const Batch& batch, std::size_t columns) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    std::string bytes;
    for (std::size_t i = 0; i < columns; ++i)
      dataflow::append_key_bytes(bytes, batch.column(i), row);
    const bool is_weighted = columns < batch.column_count();
    std::int64_t& weight = rows[bytes];
    weight += is_weighted ? batch.column(columns).values<std::int64_t>()[row] : 1;
    if (weight == 0) rows.erase(bytes);
  }
}

StreamFixture::StreamFixture() {
  events_schema_ = std::make_shared<const Schema>(Schema{{{"t", Type{.id = TypeId::timestamp}},
                                                          {"k", Type{.id = TypeId::varchar}},
                                                          {"v", Type{.id = TypeId::bigint}}}});
  readables_.push_back({.name = "events", .schema = events_schema_, .event_time = "t"});
  auto opened = engine::Database::open({});
  EXPECT_TRUE(opened.ok());
  tables_ = std::move(opened).value();
  std::string path = (std::filesystem::temp_directory_path() / "weir_streams_XXXXXX").string();
  EXPECT_NE(::mkdtemp(path.data()), nullptr);
  folder_ = path;
}

StreamFixture::~StreamFixture() { std::filesystem::remove_all(folder_); }

StreamSpec StreamFixture::compiled(const std::string& name, const std::string& sql,
                                   bool emit_changes) {
  auto result = sql::compile(sql, readables_, {.emit_changes = emit_changes});
  if (const auto* mistakes = std::get_if<std::vector<sql::SqlMistake>>(&result)) {
    ADD_FAILURE() << sql << ": " << mistakes->front().message;
    std::abort();
  }
  StreamSpec spec{.name = name, .plan = std::move(std::get<sql::Plan>(result))};
  const auto input = std::ranges::find(readables_, spec.plan.reads.front(), &sql::Readable::name);
  spec.input = {
      .topic = input->name, .is_source = input->name == "events", .schema = input->schema};
  if (input->event_time) spec.input.event_time = input->schema->find(*input->event_time);
  sql::Readable readable{.name = name,
                         .kind = sql::Readable::Kind::stream,
                         .schema = spec.plan.root->output,
                         .append_only = spec.plan.root->append_only};
  if (spec.plan.event_time) {
    readable.event_time = spec.plan.root->output->columns[*spec.plan.event_time].name;
  }
  std::erase_if(readables_, [&](const sql::Readable& other) { return other.name == name; });
  readables_.push_back(std::move(readable));
  return spec;
}

void StreamFixture::put_places(const std::string& rows) {
  const auto connection = tables_->connect().value();
  ASSERT_TRUE(connection
                  ->run("CREATE OR REPLACE TABLE places(code VARCHAR, name VARCHAR); "
                        "INSERT INTO places VALUES " +
                        rows)
                  .ok());
  const Type text{.id = TypeId::varchar};
  std::erase_if(readables_, [](const sql::Readable& other) { return other.name == "places"; });
  readables_.push_back(
      {.name = "places",
       .kind = sql::Readable::Kind::static_table,
       .schema = std::make_shared<const Schema>(Schema{{{"code", text}, {"name", text}}})});
}

Result<std::unique_ptr<StreamJob>> StreamFixture::try_start(StreamSpec spec) {
  const std::filesystem::path folder = folder_of(spec.name);
  TRY(auto job, StreamJob::open(std::move(spec), {.journal = journal_,
                                                  .tables = tables_,
                                                  .folder = folder,
                                                  .clock = clock_,
                                                  .checkpoint_interval = checkpoint_interval_}));
  job->start();
  return job;
}

std::unique_ptr<StreamJob> StreamFixture::start(StreamSpec spec) {
  auto started = try_start(std::move(spec));
  if (!started.ok()) {
    ADD_FAILURE() << started.error().message;
    std::abort();
  }
  return std::move(started).value();
}

void StreamFixture::send(const std::vector<Event>& events) {
  auto rows = std::make_shared<Batch>(events_schema_);
  for (const Event& event : events) {
    rows->column(0).append(event.seconds * 1'000'000);
    rows->column(1).append_string(event.key);
    event.value ? rows->column(2).append(*event.value) : rows->column(2).append_null();
  }
  const journal::EventsHead head{.lateness = lateness_.count()};
  const auto sent = journal_.append_and_wait({{.kind = journal::Kind::events,
                                               .topic = "events",
                                               .head = journal::encode(head),
                                               .batches = {std::move(rows)}}});
  ASSERT_TRUE(sent.ok());
}

void StreamFixture::send_end() {
  const auto sent = journal_.append_and_wait({{.kind = journal::Kind::watermark,
                                               .topic = "events",
                                               .head = journal::encode(journal::WatermarkHead{})}});
  ASSERT_TRUE(sent.ok());
}

Position StreamFixture::settle(StreamJob& job) {
  const auto settled =
      job.settle(journal_.end(), std::chrono::steady_clock::now() + std::chrono::seconds(60));
  EXPECT_TRUE(settled.ok()) << settled.error().message;
  return settled.ok() ? settled.value() : 0;
}

Committed StreamFixture::committed(const std::string& stream) const {
  Committed all;
  const auto reader = journal_.read({{stream}, {journal::Kind::commit}}, 0);
  journal::WholeCommits commits;
  while (true) {
    const auto placed = reader->next();
    EXPECT_TRUE(placed.ok());
    if (!placed.value()) return all;
    const auto parts = commits.take(*placed.value());
    EXPECT_TRUE(parts.ok());
    if (!parts.value().empty()) add_commit(all, parts.value());
  }
}

void StreamFixture::add_commit(Committed& all, const std::vector<journal::Placed>& parts) {
  const auto head = journal::decode_commit_head(parts.back().entry->head);
  EXPECT_TRUE(head.ok());
  all.sequences.push_back(head.value().sequence);
  all.rows_in += head.value().rows_in;
  for (const journal::Placed& part : parts) {
    const journal::Entry& entry = *part.entry;
    if (const auto& rows = entry.batches[0]) {
      const bool is_weighted = rows->schema().columns.back().name == "_weight";
      add_rows(all.rows, *rows, rows->column_count() - (is_weighted ? 1 : 0));
      all.batches.push_back(rows);
    }
    if (const auto& late = entry.batches[1]) add_rows(all.late, *late, late->column_count());
    if (const auto& poison = entry.batches[2]) {
      for (std::size_t row = 0; row < poison->rows(); ++row) {
        all.poison.push_back(std::string(poison->column(2).string(row)) + " " +
                             std::string(poison->column(3).string(row)));
      }
    }
  }
}

std::shared_ptr<const Batch> StreamFixture::all_events() const {
  auto all = std::make_shared<Batch>(events_schema_);
  const auto reader = journal_.read({{"events"}, {journal::Kind::events}}, 0);
  while (true) {
    const auto placed = reader->next();
    EXPECT_TRUE(placed.ok());
    if (!placed.value()) return all;
    const auto& rows = placed.value()->entry->batches[0];
    all->append_range(*rows, 0, rows->rows());
  }
}

Rows StreamFixture::expected(const std::string& sql) const {
  auto database = engine::Database::open({}).value();
  auto relation = std::make_shared<engine::BatchRelation>(
      std::vector<std::shared_ptr<const Batch>>{all_events()});
  EXPECT_TRUE(database->add_table_function("events", relation).ok());
  auto connection = database->connect().value();
  const auto rows = connection->query(sql);
  EXPECT_TRUE(rows.ok()) << rows.error().message;
  Rows all;
  while (true) {
    const auto batch = rows.value()->next();
    EXPECT_TRUE(batch.ok());
    if (batch.value() == nullptr) return all;
    add_rows(all, *batch.value(), batch.value()->column_count());
  }
}

}  // namespace weir::process
