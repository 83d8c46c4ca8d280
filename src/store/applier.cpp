#include "store/applier.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::store {
namespace {

using engine::quote_name;
using engine::quote_text;

// Large enough that DuckDB's cost of a transaction is spread, small enough for memory.
constexpr std::size_t transaction_rows_max = 300'000;

std::string pending_name(const std::string& table) { return "weir_pending_" + table; }

std::string name_list(const Schema& schema, const std::vector<std::size_t>& columns) {
  std::string list;
  for (const std::size_t column : columns) {
    if (!list.empty()) list += ", ";
    list += quote_name(schema.columns[column].name);
  }
  return list;
}

std::string all_names(const Schema& schema) {
  std::vector<std::size_t> columns(schema.columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = i;
  return name_list(schema, columns);
}

std::uint64_t number(const Batch& batch, std::size_t column) {
  return batch.column(column).values<std::uint64_t>()[0];
}

}  // namespace

Applier::Applier(TableStore& store, const journal::Journal& journal, std::vector<Target> targets)
    : store_(store), journal_(journal) {
  for (Target& target : targets) {
    tables_of_[std::move(target.stream)].push_back(std::move(target.table));
  }
}

Result<std::unique_ptr<Applier>> Applier::start(TableStore& store, const journal::Journal& journal,
                                                std::vector<Target> targets) {
  std::unique_ptr<Applier> applier(new Applier(store, journal, std::move(targets)));
  OK_OR_RETURN(applier->open());
  applier->thread_ =
      std::jthread([self = applier.get()](std::stop_token stop) { self->run(std::move(stop)); });
  return applier;
}

Applier::~Applier() = default;

Result<void> Applier::open() {
  TRY(connection_, store_.database()->connect());
  for (const auto& [stream, tables] : tables_of_) {
    for (const std::string& table : tables) {
      if (pending_.contains(table)) continue;
      const TableSpec* spec = store_.find(table);
      ASSERT(spec != nullptr);
      auto rows = std::make_shared<PendingRows>(*spec->schema);
      OK_OR_RETURN(store_.database()->add_table_function(pending_name(table), rows));
      pending_.emplace(table, std::move(rows));
    }
  }
  return load_progress();
}

Result<void> Applier::load_progress() {
  for (const auto& [stream, tables] : tables_of_) {
    TRY(auto rows, connection_->query("SELECT generation, sequence, position, journal FROM "
                                      "weir_progress.applied WHERE stream = " +
                                      quote_text(stream)));
    TRY(auto batch, rows->next());
    if (batch == nullptr || batch->rows() == 0) continue;
    progress_[stream] = {number(*batch, 0), number(*batch, 1)};
    const Position position = number(*batch, 2);
    if (batch->column(3).string(0) != journal_.id() || position > journal_.end()) {
      return Error{
          Fault::conflict,
          fmt::format("the tables hold results of stream {} up to position {} of journal "
                      "{}, and this journal is {} and ends at {}; restore both from the "
                      "same backup, or remove the tables folder to build it anew",
                      stream, position, batch->column(3).string(0), journal_.id(), journal_.end())};
    }
  }
  return {};
}

void Applier::run(std::stop_token stop) {
  journal::Filter filter{.kinds = {journal::Kind::commit}};
  for (const auto& [stream, tables] : tables_of_) filter.topics.push_back(stream);
  // Commits already applied are recognised by their sequence, so that the place need not be exact.
  const auto reader = journal_.read(filter, journal_.oldest());
  while (!stop.stop_requested()) {
    const Result<bool> gathered = gather(*reader);
    if (!gathered.ok()) return fail(gathered.error());
    if (const Result<void> applied = apply(place_of(*reader)); !applied.ok()) {
      return fail(applied.error());
    }
    if (!gathered.value()) journal_.wait_beyond(reader->place(), stop);
  }
}

Result<bool> Applier::gather(journal::Reader& reader) {
  while (pending_rows_ < transaction_rows_max) {
    TRY(const std::optional<journal::Placed> placed, reader.next());
    if (!placed) return pending_rows_ > 0;
    OK_OR_RETURN(take(*placed));
  }
  return true;
}

Result<void> Applier::take(const journal::Placed& placed) {
  TRY(const journal::CommitHead head, journal::decode_commit_head(placed.entry->head));
  const std::string& stream = placed.entry->topic;
  if (!tables_of_.contains(stream)) return {};
  Progress& progress = progress_[stream];
  if (std::pair(head.generation, head.sequence) <=
      std::pair(progress.generation, progress.sequence)) {
    return {};
  }
  TRY(const std::vector<journal::Placed> parts, commits_[stream].take(placed));
  if (parts.empty()) return {};
  progress = {head.generation, head.sequence};
  for (const journal::Placed& part : parts) add_rows(*part.entry);
  return {};
}

void Applier::add_rows(const journal::Entry& entry) {
  if (entry.batches.empty() || entry.batches[0] == nullptr) return;
  const auto& rows = entry.batches[0];
  if (rows->rows() == 0) return;
  for (const std::string& table : tables_of_.at(entry.topic)) pending_.at(table)->add(rows);
  pending_rows_ += rows->rows();
}

Position Applier::place_of(const journal::Reader& reader) const {
  Position place = reader.place();
  for (const auto& [stream, commits] : commits_) {
    place = std::min(place, commits.begun().value_or(place));
  }
  return place;
}

Result<void> Applier::apply(Position through) {
  if (pending_rows_ > 0) {
    OK_OR_RETURN(connection_->run("BEGIN"));
    for (const auto& [table, rows] : pending_) {
      if (rows->rows() > 0) OK_OR_RETURN(apply_table(*store_.find(table)));
    }
    OK_OR_RETURN(drop_expired());
    OK_OR_RETURN(write_progress(through));
    OK_OR_RETURN(connection_->run("COMMIT"));
  }
  publish(through);
  return {};
}

Result<void> Applier::apply_table(const TableSpec& table) {
  const std::string target = quote_name(table.name);
  const std::string names = all_names(*table.schema);
  const std::string from = pending_name(table.name) + "()";
  if (!table.is_upserted()) {
    return connection_->run("INSERT INTO " + target + " SELECT " + names + " FROM " + from);
  }
  std::string same_key;
  for (const std::size_t column : table.key) {
    const std::string name = quote_name(table.schema->columns[column].name);
    if (!same_key.empty()) same_key += " AND ";
    same_key += target + "." + name + " IS NOT DISTINCT FROM p." + name;
  }
  const std::string keys = name_list(*table.schema, table.key);
  OK_OR_RETURN(connection_->run("DELETE FROM " + target + " USING (SELECT DISTINCT " + keys +
                                " FROM " + from + ") p WHERE " + same_key));
  return connection_->run("INSERT INTO " + target + " SELECT " + names + " FROM (SELECT * FROM " +
                          from +
                          " QUALIFY row_number() OVER (PARTITION "
                          "BY " +
                          keys + " ORDER BY _order DESC) = 1) WHERE _weight > 0");
}

Result<void> Applier::drop_expired() {
  const auto now = std::chrono::steady_clock::now();
  for (const TableSpec& table : store_.tables()) {
    const auto pending = pending_.find(table.name);
    if (!table.retention || pending == pending_.end() || pending->second->rows() == 0) continue;
    auto& next = expire_next_[table.name];
    if (now < next) continue;
    next = now + std::chrono::minutes(1);
    const std::string target = quote_name(table.name);
    const std::string time = quote_name(table.schema->columns[table.retention->column].name);
    OK_OR_RETURN(connection_->run(
        fmt::format("DELETE FROM {0} WHERE {1} < (SELECT max({1}) FROM {0}) - to_seconds({2})",
                    target, time, table.retention->age.count())));
  }
  return {};
}

Result<void> Applier::write_progress(Position through) {
  OK_OR_RETURN(connection_->run("DELETE FROM weir_progress.applied"));
  for (const auto& [stream, progress] : progress_) {
    OK_OR_RETURN(connection_->run(fmt::format(
        "INSERT INTO weir_progress.applied VALUES ({}, {}, {}, {}, {})", quote_text(stream),
        quote_text(journal_.id()), progress.generation, progress.sequence, through)));
  }
  return {};
}

void Applier::publish(Position through) {
  std::lock_guard lock(mutex_);
  for (const auto& [table, rows] : pending_) {
    rows_applied_[table] += rows->rows();
    rows->clear();
  }
  pending_rows_ = 0;
  applied_.store(through, std::memory_order_release);
  moved_.notify_all();
}

void Applier::fail(Error error) {
  std::lock_guard lock(mutex_);
  health_ = std::move(error);
  moved_.notify_all();
}

bool Applier::wait_applied(Position position, std::chrono::steady_clock::time_point deadline,
                           std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  moved_.wait_until(lock, std::move(stop), deadline,
                    [&] { return applied() >= position || !health_.ok(); });
  return applied() >= position;
}

std::map<std::string, std::uint64_t> Applier::rows_applied() const {
  std::lock_guard lock(mutex_);
  return rows_applied_;
}

Result<void> Applier::health() const {
  std::lock_guard lock(mutex_);
  return health_;
}

}  // namespace weir::store
