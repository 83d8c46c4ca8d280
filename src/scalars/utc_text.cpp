#include "scalars/utc_text.h"

#include "scalars/time_text.h"

namespace weir {

Fit put_in_utc(const Type& type, const TimeZone& zone, std::string& text) {
  std::int32_t days = 0;
  std::int64_t micros = 0;
  switch (type.id) {
    case TypeId::date: return read_date(text, days);
    case TypeId::time: return read_time(text, micros);
    case TypeId::timestamp:
    case TypeId::timestamp_tz: break;
    default: return Fit::good;
  }
  const Fit fit = read_timestamp(text, zone, micros);
  if (fit != Fit::good) return fit;
  text.clear();
  append_timestamp(text, micros);
  return Fit::good;
}

}  // namespace weir
