// Tables' rows once more, found by key and by range of columns without the engine: one SQLite file
// beside the engine's, which holds the rows by key and, for each order, the keys.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/position.h"
#include "core/relation.h"
#include "core/result.h"
#include "index/choice.h"
#include "index/indexed_table.h"
#include "index/row_query.h"
#include "index/run_sorter.h"
#include "index/table_reader.h"
#include "index/table_writer.h"
#include "sqlite/file.h"

namespace weir::index {

// How far the journal is in a table's indexes.
struct IndexPlace {
  std::string journal;  // its id
  Position position = 0;
};

// What a table's indexes have cost since they were opened.
struct IndexCost {
  std::uint64_t rows = 0;   // put
  std::uint64_t bytes = 0;  // put for them
  std::chrono::nanoseconds time{0};
};

// One thread writes; any thread reads, and sees what was committed last. Where the file turns out
// to be damaged, be it one bit of a row, reading or writing it fails with Fault::corrupt and words,
// and a mark beside it has the next opening make it anew: everything in it is in the tables too.
class OrderedIndexes {
 public:
  // Makes the file where there is none, and anew where it is damaged or marked so. A table that was
  // kept in other orders is emptied.
  static Result<std::unique_ptr<OrderedIndexes>> open(const std::filesystem::path& path,
                                                      std::vector<IndexedTable> tables);
  ~OrderedIndexes();
  // Removes all that a file that nobody has open keeps of these tables; nothing where there is
  // none.
  static Result<void> forget(const std::filesystem::path& path,
                             const std::vector<std::string>& tables);
  const IndexedTable* find(std::string_view table) const;
  const std::vector<IndexedTable>& tables() const { return tables_; }
  // Nothing: its rows were never put, so they are to be put from the table.
  std::optional<IndexPlace> place(const std::string& table) const;

  // The writing thread's. What was put since begin() is there for readers, and kept, after
  // commit(); putting the same rows of the same commit once more changes nothing.
  Result<void> begin();
  // `weights` empty: all +1. A negative one takes the row of its key away.
  Result<void> put(const std::string& table, const Batch& rows,
                   std::span<const std::int64_t> weights, const RowOrigin& origin);
  // Those whose time is before `micros`.
  Result<void> drop_before(const std::string& table, std::int64_t micros);
  Result<void> commit(const std::map<std::string, IndexPlace>& places);
  // Forgets what was put since begin(), if it was called.
  void roll_back();
  // Puts these, all of the table's, in place of what is there, each order by itself and in that
  // order, and keeps them by and by: `room` is asked beforehand whether so many bytes have room.
  // Outside begin() and commit(). Until it has ended well, the table has no place.
  using Room = std::function<Result<void>(std::size_t bytes)>;
  Result<void> fill(const std::string& table, Scan& rows, const IndexPlace& place,
                    const Room& room);

  // Any thread. Whether damage was met since it was opened.
  bool is_damaged() const { return is_damaged_; }
  // Any thread. By table.
  std::map<std::string, IndexCost> costs() const;
  // Nothing where that many rows would have to be looked at that the engine does it better.
  Result<std::optional<FoundRows>> read(const IndexedTable& table, const RowQuery& query,
                                        const Choice& choice) const;

 private:
  OrderedIndexes(std::filesystem::path path, std::vector<IndexedTable> tables)
      : path_(std::move(path)), tables_(std::move(tables)) {}
  Result<void> open_file();
  Result<void> prepare();
  // What was done with the file; where that was not possible because of damage, marks it.
  template <class T>
  Result<T> noted(Result<T> done) const;
  Result<void> put_rows(const std::string& table, const Batch& rows,
                        std::span<const std::int64_t> weights, const RowOrigin& origin);
  Result<void> fill_rows(const std::string& table, Scan& rows, const IndexPlace& place,
                         const Room& room);
  // What all rows put into each tree.
  Result<std::vector<RunSorter>> sort(const IndexedTable& table, Scan& rows, const Room& room);
  Result<void> put_sorted(const std::string& table, std::vector<RunSorter> trees, const Room& room);
  // Takes all rows of the table away.
  Result<void> empty(const std::string& table);
  Result<void> keep(const std::map<std::string, IndexPlace>& places);
  Result<std::unique_ptr<TableReader>> take_reader() const;

  const std::filesystem::path path_;
  const std::vector<IndexedTable> tables_;
  std::unique_ptr<sqlite::File> file_;  // the writing thread's
  std::map<std::string, TableWriter> writers_;
  std::map<std::string, IndexPlace> places_;
  bool is_writing_ = false;
  mutable std::atomic<bool> is_damaged_ = false;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<TableReader>> idle_;  // under mutex_
  std::map<std::string, IndexCost> costs_;                  // under mutex_
};

}  // namespace weir::index
