#include "dataflow/exchange.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace weir::dataflow {
namespace {

// A window longer than the longest seen may come: months and years differ by up to three days, and
// days where clocks are changed have from 23 to 25 hours.
std::int64_t longest_to_come(std::int64_t largest) {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::microseconds;
  if (largest < microseconds(hours(23)).count()) return largest;
  const bool may_be_months = largest >= microseconds(days(28) - hours(1)).count();
  const microseconds more = hours(2) + (may_be_months ? days(3) : days(0));
  return largest + more.count();
}

}  // namespace

Exchange::Exchange(const sql::GroupNode& group, std::vector<std::unique_ptr<Operator>> instances)
    : instances_(std::move(instances)), crew_(instances_.size()) {
  const auto is_bound = [&](std::size_t i) {
    return group.window && (i == group.window->start_key || i == group.window->end_key);
  };
  for (std::size_t i = 0; i < group.keys; ++i) {
    if (!is_bound(i)) key_columns_.push_back(i);
  }
  if (group.window) spans_.emplace(*group.window);
}

Result<Chunk> Exchange::push(const Chunk& chunk, Findings& findings) {
  if (spans_) note_windows(*chunk.rows);
  std::vector<Part> parts(instances_.size());
  split(chunk, parts);
  // The end closes the same windows in all instances, whichever of them have rows.
  if (chunk.ends) {
    for (Part& part : parts) part.in.watermark = std::max(chunk.watermark, newest_end_);
  }
  crew_.run([&](std::size_t i) {
    parts[i].out.emplace(instances_[i]->push(parts[i].in, parts[i].findings));
  });
  TRY(Chunk out, joined(parts, findings));
  out.accepted = chunk.accepted;
  out.ends = chunk.ends;
  out.flush = chunk.flush;
  out.watermark = output_watermark(chunk.watermark);
  return out;
}

void Exchange::note_windows(const Batch& rows) {
  WindowBounds last;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const WindowBounds bounds = spans_->bounds_of(rows, row);
    if (row > 0 && bounds == last) continue;
    last = bounds;
    largest_ = std::max(largest_, spans_->size(bounds));
    newest_end_ = std::max(newest_end_, spans_->last_end(bounds));
  }
}

std::int64_t Exchange::output_watermark(std::int64_t watermark) const {
  if (largest_ == 0 || watermark == journal::no_watermark) return journal::no_watermark;
  return watermark - (spans_->hops() ? largest_ : longest_to_come(largest_));
}

std::size_t Exchange::instance_of(std::size_t hash) const {
  // The low bits choose the slot within an instance's table.
  return (hash >> 32) % instances_.size();
}

void Exchange::split(const Chunk& chunk, std::vector<Part>& parts) {
  for (Part& part : parts) part.in = chunk;
  if (parts.size() == 1) return;
  row_keys_.encode(*chunk.rows, key_columns_);
  std::vector<std::vector<std::uint32_t>> rows(parts.size());
  for (std::uint32_t row = 0; row < chunk.rows->rows(); ++row) {
    rows[instance_of(row_keys_.hash(row))].push_back(row);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Chunk& part = parts[i].in;
    auto batch = std::make_shared<Batch>(chunk.rows->shared_schema());
    batch->append_rows(*chunk.rows, rows[i]);
    part.rows = std::move(batch);
    part.origin.clear();
    part.weights.clear();
    for (const std::uint32_t row : rows[i]) {
      part.origin.push_back(chunk.origin_of(row));
      if (!chunk.weights.empty()) part.weights.push_back(chunk.weight(row));
    }
  }
}

Result<Chunk> Exchange::joined(std::vector<Part>& parts, Findings& findings) {
  for (Part& part : parts) {
    if (!part.out->ok()) return std::move(*part.out).error();
    std::ranges::copy(part.findings.late, std::back_inserter(findings.late));
    findings.poison.append_range(part.findings.poison, 0, part.findings.poison.rows());
  }
  std::ranges::sort(findings.late);
  const auto repeated = std::ranges::unique(findings.late);
  findings.late.erase(repeated.begin(), repeated.end());
  Chunk out = std::move(*parts[0].out).value();
  if (parts.size() == 1) return out;
  auto rows = std::make_shared<Batch>(out.rows->shared_schema());
  rows->append_range(*out.rows, 0, out.rows->rows());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Chunk more = std::move(*parts[i].out).value();
    rows->append_range(*more.rows, 0, more.rows->rows());
    std::ranges::copy(more.weights, std::back_inserter(out.weights));
  }
  out.rows = std::move(rows);
  return out;
}

void Exchange::save(StateWriter& writer) const {
  writer.number(largest_);
  writer.number(newest_end_);
  writer.number<std::uint64_t>(instances_.size());
  for (const auto& instance : instances_) {
    StateWriter state;
    instance->save(state);
    writer.text(state.bytes());
  }
}

Result<void> Exchange::load(StateReader& reader, const KeyFilter& takes) {
  largest_ = reader.number<std::int64_t>();
  newest_end_ = reader.number<std::int64_t>();
  const auto saved = reader.number<std::uint64_t>();
  for (std::uint64_t s = 0; s < saved; ++s) {
    const std::string_view bytes = reader.text();
    if (!reader.ok()) return other_form();
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      StateReader state(bytes);
      OK_OR_RETURN(instances_[i]->load(state, [&](std::string_view key) {
        return takes(key) && instance_of(hash_of_key(key)) == i;
      }));
      if (!state.finished()) return other_form();
    }
  }
  return {};
}

}  // namespace weir::dataflow
