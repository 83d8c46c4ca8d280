// Calls of tumble and hop: how they are found in a bound plan, and the SQL that computes windows.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/column.h"
#include "formats/json_value.h"
#include "sql/plan.h"

namespace weir::sql {

// So many windows of a hop may hold one row.
inline constexpr std::int64_t windows_a_row_max = 10'000;

// One call of tumble or hop. Tumble's slide is its size.
struct WindowCall {
  bool hops = false;
  IntervalValue size, slide, shift;
  std::string ts;  // SQL text of the time that is put into windows
  bool over_event_time = false;

  friend bool operator==(const WindowCall&, const WindowCall&) = default;
};

// The marker that the macros of the compile database leave for window_start and window_end.
struct WindowMarker {
  bool hops = false;
  bool is_end = false;
  const formats::JsonValue* ts = nullptr;
  const formats::JsonValue* slide = nullptr;
  const formats::JsonValue* size = nullptr;
  const formats::JsonValue* shift = nullptr;
};
std::optional<WindowMarker> find_marker(const formats::JsonValue& expression);

// The length where it is one, nothing where it is counted in months.
std::optional<std::chrono::microseconds> fixed_length(const IntervalValue& interval);
// What is wrong with the sizes, in words for the user.
std::optional<std::string> wrong_sizes(const WindowCall& call);

// Lays windows out in one time zone. Multiples of months, and in a zone with a clock of its own
// those of days, follow the calendar there; all else has a fixed length.
class WindowLayout {
 public:
  // `zone_offset`: local time less UTC at 1970-01-01.
  WindowLayout(WindowCall call, std::string time_zone, std::chrono::microseconds zone_offset);

  // Set where a window is made of panes of a fixed length.
  std::optional<WindowSpec::Hop> panes() const;

  // SQL of a bound of a tumbling window; of hop, of a pane: only with panes().
  std::string bound(bool is_end) const;
  // The same without the engine, where all are of one length.
  std::optional<PlainColumn::Bound> plain_bound(bool is_end) const;
  // SQL of a list of the starts of all windows that hold the time, for unnest; `bounds` from one.
  std::string hop_starts() const;
  std::string hop_start(const std::string& start) const;
  std::string hop_end(const std::string& start) const;

 private:
  std::string local(const std::string& utc) const;
  std::string utc(const std::string& local) const;
  // Where multiples of the slide begin.
  std::string origin() const;
  std::string bucket(const IntervalValue& step, const std::string& time) const;
  std::chrono::microseconds origin_micros() const;

  WindowCall call_;
  std::string time_zone_;
  std::chrono::microseconds zone_offset_;
  bool by_calendar_;
};

}  // namespace weir::sql
