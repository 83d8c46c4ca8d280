#include "operate/quarantine_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/event_rules.h"
#include "core/fit_columns.h"
#include "core/suggestion.h"
#include "journal/heads.h"
#include "operate/refused_rows.h"

namespace weir::operate {
namespace {

using serve::ReplayAnswer;
using serve::ReplayWish;

// Of one answer: it comes soon, and its body is a small one.
constexpr std::size_t rows_max = 5'000;
constexpr std::size_t bytes_max = std::size_t{8} << 20;
// An answer that finds nothing to send looks no further than that.
constexpr std::uint64_t rows_seen_max = 200'000;
constexpr std::size_t errors_max = 5;

// Decides over rows one by one, as the source would now, and gathers those it accepts.
class Trial {
 public:
  Trial(const workspace::Source& source, formats::EventDecoder& decoder, Instant now,
        std::int64_t watermark)
      : decoder_(decoder),
        acceptance_{now, now + source.max_ahead},
        time_column_(event_time_column(source.rules)),
        watermark_(watermark),
        rows_(decoder.schema()) {}

  void take(const RowPlace& place, std::string_view bytes) {
    ++answer_.rows;
    if (const auto refused = refusal_of(bytes)) {
      ++answer_.refused;
      if (answer_.first_refused.size() < errors_max) answer_.first_refused.push_back(*refused);
      return;
    }
    ++answer_.accepted;
    answer_.late += rows_.column(time_column_).values<std::int64_t>().back() < watermark_ ? 1 : 0;
    rows_.truncate(0);
    body_ += body_.empty() ? '[' : ',';
    body_ += bytes;
    replays_->column(0).append_string(place.topic);
    replays_->column(1).append<std::uint64_t>(place.position);
    replays_->column(2).append<std::uint32_t>(place.row);
  }

  bool is_full() const { return answer_.rows >= rows_max || body_.size() >= bytes_max; }
  ReplayAnswer& answer() { return answer_; }
  // The accepted rows, as an array.
  std::string take_body() { return std::move(body_) + "]"; }
  std::shared_ptr<const Batch> replays() const { return replays_; }

 private:
  std::optional<ReplayAnswer::Refused> refusal_of(std::string_view bytes) {
    // What is no object by itself would fall apart, or run into its neighbour.
    const std::size_t begin = bytes.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || bytes[begin] != '{') {
      return ReplayAnswer::Refused{"MALFORMED", "an event is a JSON object"};
    }
    const auto decoded = decoder_.decode(bytes, formats::BodyForm::json, acceptance_, rows_);
    if (!decoded.ok()) return ReplayAnswer::Refused{"MALFORMED", decoded.error().message};
    if (decoded.value().refused.empty()) return std::nullopt;
    return ReplayAnswer::Refused{decoded.value().refused.front().code,
                                 decoded.value().refused.front().reason};
  }

  formats::EventDecoder& decoder_;
  const formats::Acceptance acceptance_;
  const std::size_t time_column_;
  const std::int64_t watermark_;
  Batch rows_;  // that which is tried
  ReplayAnswer answer_;
  std::string body_;
  std::shared_ptr<Batch> replays_ = std::make_shared<Batch>(journal::replay_schema());
};

bool is_wanted(const ReplayWish& wish, const Batch& rows, std::size_t row) {
  const Instant refused_at(std::chrono::microseconds(rows.column(0).values<std::int64_t>()[row]));
  if (wish.since && refused_at < *wish.since) return false;
  if (wish.until && refused_at >= *wish.until) return false;
  return !wish.code || rows.column(1).string(row) == *wish.code;
}

// Tries the rows from the wish's place on, until the trial is full or there are no more.
Result<void> try_rows(const journal::Journal& journal, const ReplayWish& wish, Trial& trial) {
  TRY(const ReplayedRows replayed, read_replayed(journal, wish.source));
  const Position end = journal.end();  // what is refused meanwhile is for another time
  const auto reader = journal.read({{wish.source}, {journal::Kind::quarantine}}, wish.position);
  std::uint64_t seen = 0;
  while (true) {
    TRY(const std::optional<journal::Placed> placed, reader->next());
    if (!placed || placed->begin >= end) return {};
    TRY(const auto rows, fit_columns(placed->entry->batches.at(0), quarantine_schema()));
    std::uint32_t row = placed->begin == wish.position ? wish.row : 0;
    for (; row < rows->rows(); ++row) {
      if (trial.is_full() || ++seen > rows_seen_max) {
        trial.answer().next = {placed->begin, row};
        return {};
      }
      if (!is_wanted(wish, *rows, row)) continue;
      const RowPlace place{wish.source, placed->begin, row};
      if (!wish.again && replayed.contains(place)) {
        ++trial.answer().replayed;
      } else {
        trial.take(place, rows->column(3).string(row));
      }
    }
  }
}

}  // namespace

Result<ReplayAnswer> QuarantineReplay::replay(const ReplayWish& wish) {
  const auto source = std::ranges::find(parts_.sources, wish.source, &workspace::Source::name);
  if (source == parts_.sources.end()) {
    std::vector<std::string> names;
    for (const workspace::Source& one : parts_.sources) names.push_back(one.name);
    return Error{Fault::not_found,
                 fmt::format("there is no source \"{}\"{}; rows that a stream set aside were "
                             "accepted as events, and its mended SQL reads them from the start "
                             "under a new name, or after `weir drop`",
                             wish.source, did_you_mean(wish.source, names))};
  }
  TRY(const auto decoder, formats::EventDecoder::make(source->rules));
  const std::lock_guard lock(mutex_);
  const auto counts = parts_.collector.counts();
  const auto of_source = std::ranges::find(counts, wish.source, &collect::SourceCounts::source);
  ASSERT(of_source != counts.end());
  Trial trial(*source, *decoder, parts_.clock.now(), of_source->watermark);
  OK_OR_RETURN(try_rows(parts_.journal, wish, trial));
  ReplayAnswer& answer = trial.answer();
  if (wish.dry_run || answer.accepted == 0) return answer;
  TRY(const collect::Ingested taken,
      parts_.collector.ingest_again(wish.source, trial.take_body(), trial.replays()));
  ASSERT(taken.accepted + taken.quarantined == answer.accepted);
  answer.accepted = taken.accepted;
  answer.refused += taken.quarantined;
  answer.late = taken.late;
  return answer;
}

}  // namespace weir::operate
