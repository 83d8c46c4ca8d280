// "did you mean": the known name nearest to one that is unknown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

// "; did you mean \"flights\"?", or nothing where no name is near.
std::string did_you_mean(std::string_view unknown, const std::vector<std::string>& known);

}  // namespace weir
