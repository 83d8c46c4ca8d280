#include "store/applier.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/rest.h"
#include "store/backup_lock.h"
#include "store/table_rebuild.h"

namespace weir::store {
namespace {

using engine::quote_name;
using telemetry::LogCode;

// Large enough that DuckDB's cost of a transaction is spread, small enough for memory.
constexpr std::size_t transaction_rows_max = 300'000;
constexpr std::size_t transaction_bytes_max = std::size_t{64} << 20;
// Where only empty commits come, the place in the file may fall behind by so much: they must not
// look like a gap once they are no longer kept.
constexpr std::chrono::minutes places_age_max{1};
constexpr std::chrono::milliseconds retry_pause{500};

std::string pending_name(const std::string& table) { return "weir_pending_" + table; }

std::string name_list(const Schema& schema, const std::vector<std::size_t>& columns) {
  std::string list;
  for (const std::size_t column : columns) {
    if (!list.empty()) list += ", ";
    list += quote_name(schema.columns[column].name);
  }
  return list;
}

// One number, or null.
Result<std::optional<std::int64_t>> number_of(engine::Connection& connection,
                                              const std::string& sql) {
  TRY(const auto rows, connection.query(sql));
  TRY(const auto batch, rows->next());
  ASSERT(batch != nullptr && batch->rows() == 1);
  if (batch->column(0).is_null(0)) return std::optional<std::int64_t>();
  return std::optional(batch->column(0).values<std::int64_t>()[0]);
}

std::string all_names(const Schema& schema) {
  std::vector<std::size_t> columns(schema.columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = i;
  return name_list(schema, columns);
}

}  // namespace

Applier::Applier(TableStore& store, const journal::Journal& journal,
                 const std::vector<Target>& targets, Say say)
    : store_(store), journal_(journal), say_(std::move(say)), indexes_(store) {
  for (const Target& target : targets) places_[target].journal = journal_.id();
}

Result<std::unique_ptr<Applier>> Applier::open(TableStore& store, const journal::Journal& journal,
                                               const std::vector<Target>& targets, Say say) {
  std::unique_ptr<Applier> applier(new Applier(store, journal, targets, std::move(say)));
  OK_OR_RETURN(applier->recover());
  return applier;
}

Applier::~Applier() = default;

void Applier::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Result<void> Applier::recover() {
  TRY(connection_, store_.database()->connect());
  for (const auto& [target, place] : places_) {
    if (pending_.contains(target.table)) continue;
    const TableSpec* spec = store_.find(target.table);
    ASSERT(spec != nullptr);
    auto rows = std::make_shared<PendingRows>(spec->schema);
    OK_OR_RETURN(store_.database()->add_table_function(pending_name(target.table), rows));
    pending_.emplace(target.table, std::move(rows));
  }
  OK_OR_RETURN(load_places());
  OK_OR_RETURN(make_lost_indexes_anew());
  applied_.store(least_place(), std::memory_order_release);
  return {};
}

Result<void> Applier::load_places() {
  TRY(const AppliedPlaces stored, read_applied_places(*connection_));
  for (auto& [target, place] : places_) {
    const auto known = stored.find(target);
    if (known == stored.end()) OK_OR_RETURN(check_no_former_writer(stored, places_, target));
    place = known == stored.end() ? AppliedPlace{.journal = journal_.id()} : known->second;
    if (place.journal == journal_.id() && place.position <= journal_.end()) continue;
    return Error{
        Fault::conflict,
        fmt::format(
            "table {} holds results of stream {} up to position {} of journal {}, and "
            "this journal is {} and ends at {}; restore both from the same backup. "
            "Without one, `weir tables rebuild --shorter`: the tables then get what is still "
            "kept of their streams' results, which is 7 days of them",
            target.table, target.stream, place.position, place.journal, journal_.id(),
            journal_.end())};
  }
  return {};
}

Result<void> Applier::make_lost_indexes_anew() {
  for (const auto& [table, place] : indexes_.behind(places_)) {
    TRY(const std::uint64_t rows, connection_->count_rows(table));
    if (rows > 0) {
      say_(LogCode::table_indexes_made_anew,
           fmt::format("the indexes of table {} are made anew from its {} rows", table, rows));
    }
    OK_OR_RETURN(indexes_.make_anew(*connection_, table, place));
  }
  return {};
}

Position Applier::least_place() const {
  Position least = journal_.end();
  for (const auto& [target, place] : places_) least = std::min(least, place.position);
  return least;
}

void Applier::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Result<void> followed = follow(stop);
    if (followed.ok()) return;
    fail(followed.error());
    if (followed.error().fault != Fault::unavailable) return;
    rest(retry_pause, stop);
  }
}

// What a failed transaction left behind is of no use: its place is in the file, the rows are in the
// journal.
Result<void> Applier::begin() {
  // While the disk is full, what waits need not be read again and again.
  if (!health().ok()) OK_OR_RETURN(store_.check_room(0));
  OK_OR_RETURN(store_.database()->revive());
  // Refused where the engine has done it already.
  [[maybe_unused]] const Result<void> rolled_back = connection_->run("ROLLBACK");
  indexes_.roll_back();
  for (const auto& [table, rows] : pending_) rows->clear();
  pending_rows_ = 0;
  pending_since_.clear();
  commits_.clear();
  expire_next_.clear();  // what was dropped may be there again
  return load_places();
}

Result<void> Applier::follow(const std::stop_token& stop) {
  const std::filesystem::path lock = BackupLock::of_tables(store_.folder());
  {
    TRY(const auto changing, BackupLock::change(lock, stop));
    if (!changing) return {};
    OK_OR_RETURN(begin());
  }
  journal::Filter filter{.kinds = {journal::Kind::commit}};
  for (const auto& [target, place] : places_) filter.topics.push_back(target.stream);
  const auto reader = journal_.read(filter, least_place());
  while (!stop.stop_requested()) {
    TRY(const bool has_gathered, gather(*reader));
    if (!is_due()) {
      publish(place_of(*reader));
    } else {
      TRY(const auto changing, BackupLock::change(lock, stop));
      if (!changing) return {};
      OK_OR_RETURN(apply(place_of(*reader)));
    }
    if (!has_gathered) journal_.wait_beyond(reader->place(), stop);
  }
  return {};
}

Result<bool> Applier::gather(journal::Reader& reader) {
  while (pending_rows_ < transaction_rows_max && pending_bytes().rows < transaction_bytes_max) {
    TRY(const std::optional<journal::Placed> placed, reader.next());
    if (!placed) return pending_rows_ > 0;
    OK_OR_RETURN(take(*placed));
  }
  return true;
}

Result<void> Applier::take(const journal::Placed& placed) {
  const std::string& stream = placed.entry->topic;
  TRY(const std::vector<journal::Placed> parts, commits_[stream].take(placed));
  if (parts.empty()) return {};
  TRY(const journal::CommitHead head, journal::decode_commit_head(placed.entry->head));
  pending_since_.push_back(placed.entry->accepted);
  for (auto& [target, place] : places_) {
    if (target.stream != stream || placed.begin < place.position) continue;
    tell_gap(target, place, *placed.entry, head);
    place.position = placed.end;
    place.generation = head.generation;
    place.sequence = head.sequence;
    for (const journal::Placed& part : parts) OK_OR_RETURN(add_rows(target.table, part));
  }
  return {};
}

Result<void> Applier::add_rows(const std::string& table, const journal::Placed& placed) {
  const journal::Entry& entry = *placed.entry;
  if (entry.batches.empty() || entry.batches[0] == nullptr) return {};
  OK_OR_RETURN(within("table " + table, pending_.at(table)->add(entry.batches[0], placed.begin)));
  pending_rows_ += entry.batches[0]->rows();
  return {};
}

Position Applier::place_of(const journal::Reader& reader) const {
  Position place = reader.place();
  for (const auto& [stream, commits] : commits_) {
    place = std::min(place, commits.begun().value_or(place));
  }
  return place;
}

void Applier::tell_gap(const Target& target, const AppliedPlace& place, const journal::Entry& entry,
                       const journal::CommitHead& head) const {
  const bool is_next = head.generation == place.generation && head.sequence == place.sequence + 1;
  if (is_next || head.sequence == 1) return;
  say_(LogCode::table_lacks_results,
       fmt::format("table {} lacks results that stream {} gave before {:%Y-%m-%dT%H:%M:%SZ}: they "
                   "are no longer kept; `weir drop {} --restart` makes all of them anew from what "
                   "is kept of its "
                   "input",
                   target.table, target.stream,
                   std::chrono::floor<std::chrono::seconds>(entry.accepted), target.stream));
}

bool Applier::is_due() const {
  if (pending_rows_ > 0) return true;
  const bool is_old = std::chrono::steady_clock::now() >= places_written_ + places_age_max;
  return is_old && store_.check_room(0).ok();
}

Result<void> Applier::apply(Position through) {
  const PendingBytes pending = pending_bytes();
  OK_OR_RETURN(store_.check_room(pending.rows, pending.indexes));
  OK_OR_RETURN(connection_->run("BEGIN"));
  OK_OR_RETURN(indexes_.begin());
  for (const auto& [table, rows] : pending_) {
    if (rows->rows() > 0) OK_OR_RETURN(apply_table(*store_.find(table)));
  }
  for (const auto& [table, rows] : pending_) OK_OR_RETURN(indexes_.put(table, *rows));
  OK_OR_RETURN(drop_expired());
  OK_OR_RETURN(write_places(through));
  OK_OR_RETURN(indexes_.commit(places_));
  // What SQLite took is no longer the engine's.
  if (pending.indexes > 0) OK_OR_RETURN(store_.check_room(pending.rows));
  OK_OR_RETURN(connection_->run("COMMIT"));
  places_written_ = std::chrono::steady_clock::now();
  publish(through);
  return {};
}

Applier::PendingBytes Applier::pending_bytes() const {
  PendingBytes pending;
  for (const auto& [table, rows] : pending_) {
    pending.rows += rows->bytes();
    pending.indexes += indexes_.bytes_with(table, rows->bytes());
  }
  return pending;
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
    TRY(const std::optional<std::int64_t> oldest,
        number_of(*connection_, fmt::format("SELECT epoch_us(max({}) - to_seconds({})) FROM {}",
                                            time, table.retention->age.count(), target)));
    if (!oldest) continue;
    OK_OR_RETURN(connection_->run(
        fmt::format("DELETE FROM {} WHERE {} < make_timestamp({})", target, time, *oldest)));
    OK_OR_RETURN(indexes_.drop_before(table.name, *oldest));
  }
  return {};
}

Result<void> Applier::write_places(Position through) {
  for (auto& [target, place] : places_) place.position = std::max(place.position, through);
  return write_applied_places(*connection_, places_);
}

void Applier::publish(Position through) {
  const Instant now = SystemClock().now();
  for (const Instant since : pending_since_) {
    store_.visible_seconds().count(std::max(now - since, std::chrono::microseconds(0)));
  }
  pending_since_.clear();
  std::unique_lock lock(mutex_);
  const bool goes_on = !health_.ok();
  if (goes_on) health_ = {};
  for (const auto& [table, rows] : pending_) {
    rows_applied_[table] += rows->rows();
    rows->clear();
  }
  pending_rows_ = 0;
  applied_.store(through, std::memory_order_release);
  moved_.notify_all();
  lock.unlock();
  if (goes_on) say_(LogCode::tables_go_on, "results are applied again");
}

void Applier::fail(Error error) {
  if (error.fault == Fault::unavailable) {
    error.message = "results wait in the journal until there is a way to apply them: " +
                    std::move(error.message);
  }
  // Damaged indexes say themselves what to do.
  if (error.fault == Fault::corrupt && !indexes_.is_damaged()) error.message += rebuild_advice;
  std::unique_lock lock(mutex_);
  const bool is_news = health_.ok() || health_.error().message != error.message;
  health_ = error;
  moved_.notify_all();
  lock.unlock();
  // A log that is not read holds up no one who asks for the health.
  const bool waits = error.fault == Fault::unavailable;
  if (is_news) say_(waits ? LogCode::tables_wait : LogCode::tables_stopped, error.message);
}

bool Applier::wait_applied(Position position, std::chrono::steady_clock::time_point deadline,
                           std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  const auto has_stopped = [this] {
    return !health_.ok() && health_.error().fault != Fault::unavailable;
  };
  moved_.wait_until(lock, std::move(stop), deadline,
                    [&] { return applied() >= position || has_stopped(); });
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
