// The explorer page: Swagger UI and a few lines of ours, all inside the program.
#pragma once

#include <optional>
#include <string_view>

namespace weir::openapi {

struct PageFile {
  std::string_view bytes;
  std::string_view content_type;
  bool is_gzip = false;
};

// What stands at the path, /docs or below it.
std::optional<PageFile> explorer_file(std::string_view path);

// The page runs no script and asks for nothing from elsewhere. Swagger UI sets styles on elements.
constexpr std::string_view explorer_policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace weir::openapi
