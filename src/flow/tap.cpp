#include "flow/tap.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <variant>

#include "core/duration.h"
#include "core/json_text.h"
#include "core/rest.h"
#include "core/suggestion.h"
#include "formats/json_rows.h"
#include "journal/heads.h"
#include "net/envelope.h"

namespace weir::flow {
namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t rows_max = 10'000;
constexpr std::size_t sample_bytes_max = std::size_t{4} << 20;
constexpr std::chrono::microseconds patience_max = std::chrono::seconds(10);
// Whoever is further behind goes on from the end: reading what is old is not what a tap is for.
constexpr Position behind_max = Position{16} << 20;
// How long rows beyond the sample are counted; then it goes on from the end too.
constexpr std::chrono::milliseconds counting_max{50};
constexpr std::chrono::milliseconds look_every{20};

struct TapOptions {
  std::optional<Position> after;
  std::uint64_t limit = 100;
  std::chrono::microseconds timeout = std::chrono::seconds(1);
};

template <class Number>
bool read_number(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end;
}

std::optional<net::Response> read_option(const std::string& name, const std::string& value,
                                         TapOptions& options) {
  const auto refuse = [&](const char* what) {
    return net::refusal(400, "INVALID_PARAMETER",
                        fmt::format("{} is {}, not \"{}\"", name, what, value));
  };
  if (name == "after") {
    if (!read_number(value, options.after.emplace())) return refuse("a position, a whole number");
  } else if (name == "limit") {
    const bool is_number = read_number(value, options.limit);
    if (!is_number || options.limit == 0 || options.limit > rows_max) {
      return refuse("a whole number from 1 to 10000");
    }
  } else if (name == "timeout") {
    const auto timeout = parse_duration(value);
    if (!timeout.ok() || timeout.value() > patience_max) return refuse("a duration up to 10s");
    options.timeout = timeout.value();
  } else {
    return net::refusal(
        400, "UNKNOWN_PARAMETER",
        fmt::format("there is no option \"{}\" here; there are after, limit and timeout", name));
  }
  return std::nullopt;
}

std::variant<TapOptions, net::Response> read_options(const net::Request& request) {
  TapOptions options;
  for (const auto& [name, value] : request.query) {
    if (auto refused = read_option(name, value, options)) return std::move(*refused);
  }
  return options;
}

struct Sample {
  std::string rows;  // JSON objects
  std::uint64_t count = 0;
  std::uint64_t dropped = 0;
  Position skipped_bytes = 0;
  Position next = 0;
};

// Refused rows are shown as the text that came, as far as it is one.
void append_refused(std::string& json, const Batch& rows, std::size_t row) {
  json += "{\"accepted\":";
  formats::append_json_value(json, rows.column(0), row);
  json += ",\"code\":";
  formats::append_json_value(json, rows.column(1), row);
  json += ",\"reason\":";
  formats::append_json_value(json, rows.column(2), row);
  json += ",\"event\":";
  append_json_string(json, formats::readable_text(rows.column(3).string(row)));
  json += '}';
}

class Sampling {
 public:
  // `separator` stands between two rows.
  Sampling(const journal::TopicRows& wanted, std::uint64_t limit, char separator)
      : wanted_(wanted), limit_(limit), separator_(separator) {}

  bool is_full() const { return sample_.count == limit_ || sample_.rows.size() > sample_bytes_max; }
  const journal::TopicRows& wanted() const { return wanted_; }
  bool has_rows() const { return sample_.count + sample_.dropped > 0; }
  Sample& sample() { return sample_; }

  // A commit counts from its last part on.
  Result<void> take(journal::Placed placed) {
    if (placed.entry->kind != journal::Kind::commit) {
      add(*placed.entry);
      return {};
    }
    TRY(const std::vector<journal::Placed> parts, commits_.take(std::move(placed)));
    for (const journal::Placed& part : parts) add(*part.entry);
    return {};
  }
  // Where a commit begins whose last part has not come.
  std::optional<Position> begun() const { return commits_.begun(); }

 private:
  void add(const journal::Entry& entry) {
    if (wanted_.batch >= entry.batches.size() || entry.batches[wanted_.batch] == nullptr) return;
    const Batch& rows = *entry.batches[wanted_.batch];
    std::size_t row = 0;
    for (; row < rows.rows() && !is_full(); ++row) {
      if (!sample_.rows.empty()) sample_.rows += separator_;
      if (wanted_.kind == journal::Kind::quarantine) {
        append_refused(sample_.rows, rows, row);
      } else {
        formats::append_json_row(sample_.rows, rows, row);
      }
      ++sample_.count;
    }
    sample_.dropped += rows.rows() - row;
  }

  const journal::TopicRows& wanted_;
  const std::uint64_t limit_;
  const char separator_;
  journal::WholeCommits commits_;
  Sample sample_;
};

Result<Sample> take_sample(const journal::Journal& journal, Sampling sampling,
                           const TapOptions& options, const std::stop_token& stop) {
  const journal::TopicRows& wanted = sampling.wanted();
  const auto deadline = steady_clock::now() + options.timeout;
  Sample& sample = sampling.sample();
  Position from = options.after.value_or(journal.end());
  if (journal.end() - from > behind_max) {
    sample.skipped_bytes = journal.end() - from;
    from = journal.end();
  }
  const auto reader = journal.read({{wanted.topic}, {wanted.kind}}, from);
  std::optional<steady_clock::time_point> full_since;
  while (true) {
    TRY(std::optional<journal::Placed> placed, reader->next());
    const auto now = steady_clock::now();
    if (placed) OK_OR_RETURN(sampling.take(std::move(*placed)));
    if (sampling.is_full() && !full_since) full_since = now;
    if (full_since && now > *full_since + counting_max) {
      sample.next = journal.end();
      sample.skipped_bytes += sample.next - reader->place();
      return sample;
    }
    if (placed) continue;
    if (sampling.has_rows() || now >= deadline || stop.stop_requested()) break;
    rest(look_every, stop);
  }
  sample.next = sampling.begun().value_or(reader->place());
  return sample;
}

net::Response response_of(Sample sample, bool as_lines) {
  if (!as_lines) {
    return net::success(fmt::format(R"({{"rows":[{}],"next":{},"dropped":{},"skipped_bytes":{}}})",
                                    sample.rows, sample.next, sample.dropped,
                                    sample.skipped_bytes));
  }
  if (!sample.rows.empty()) sample.rows += '\n';
  return {.body = std::move(sample.rows),
          .content_type = "application/x-ndjson",
          .headers = {{"Weir-Next", std::to_string(sample.next)},
                      {"Weir-Dropped", std::to_string(sample.dropped)},
                      {"Weir-Skipped-Bytes", std::to_string(sample.skipped_bytes)}}};
}

bool may_tap(const govern::Token& token, const Flow& flow) {
  const auto may_read = [&](const std::string& one) {
    return govern::allows(token.scopes, govern::Action::read, one);
  };
  return may_read(flow.name) || (!flow.reads.empty() && std::ranges::all_of(flow.reads, may_read));
}

net::Response refuse_unknown(const std::string& name, const std::vector<std::string>& known) {
  return net::refusal(404, "NOT_FOUND",
                      fmt::format("nothing flows through \"{}\"{}; name a source, a stream, "
                                  "late(stream), or quarantine(source or stream)",
                                  name, did_you_mean(name, known)));
}

net::Response refuse_tapping(const govern::Token& token, const std::string& name,
                             const std::vector<std::string>& reads) {
  const std::string needed = fmt::format("{}", fmt::join(reads, " and read:"));
  return net::refusal(403, "SCOPE_MISSING",
                      fmt::format("this token may not tap {}; {}", name,
                                  govern::words_of_missing(token.scopes, name, needed)));
}

// Of a name through which nothing flows, so that who may not is told the same of all names.
bool might_tap(const govern::Token& token, const std::string& name) {
  return govern::allows(token.scopes, govern::Action::read, govern::owner_of(name));
}

}  // namespace

std::vector<std::string> Taps::names_for(const govern::Token& token) const {
  std::vector<std::string> names;
  for (const Flow& flow : flows_) {
    if (may_tap(token, flow)) names.push_back(flow.name);
  }
  return names;
}

net::Response Taps::answer(const TapRequest& asked, const std::string& name,
                           const std::stop_token& stop) const {
  auto read = read_options(asked.request);
  if (auto* refused = std::get_if<net::Response>(&read)) return std::move(*refused);
  const TapOptions& options = std::get<TapOptions>(read);
  const auto flow = std::ranges::find(flows_, name, &Flow::name);
  if (flow == flows_.end()) {
    return might_tap(asked.token, name) ? refuse_unknown(name, names_for(asked.token))
                                        : refuse_tapping(asked.token, name, {});
  }
  if (!may_tap(asked.token, *flow)) return refuse_tapping(asked.token, name, flow->reads);
  if (options.after && *options.after > journal_->end()) {
    return net::refusal(400, "INVALID_PARAMETER",
                        fmt::format("after is beyond the journal's end, {}", journal_->end()));
  }
  const Sampling sampling(flow->rows, options.limit, asked.as_lines ? '\n' : ',');
  Result<Sample> sample = take_sample(*journal_, sampling, options, stop);
  if (!sample.ok()) return net::refusal(sample.error());
  return response_of(std::move(sample).value(), asked.as_lines);
}

}  // namespace weir::flow
