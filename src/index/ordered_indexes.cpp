#include "index/ordered_indexes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

namespace weir::index {
namespace {

constexpr int format_number = 2;
constexpr std::size_t idle_readers_max = 16;

// Of a table that is filled: what is sorted in memory, and what one transaction puts. Until it is
// committed and copied into the file, that is kept twice.
constexpr std::size_t sorted_bytes_max = std::size_t{32} << 20;
constexpr std::size_t transaction_bytes_max = std::size_t{32} << 20;

// Each commit is on the disk before the engine's own: what the engine has, the indexes have too.
constexpr const char* settings_sql =
    "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "PRAGMA cache_size = -16000;"
    "CREATE TABLE IF NOT EXISTS kept(name TEXT PRIMARY KEY, shape TEXT NOT NULL, journal TEXT,"
    " position INTEGER)";

// What a table's entries depend on.
std::string shape_of(const IndexedTable& table) {
  std::string types;
  for (const Field& column : table.schema->columns) types += to_string(column.type) + " ";
  std::string shape = fmt::format("key {} of {}", fmt::join(table.key, " "), types);
  for (const Order& order : table.orders) shape += fmt::format("order {} ", fmt::join(order, " "));
  return shape;
}

std::filesystem::path damage_mark(const std::filesystem::path& path) {
  return path.string() + "-damaged";
}

// The mark goes last, so that a crash on the way leaves nothing that is taken for sound.
Result<void> remove_file(const std::filesystem::path& path) {
  for (const char* end : {"", "-wal", "-shm", "-damaged"}) {
    std::error_code failed;
    std::filesystem::remove(path.string() + end, failed);
    if (failed) {
      return Error{Fault::unavailable,
                   fmt::format("removing {}{}: {}", path.string(), end, failed.message())};
    }
  }
  return {};
}

// All that there is of the table, of whatever shape.
Result<void> drop(sqlite::File& file, const std::string& table) {
  TRY(auto names, file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                               "(name = 'rows ' || ?1 OR "
                               "substr(name, 1, length(?1) + 7) = 'order ' || ?1 || ' ')"));
  names.bind(1, table);
  std::string drops;
  while (true) {
    TRY(const bool is_there, names.step());
    if (!is_there) break;
    drops += fmt::format("DROP TABLE \"{}\";", names.bytes(0));
  }
  names.reset();
  OK_OR_RETURN(file.run(drops));
  TRY(auto forget, file.prepare("DELETE FROM kept WHERE name = ?"));
  return forget.bind(1, table).run();
}

Result<std::unique_ptr<sqlite::File>> open_sound(const std::filesystem::path& path) {
  TRY(auto file, sqlite::File::open(path));
  TRY(auto version, file->prepare("PRAGMA user_version"));
  TRY([[maybe_unused]] const bool has_version, version.step());
  const std::int64_t known = version.number(0);
  if (known != 0 && known != format_number) {
    return Error{Fault::corrupt, fmt::format("format {}, not {}", known, format_number)};
  }
  version.reset();
  OK_OR_RETURN(file->run(fmt::format("PRAGMA user_version = {};", format_number) + settings_sql));
  return file;
}

}  // namespace

Result<std::unique_ptr<OrderedIndexes>> OrderedIndexes::open(const std::filesystem::path& path,
                                                             std::vector<IndexedTable> tables) {
  std::error_code ignored;
  if (std::filesystem::exists(damage_mark(path), ignored)) OK_OR_RETURN(remove_file(path));
  std::unique_ptr<OrderedIndexes> indexes(new OrderedIndexes(path, tables));
  Result<void> opened = indexes->open_file();
  if (!opened.ok() && opened.error().fault == Fault::corrupt) {
    indexes.reset();
    OK_OR_RETURN(remove_file(path));
    indexes.reset(new OrderedIndexes(path, std::move(tables)));
    opened = indexes->open_file();
  }
  if (!opened.ok()) return std::move(opened).error();
  return indexes;
}

Result<void> OrderedIndexes::open_file() {
  TRY(file_, open_sound(path_));
  return prepare();
}

OrderedIndexes::~OrderedIndexes() = default;

Result<void> OrderedIndexes::forget(const std::filesystem::path& path,
                                    const std::vector<std::string>& tables) {
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) return {};
  const auto drop_all = [&]() -> Result<void> {
    TRY(const auto file, open_sound(path));
    for (const std::string& table : tables) OK_OR_RETURN(drop(*file, table));
    return {};
  };
  Result<void> dropped = drop_all();
  // It would be made anew.
  if (!dropped.ok() && dropped.error().fault == Fault::corrupt) return remove_file(path);
  return dropped;
}

template <class T>
Result<T> OrderedIndexes::noted(Result<T> done) const {
  if (done.ok() || done.error().fault != Fault::corrupt) return done;
  is_damaged_ = true;
  const std::ofstream mark(damage_mark(path_));
  Error error = std::move(done).error();
  error.message += mark ? "; a restart makes the indexes anew from the tables, which hold it all"
                        : "; stop the server and remove " + path_.string() +
                              ": the indexes are then made anew from the tables, which hold it all";
  return error;
}

Result<void> OrderedIndexes::prepare() {
  for (const IndexedTable& table : tables_) {
    TRY(auto kept, file_->prepare("SELECT shape, journal, position FROM kept WHERE name = ?"));
    TRY(const bool is_kept, kept.bind(1, table.name).step());
    const std::string shape = shape_of(table);
    if (is_kept && kept.bytes(0) == shape) {
      places_[table.name] = {std::string(kept.bytes(1)), static_cast<Position>(kept.number(2))};
    } else {
      kept.reset();
      OK_OR_RETURN(drop(*file_, table.name));
    }
    TRY(TableWriter writer, TableWriter::open(*file_, table));
    writers_.emplace(table.name, std::move(writer));
  }
  return {};
}

const IndexedTable* OrderedIndexes::find(std::string_view table) const {
  const auto found = std::ranges::find(tables_, table, &IndexedTable::name);
  return found == tables_.end() ? nullptr : &*found;
}

std::optional<IndexPlace> OrderedIndexes::place(const std::string& table) const {
  const auto found = places_.find(table);
  return found == places_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> OrderedIndexes::begin() {
  OK_OR_RETURN(noted(file_->run("BEGIN IMMEDIATE")));
  is_writing_ = true;
  return {};
}

Result<void> OrderedIndexes::put(const std::string& table, const Batch& rows,
                                 std::span<const std::int64_t> weights, const RowOrigin& origin) {
  return noted(put_rows(table, rows, weights, origin));
}

Result<void> OrderedIndexes::put_rows(const std::string& table, const Batch& rows,
                                      std::span<const std::int64_t> weights,
                                      const RowOrigin& origin) {
  const auto began = std::chrono::steady_clock::now();
  TableWriter& writer = writers_.at(table);
  const std::uint64_t bytes_before = writer.bytes_put();
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const bool stays = weights.empty() || weights[row] > 0;
    OK_OR_RETURN(stays ? writer.put(rows, row, origin) : writer.take_away(rows, row));
  }
  std::lock_guard lock(mutex_);
  IndexCost& cost = costs_[table];
  cost.rows += rows.rows();
  cost.bytes += writer.bytes_put() - bytes_before;
  cost.time += std::chrono::steady_clock::now() - began;
  return {};
}

std::map<std::string, IndexCost> OrderedIndexes::costs() const {
  std::lock_guard lock(mutex_);
  return costs_;
}

Result<void> OrderedIndexes::drop_before(const std::string& table, std::int64_t micros) {
  return noted(writers_.at(table).drop_before(micros));
}

Result<void> OrderedIndexes::commit(const std::map<std::string, IndexPlace>& places) {
  return noted(keep(places));
}

Result<void> OrderedIndexes::keep(const std::map<std::string, IndexPlace>& places) {
  TRY(auto keep, file_->prepare("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)"));
  for (const auto& [name, place] : places) {
    const std::string shape = shape_of(*find(name));
    keep.bind(1, name).bind(2, shape).bind(3, place.journal);
    OK_OR_RETURN(keep.bind(4, static_cast<std::int64_t>(place.position)).run());
  }
  OK_OR_RETURN(file_->run("COMMIT"));
  is_writing_ = false;
  for (const auto& [name, place] : places) places_[name] = place;
  return {};
}

void OrderedIndexes::roll_back() {
  // SQLite has done so by itself after some failures.
  if (is_writing_) [[maybe_unused]]
    const Result<void> ended = file_->run("ROLLBACK");
  is_writing_ = false;
}

Result<void> OrderedIndexes::fill(const std::string& table, Scan& rows, const IndexPlace& place,
                                  const Room& room) {
  const auto began = std::chrono::steady_clock::now();
  Result<void> filled = noted(fill_rows(table, rows, place, room));
  if (!filled.ok()) roll_back();
  std::lock_guard lock(mutex_);
  costs_[table].time += std::chrono::steady_clock::now() - began;
  return filled;
}

Result<void> OrderedIndexes::fill_rows(const std::string& table, Scan& rows,
                                       const IndexPlace& place, const Room& room) {
  OK_OR_RETURN(begin());
  OK_OR_RETURN(empty(table));
  OK_OR_RETURN(commit({}));
  TRY(std::vector<RunSorter> trees, sort(*find(table), rows, room));
  OK_OR_RETURN(put_sorted(table, std::move(trees), room));
  OK_OR_RETURN(begin());
  return commit({{table, place}});
}

Result<void> OrderedIndexes::empty(const std::string& table) {
  places_.erase(table);
  writers_.erase(table);
  OK_OR_RETURN(drop(*file_, table));
  TRY(TableWriter writer, TableWriter::open(*file_, *find(table)));
  writers_.emplace(table, std::move(writer));
  return {};
}

Result<std::vector<RunSorter>> OrderedIndexes::sort(const IndexedTable& table, Scan& rows,
                                                    const Room& room) {
  const TableWriter& writer = writers_.at(table.name);
  std::vector<RunSorter> trees;
  for (std::size_t i = 0; i < writer.trees(); ++i) {
    trees.emplace_back(path_.string() + "-sorting", sorted_bytes_max / writer.trees());
  }
  std::uint64_t count = 0;  // they come as they were put
  while (true) {
    TRY(const auto batch, rows.next());
    if (batch == nullptr) break;
    OK_OR_RETURN(room(table.bytes_with(batch->bytes())));
    for (std::size_t row = 0; row < batch->rows(); ++row) {
      OK_OR_RETURN(writer.add_pairs(*batch, row, {.first_row = count}, trees));
    }
    count += batch->rows();
  }
  std::lock_guard lock(mutex_);
  costs_[table.name].rows += count;
  return trees;
}

Result<void> OrderedIndexes::put_sorted(const std::string& table, std::vector<RunSorter> trees,
                                        const Room& room) {
  TableWriter& writer = writers_.at(table);
  const std::uint64_t bytes_before = writer.bytes_put();
  std::uint64_t kept = bytes_before;
  OK_OR_RETURN(begin());
  for (std::size_t tree = 0; tree < trees.size(); ++tree) {
    const auto put = [&](std::string_view key, std::string_view value) -> Result<void> {
      OK_OR_RETURN(writer.put_pair(tree, key, value));
      if (writer.bytes_put() < kept + transaction_bytes_max) return {};
      kept = writer.bytes_put();
      OK_OR_RETURN(commit({}));
      OK_OR_RETURN(room(transaction_bytes_max));
      return begin();
    };
    RunSorter sorted = std::move(trees[tree]);  // its memory and its file go when it is put
    OK_OR_RETURN(sorted.drain(put));
  }
  OK_OR_RETURN(commit({}));
  std::lock_guard lock(mutex_);
  costs_[table].bytes += writer.bytes_put() - bytes_before;
  return {};
}

Result<std::unique_ptr<TableReader>> OrderedIndexes::take_reader() const {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  return TableReader::open(path_);
}

Result<std::optional<FoundRows>> OrderedIndexes::read(const IndexedTable& table,
                                                      const RowQuery& query,
                                                      const Choice& choice) const {
  TRY(auto reader, noted(take_reader()));
  auto found = noted(reader->read(table, query, choice));
  std::lock_guard lock(mutex_);
  if (found.ok() && idle_.size() < idle_readers_max) idle_.push_back(std::move(reader));
  return found;
}

}  // namespace weir::index
