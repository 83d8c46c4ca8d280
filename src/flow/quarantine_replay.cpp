#include "flow/quarantine_replay.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/event_rules.h"
#include "core/fit_columns.h"
#include "core/suggestion.h"
#include "formats/event_decoder.h"
#include "formats/event_text.h"
#include "journal/heads.h"

namespace weir::flow {
namespace {

// Of one answer, with what is refused again: it comes soon, and takes little memory.
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

  void take(const std::string& topic, RowPlace place, std::string_view bytes) {
    ++answer_.rows;
    bytes_ += bytes.size();
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
    replays_->column(0).append_string(topic);
    replays_->column(1).append<std::uint64_t>(place.entry);
    replays_->column(2).append<std::uint32_t>(place.row);
  }

  bool is_full() const { return answer_.rows >= rows_max || bytes_ >= bytes_max; }
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
  std::size_t bytes_ = 0;  // looked at
  std::shared_ptr<Batch> replays_ = std::make_shared<Batch>(journal::replay_schema());
};

bool is_in_time(const ReplayWish& wish, Instant set_aside) {
  return (!wish.since || set_aside >= *wish.since) && (!wish.until || set_aside < *wish.until);
}

bool is_wanted(const ReplayWish& wish, const Batch& rows, std::size_t row) {
  const Instant refused(std::chrono::microseconds(rows.column(0).values<std::int64_t>()[row]));
  return is_in_time(wish, refused) && (!wish.code || rows.column(1).string(row) == *wish.code);
}

// Goes over rows that were set aside, from the wish's place on, until the trial is full.
class Pass {
 public:
  Pass(const ReplayWish& wish, ReplayedRows& replayed, Trial& trial)
      : wish_(wish), replayed_(replayed), trial_(trial) {}

  // The first row of the entry to look at.
  std::uint32_t first_row(Position entry) const { return entry == wish_.position ? wish_.row : 0; }
  // False: the trial is full, and goes on here another time.
  bool may_look_at(Position entry, std::uint32_t row) {
    if (!trial_.is_full() && ++seen_ <= rows_seen_max) return true;
    trial_.answer().next = {entry, row};
    return false;
  }
  Result<void> take(const std::string& topic, RowPlace place, std::string_view bytes) {
    if (!wish_.again) {
      TRY(const std::optional<Instant> replayed, replayed_.find(place));
      if (replayed) {
        ++trial_.answer().replayed;
        return {};
      }
    }
    trial_.take(topic, place, bytes);
    return {};
  }
  ReplayAnswer& answer() { return trial_.answer(); }

 private:
  const ReplayWish& wish_;
  ReplayedRows& replayed_;
  Trial& trial_;
  std::uint64_t seen_ = 0;
};

Result<void> try_refused(const journal::Journal& journal, const ReplayWish& wish, Pass& pass) {
  const Position end = journal.end();  // what is refused meanwhile is for another time
  const auto reader = journal.read({{wish.name}, {journal::Kind::quarantine}}, wish.position);
  while (true) {
    TRY(const std::optional<journal::Placed> placed, reader->next());
    if (!placed || placed->begin >= end) return {};
    TRY(const auto rows, fit_columns(placed->entry->batches.at(0), quarantine_schema()));
    for (std::uint32_t row = pass.first_row(placed->begin); row < rows->rows(); ++row) {
      if (!pass.may_look_at(placed->begin, row)) return {};
      if (!is_wanted(wish, *rows, row)) continue;
      OK_OR_RETURN(pass.take(wish.name, {placed->begin, row}, rows->column(3).string(row)));
    }
  }
}

// What late rows are, and what they become.
struct LateRows {
  const process::StreamSpec& stream;
  const workspace::Source& to;
  std::int64_t watermark = journal::no_watermark;  // rows behind it are left where they are
};

// Where in a commit of several parts a pass has come to.
struct CommitPlace {
  Position begin = 0;
  std::uint32_t row = 0;  // over all parts
};

// False: the trial is full.
Result<bool> try_late_part(const LateRows& late, const journal::Placed& part, CommitPlace& place,
                           Pass& pass) {
  constexpr std::size_t late_batch = 1;
  const auto& batches = part.entry->batches;
  if (batches.size() <= late_batch || batches[late_batch] == nullptr) return true;
  TRY(const auto rows, fit_columns(batches[late_batch], late.stream.input.schema));
  const Column& times = rows->column(*late.stream.input.event_time);
  for (std::uint32_t row = 0; row < rows->rows(); ++row, ++place.row) {
    if (place.row < pass.first_row(place.begin)) continue;
    if (!pass.may_look_at(place.begin, place.row)) return false;
    if (times.values<std::int64_t>()[row] < late.watermark) {
      ++pass.answer().still_late;
    } else {
      OK_OR_RETURN(pass.take(late.stream.name, {part.begin, row},
                             formats::event_text(late.to.rules, *rows, row)));
    }
  }
  return true;
}

Result<void> try_late(const journal::Journal& journal, const ReplayWish& wish, const LateRows& late,
                      Pass& pass) {
  const Position end = journal.end();
  const auto reader = journal.read({{late.stream.name}, {journal::Kind::commit}}, wish.position);
  journal::WholeCommits commits;
  while (true) {
    TRY(const std::optional<journal::Placed> placed, reader->next());
    if (!placed || placed->begin >= end) return {};
    TRY(const std::vector<journal::Placed> parts, commits.take(*placed));
    if (parts.empty() || !is_in_time(wish, parts.front().entry->accepted)) continue;
    CommitPlace place{.begin = parts.front().begin};
    for (const journal::Placed& part : parts) {
      TRY(const bool goes_on, try_late_part(late, part, place, pass));
      if (!goes_on) return {};
    }
  }
}

}  // namespace

Result<const workspace::Source*> QuarantineReplay::find_source(const std::string& name) const {
  std::vector<std::string> names;
  for (const workspace::Source& source : parts_.sources) {
    if (source.name == name) return &source;
    names.push_back(source.name);
  }
  return Error{Fault::not_found,
               fmt::format("there is no source \"{}\"{}; rows on which a stream's SQL failed were "
                           "accepted as events: mend it, and `weir drop STREAM --restart`",
                           name, did_you_mean(name, names))};
}

Result<const process::StreamSpec*> QuarantineReplay::find_stream(const std::string& name) const {
  std::vector<const process::StreamSpec*> found;
  std::vector<std::string> names;
  for (const auto& stream : parts_.streams) {
    const process::StreamSpec& spec = stream->spec();
    if (!spec.input.is_source || !spec.input.event_time) continue;
    names.push_back(spec.name);
    if (spec.name == name || spec.input.topic == name) found.push_back(&spec);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Error{Fault::not_found,
                 fmt::format("there is no stream \"{}\" that reads a source, nor a source that one "
                             "reads{}",
                             name, did_you_mean(name, names))};
  }
  names.clear();
  for (const process::StreamSpec* one : found) names.push_back(one->name);
  return Error{Fault::invalid,
               fmt::format("a row may come late to several of the streams that read {}: name one "
                           "of {}",
                           name, fmt::join(names, ", "))};
}

Result<ReplayWay> QuarantineReplay::way(const ReplayWish& wish) const {
  ReplayWay way{wish.name, wish.name};
  if (wish.late) {
    TRY(const process::StreamSpec* stream, find_stream(wish.name));
    way.from = stream->input.topic;
    way.to = wish.into.empty() ? way.from : wish.into;
    if (wish.code) return Error{Fault::invalid, "late rows have no code: leave out code"};
  } else if (!wish.into.empty()) {
    return Error{Fault::invalid, "refused rows go to their own source: leave out into"};
  }
  OK_OR_RETURN(find_source(way.from));
  OK_OR_RETURN(find_source(way.to));
  return way;
}

Result<ReplayedRows*> QuarantineReplay::replayed_rows(const std::string& source,
                                                      const std::string& topic) {
  const std::string of = source + "/" + topic;
  if (!known_ || std::exchange(known_of_, of) != of) known_.emplace(parts_.journal, source, topic);
  OK_OR_RETURN(known_->follow());
  return &*known_;
}

Result<ReplayAnswer> QuarantineReplay::replay(const ReplayWish& wish) {
  TRY(const ReplayWay way, this->way(wish));
  TRY(const workspace::Source* to, find_source(way.to));
  TRY(const auto decoder, formats::EventDecoder::make(to->rules));
  const std::lock_guard lock(mutex_);
  const auto counts = parts_.collector.counts();
  const auto of_source = std::ranges::find(counts, way.to, &collect::SourceCounts::source);
  ASSERT(of_source != counts.end());
  Trial trial(*to, *decoder, parts_.clock.now(), of_source->watermark);
  const process::StreamSpec* stream = nullptr;
  if (wish.late) {
    TRY(stream, find_stream(wish.name));
  }
  TRY(ReplayedRows* const replayed, replayed_rows(way.to, wish.late ? stream->name : wish.name));
  Pass pass(wish, *replayed, trial);
  if (wish.late) {
    LateRows late{*stream, *to};
    if (way.to == way.from) late.watermark = of_source->watermark;
    OK_OR_RETURN(try_late(parts_.journal, wish, late, pass));
  } else {
    OK_OR_RETURN(try_refused(parts_.journal, wish, pass));
  }
  ReplayAnswer& answer = trial.answer();
  if (!answer.next) known_.reset();
  if (wish.dry_run || answer.accepted == 0) return answer;
  TRY(const collect::Ingested taken,
      parts_.collector.ingest_again(way.to, trial.take_body(), trial.replays()));
  ASSERT(taken.accepted + taken.quarantined == answer.accepted);
  answer.accepted = taken.accepted;
  answer.refused += taken.quarantined;
  answer.late = taken.late;
  return answer;
}

}  // namespace weir::flow
