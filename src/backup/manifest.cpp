#include "backup/manifest.h"

#include <fmt/format.h>

#include <charconv>

#include "core/json_text.h"
#include "formats/json_value.h"
#include "journal/bytes.h"
#include "journal/file.h"

namespace weir::backup {
namespace {

namespace fs = std::filesystem;

constexpr int format = 1;
constexpr std::uint64_t seed = 0x31'50'55'4b'43'41'42;

std::string body_of(const Manifest& manifest) {
  std::string body =
      fmt::format(R"("format":{},"journal":{},"end":{},"taken_at":{},"files":[)", format,
                  json_string(manifest.journal), manifest.end, json_string(manifest.taken_at));
  for (const CopiedFile& file : manifest.files) {
    if (body.back() != '[') body += ',';
    body += fmt::format("\n{{\"path\":{},\"bytes\":{},\"sum\":\"{:016x}\"}}",
                        json_string(file.path), file.bytes, file.sum);
  }
  return body + "]}\n";
}

std::string head_of(const std::string& body) {
  return fmt::format("{{\"sum\":\"{:016x}\",\n", journal::checksum(body, seed));
}

// Relative, and without a step upwards.
bool stays_inside(const fs::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  for (const fs::path& step : path) {
    if (step == ".." || step == "." || step.empty()) return false;
  }
  return true;
}

Error changed(const fs::path& file) {
  return {Fault::corrupt, file.string() + " was changed since the backup was taken"};
}

Result<CopiedFile> file_of(const formats::JsonValue& json, const fs::path& manifest) {
  CopiedFile file{.path = json["path"].text(), .bytes = json["bytes"].unsigned_integer()};
  const std::string& sum = json["sum"].text();
  const char* end = sum.data() + sum.size();
  const auto read = std::from_chars(sum.data(), end, file.sum, 16);
  if (read.ec != std::errc() || read.ptr != end || !stays_inside(file.path)) {
    return changed(manifest);
  }
  return file;
}

}  // namespace

std::uint64_t Manifest::bytes() const {
  std::uint64_t all = 0;
  for (const CopiedFile& file : files) all += file.bytes;
  return all;
}

Result<void> write_manifest(const fs::path& backup, const Manifest& manifest) {
  const std::string body = body_of(manifest);
  return journal::replace_file(backup / Manifest::file_name, head_of(body) + body);
}

Result<Manifest> read_manifest(const fs::path& backup) {
  const fs::path path = backup / Manifest::file_name;
  const Result<std::string> read = journal::read_file(path);
  if (!read.ok() && read.error().fault == Fault::not_found) {
    return Error{Fault::not_found,
                 fmt::format("{} is no backup, or one that was never finished: it "
                             "has no {}; take another",
                             backup.string(), Manifest::file_name)};
  }
  if (!read.ok()) return read.error();
  const std::string& text = read.value();
  const std::size_t head = text.find('\n') + 1;
  const std::string body = text.substr(head);
  if (text.substr(0, head) != head_of(body)) return changed(path);
  TRY(const formats::JsonValue json, within(path.string(), formats::JsonValue::parse(text)));
  if (json["format"].integer() != format) {
    return Error{Fault::invalid, fmt::format("{}: a backup of format {}; this Weir reads format {}",
                                             path.string(), json["format"].integer(), format)};
  }
  Manifest manifest{.journal = json["journal"].text(),
                    .end = json["end"].unsigned_integer(),
                    .taken_at = json["taken_at"].text()};
  for (const formats::JsonValue& one : json["files"].array()) {
    TRY(manifest.files.emplace_back(), file_of(one, path));
  }
  return manifest;
}

}  // namespace weir::backup
