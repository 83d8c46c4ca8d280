// What /weir/v1/status says of a part of the platform, in the words of a table's cell.
#pragma once

#include <string>

#include "formats/json_value.h"

namespace weir::client {

std::string number_text(const formats::JsonValue& value);
// "-" where there is none.
std::string time_text(const formats::JsonValue& seconds);
// "running", why it waits, or why it stopped.
std::string state_text(const formats::JsonValue& stream);
// The journal that is not yet processed or applied, which has come to `reached`.
std::string behind_text(const formats::JsonValue& status, const formats::JsonValue& reached);
// "1.4 MB"
std::string bytes_text(double bytes);

}  // namespace weir::client
