// Reads a stream's input in journal order, and says of each row how far event time had come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dataflow/chunk.h"
#include "dataflow/state_codec.h"
#include "journal/journal.h"
#include "journal/source_watermark.h"
#include "process/stream_job.h"

namespace weir::process {

using dataflow::Chunk;
using dataflow::StateReader;
using dataflow::StateWriter;

// What one step of a stream takes.
struct InputBatch {
  std::vector<Chunk> chunks;  // empty: nothing new
  std::size_t rows = 0;
  std::size_t bytes = 0;
  bool ends = false;  // the last chunk closes every open window
};

// Small entries are put together and large ones stay as they are. Owned by one thread.
class InputBatches {
 public:
  // `by_acceptance`: a chunk has rows of one time of acceptance only.
  InputBatches(const journal::Journal& journal, StreamInput input, bool by_acceptance);

  // Goes on from there, with the watermark as it was there.
  void restart(Position from, StateReader& watermark);
  void restart(Position from);
  void save(StateWriter& writer) const;

  // What is durable and begins before `before`, up to a little more than `rows_max` rows or 16 MB;
  // it ends early where the input says that all windows close. Fault::unavailable: nothing was
  // taken, and it may be asked again.
  Result<InputBatch> next(std::size_t rows_max, Position before);
  // All input before it was given out.
  Position place() const {
    return ahead_.empty() ? commits_.begun().value_or(reader_->place()) : ahead_.front().begin;
  }
  // The journal was read to here; behind place() where a commit's last part has yet to come.
  Position read_to() const { return reader_->place(); }
  // How far event time has come; time of acceptance where rows have no event time.
  std::int64_t watermark() const;
  Instant accepted() const { return accepted_; }

 private:
  // Rows of one entry.
  struct Piece {
    std::shared_ptr<const Batch> rows;
    std::vector<std::int64_t> weights;  // empty: all +1
    std::vector<std::int64_t> watermarks;
    Instant accepted;
  };

  Result<bool> peek(Position before);
  Result<void> take(const journal::Entry& entry, InputBatch& batch);
  Result<void> take_events(const journal::Entry& entry, InputBatch& batch);
  Result<void> take_commit(const journal::Entry& entry, InputBatch& batch);
  void add(Piece piece, InputBatch& batch);
  void cut(InputBatch& batch);
  Chunk joined() const;

  const journal::Journal& journal_;
  StreamInput input_;
  bool by_acceptance_;
  std::unique_ptr<journal::Reader> reader_;
  journal::WholeCommits commits_;
  std::vector<journal::Placed> ahead_;  // read, and not yet taken: an entry or a whole commit
  journal::SourceWatermark watermark_;
  Instant accepted_;  // of the last entry taken
  std::vector<Piece> pieces_;
  std::size_t piece_rows_ = 0;
};

}  // namespace weir::process
