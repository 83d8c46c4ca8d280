#include "journal/identity.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <random>
#include <sstream>
#include <string_view>

#include "journal/bytes.h"
#include "journal/file.h"

namespace weir::journal {
namespace {

// Of the whole data folder, as the journal is opened first: raised with the form of any file in it.
constexpr int format = 2;
constexpr std::size_t id_digits = 32;
constexpr std::size_t file_bytes_max = std::size_t{64} << 20;  // a line for each topic there was

std::filesystem::path path_in(const std::filesystem::path& folder) { return folder / "identity"; }

std::string text_of(const Identity& identity) {
  std::string text =
      fmt::format("weir-journal {}\nid {}\nepoch {}\ndurable {}\nreleased {}\naccepted {}\n",
                  format, identity.id, identity.epoch, identity.durable, identity.released,
                  identity.accepted.time_since_epoch().count());
  for (const auto& [word, marks] :
       {std::pair{"dropped", &identity.dropped}, std::pair{"retained", &identity.retained},
        std::pair{"copied", &identity.copied}}) {
    for (const auto& [topic, position] : *marks) {
      text += fmt::format("{} {} {}\n", word, topic, position);
    }
  }
  return text;
}

Error no_identity(const std::filesystem::path& path) {
  return {Fault::corrupt, path.string() + ": byte 0: not a journal's identity"};
}

}  // namespace

Position mark_of(const TopicMarks& marks, std::string_view topic) {
  const auto found = marks.find(topic);
  return found == marks.end() ? 0 : found->second;
}

bool is_dropped(const TopicMarks& dropped, std::string_view topic, Position position) {
  return position < mark_of(dropped, topic);
}

Position Identity::given_up(std::string_view topic) const {
  return std::max(mark_of(dropped, topic), mark_of(retained, topic));
}

std::uint64_t Identity::seed() const {
  std::uint64_t seed = 0;
  std::from_chars(id.data(), id.data() + id.size() / 2, seed, 16);
  return seed;
}

Identity new_identity() {
  std::random_device random;
  Identity identity;
  while (identity.id.size() < id_digits) identity.id += fmt::format("{:08x}", random());
  return identity;
}

Result<std::optional<Identity>> read_identity(const std::filesystem::path& folder) {
  const std::filesystem::path path = path_in(folder);
  const Result<File> file = File::open(path, O_RDONLY);
  if (!file.ok()) {
    if (file.error().fault == Fault::not_found) return std::optional<Identity>();
    return file.error();
  }
  std::string text(file_bytes_max, '\0');
  TRY(const std::size_t size, file.value().read(text.data(), text.size(), 0));
  text.resize(size);

  std::istringstream in(text);
  std::string word[7];
  int version = 0;
  Identity identity;
  std::int64_t accepted = 0;
  if (!(in >> word[0] >> version) || word[0] != "weir-journal") return no_identity(path);
  if (version > format) {
    return Error{
        Fault::conflict,
        fmt::format("{}: a newer Weir wrote this journal (format {}); this one knows up to "
                    "format {}",
                    folder.string(), version, format)};
  }
  if (version < format) {
    return Error{Fault::conflict,
                 fmt::format("{}: an older Weir wrote this journal (format {}), and this one reads "
                             "format {} alone: serve it with the older one, and send its events on",
                             folder.string(), version, format)};
  }
  in >> word[1] >> identity.id >> word[2] >> identity.epoch >> word[3] >> identity.durable;
  in >> word[4] >> identity.released >> word[5] >> accepted >> word[6];
  const std::map<std::string, TopicMarks*> marks{{"dropped", &identity.dropped},
                                                 {"retained", &identity.retained},
                                                 {"copied", &identity.copied}};
  for (auto of = marks.find(word[6]); in && of != marks.end(); of = marks.find(word[6])) {
    std::string topic;
    Position position = 0;
    in >> topic >> position >> word[6];
    (*of->second)[topic] = position;
  }
  identity.accepted = Instant(std::chrono::microseconds(accepted));
  const std::string expected = text_of(identity);
  const std::string sum = fmt::format("{:016x}", checksum(expected, 0));
  if (!in || !text.starts_with(expected) || word[6] != sum) return no_identity(path);
  return std::optional<Identity>(identity);
}

Result<void> write_identity(const std::filesystem::path& folder, const Identity& identity) {
  const std::string text = text_of(identity);
  return replace_file(path_in(folder), fmt::format("{}{:016x}\n", text, checksum(text, 0)));
}

}  // namespace weir::journal
