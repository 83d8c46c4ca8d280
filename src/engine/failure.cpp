#include "engine/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "bounds/statement_bounds.h"

namespace weir::engine {
namespace {

// Stands before a fault's number in what a callback says. Any text may come out of SQL's error(),
// so that it is one that nobody outside this process knows.
const std::string& callback_mark() {
  static const std::string mark = [] {
    std::random_device random;
    return fmt::format("\x01{:08x}{:08x}", random(), random());
  }();
  return mark;
}

struct ErrorClass {
  std::string_view name;
  Fault fault;
};

constexpr std::string_view out_of_memory = "Out of Memory";

// The classes that are no mistake in the SQL or in the data it meets.
constexpr auto classes = std::to_array<ErrorClass>({{"INTERRUPT", Fault::unavailable},
                                                    {out_of_memory, Fault::unavailable},
                                                    {"IO", Fault::unavailable},
                                                    {"Permission", Fault::denied},
                                                    {"TransactionContext", Fault::conflict},
                                                    {"Transaction", Fault::conflict},
                                                    {"Serialization", Fault::corrupt},
                                                    {"FATAL", Fault::internal},
                                                    {"INTERNAL", Fault::internal}});

struct Hint {
  std::string_view words;
  Fault fault;
};

// Words that say more than the class of an error that a file may be the reason of.
constexpr auto hints = std::to_array<Hint>({{"No space left", Fault::unavailable},
                                            {"quota exceeded", Fault::unavailable},
                                            {"File too large", Fault::unavailable},
                                            {"not a valid DuckDB database file", Fault::corrupt},
                                            {"orrupt", Fault::corrupt},
                                            {"checksum", Fault::corrupt},
                                            {"Could not read enough bytes", Fault::corrupt},
                                            {"No files found", Fault::not_found}});

// "Conversion" of "Conversion Error: ..."; empty where a text has no class.
std::string_view class_of(std::string_view text) {
  constexpr std::string_view suffix = " Error: ";
  const std::size_t at = text.find(suffix);
  const std::size_t class_length_max = 24;
  return at < class_length_max ? text.substr(0, at) : std::string_view();
}

Fault fault_of(std::string_view name, std::string_view text) {
  if (name == "IO" || name == "FATAL" || name == "TransactionContext") {
    const auto hint = std::ranges::find_if(
        hints, [&](const Hint& h) { return text.find(h.words) != std::string_view::npos; });
    if (hint != hints.end()) return hint->fault;
  }
  const auto found = std::ranges::find(classes, name, &ErrorClass::name);
  return found == classes.end() ? Fault::invalid : found->fault;
}

// DuckDB's advice is of settings that nobody has here.
std::string_view without_advice(std::string_view text) {
  for (const std::string_view advice : {"Possible solutions:", "Possible Solution:",
                                        "Possible fixes:", "Use \"SET ", "Use SET ", "* SET "}) {
    text = text.substr(0, text.find(advice));
  }
  while (text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Of its parser, and of its binder.
constexpr auto too_deep =
    std::to_array<std::string_view>({"memory exhausted", "Max expression depth limit of "});

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c != '\n') line += c;
    if (c == '\n' && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

std::optional<Error> from_callback(std::string_view text) {
  if (!text.starts_with(callback_mark())) return std::nullopt;
  text.remove_prefix(callback_mark().size());
  return Error{static_cast<Fault>(text[0] - '0'), std::string(text.substr(1))};
}

}  // namespace

Error failure(const char* message) {
  if (message == nullptr) return {Fault::internal, "the engine failed without a message"};
  std::string_view text = message;
  text = text.substr(0, text.rfind("\n\nLINE "));
  const std::string_view name = class_of(text);
  const Fault fault = fault_of(name, text);
  if (name == out_of_memory) bounds::StatementBounds::note_out_of_memory();
  if (!name.empty()) text.remove_prefix(name.size() + std::string_view(" Error: ").size());
  if (std::optional<Error> ours = from_callback(text)) return *std::move(ours);
  return {fault, one_line(in_words_of_ours(text))};
}

std::string in_words_of_ours(std::string_view message) {
  const bool is_too_deep = std::ranges::any_of(
      too_deep, [&](std::string_view words) { return message.starts_with(words); });
  if (is_too_deep) return std::string(too_deep_words);
  return std::string(without_advice(message));
}

std::string callback_failure(const Error& error) {
  return callback_mark() + static_cast<char>('0' + static_cast<int>(error.fault)) + error.message;
}

}  // namespace weir::engine
