#include "collect/addresses.h"

namespace weir::collect {
namespace {

constexpr std::string_view ingest_path = "/ingest";
constexpr std::string_view beacon_path = "/beacon";
constexpr std::string_view snippet_path = "/beacon.js";
constexpr std::string_view watermark_ending = "/watermark";

bool lies_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// What stands behind the folder's slash.
std::string_view behind(std::string_view path, std::string_view folder) {
  return path.size() <= folder.size() + 1 ? std::string_view() : path.substr(folder.size() + 1);
}

std::optional<std::size_t> find_in(const std::unordered_map<std::string, std::size_t>& map,
                                   std::string_view key) {
  const auto found = map.find(std::string(key));
  return found == map.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

Addresses::Addresses(const std::vector<workspace::Source>& sources) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    by_name_.emplace(sources[i].name, i);
    if (!sources[i].path.empty()) by_path_.emplace(sources[i].path, i);
  }
}

bool Addresses::takes(std::string_view path) const {
  return lies_in(path, ingest_path) || lies_in(path, beacon_path) || path == snippet_path ||
         find_in(by_path_, path);
}

std::optional<Address> Addresses::find(std::string_view path) const {
  if (path == snippet_path) return Address{Route::snippet, {}, std::nullopt};
  if (const auto own = find_in(by_path_, path)) return Address{Route::own_path, path, own};
  Address address;
  if (lies_in(path, beacon_path)) {
    address = {Route::beacon, behind(path, beacon_path), std::nullopt};
  } else if (lies_in(path, ingest_path)) {
    address = {Route::ingest, behind(path, ingest_path), std::nullopt};
    if (address.name.ends_with(watermark_ending)) {
      address.route = Route::watermark;
      address.name.remove_suffix(watermark_ending.size());
    }
  }
  if (address.name.empty() || address.name.find('/') != std::string_view::npos) return std::nullopt;
  address.source = source(address.name);
  return address;
}

std::optional<std::size_t> Addresses::source(std::string_view name) const {
  return find_in(by_name_, name);
}

}  // namespace weir::collect
