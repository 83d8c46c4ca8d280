#include "formats/record_split.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "formats/json_cursor.h"

namespace weir::formats {
namespace {

enum class Mark : std::uint8_t { none, quote, open, close, comma };

constexpr std::array<Mark, 256> make_marks() {
  std::array<Mark, 256> marks{};
  marks['"'] = Mark::quote;
  marks['['] = marks['{'] = Mark::open;
  marks[']'] = marks['}'] = Mark::close;
  marks[','] = Mark::comma;
  return marks;
}
constexpr auto marks = make_marks();

Error broken_array(std::string_view why, std::size_t at) {
  return {Fault::invalid,
          "the body's array " + std::string(why) + " at byte " + std::to_string(at)};
}

// Walks over an array once, keeping the brackets that are open.
class ArraySplit {
 public:
  ArraySplit(std::string_view text, std::size_t elements_max)
      : text_(text), elements_max_(elements_max) {}

  Result<std::vector<std::string_view>> run() {
    ASSERT(text_.starts_with('['));
    for (; at_ < text_.size(); ++at_) {
      switch (marks[static_cast<unsigned char>(text_[at_])]) {
        case Mark::none: break;
        case Mark::quote: skip_string(); break;
        case Mark::open: open(); break;
        case Mark::comma:
          if (open_.size() == 1) OK_OR_RETURN(end_element());
          if (elements_.size() > elements_max_) return std::move(elements_);
          break;
        case Mark::close:
          if (open_.back() != (text_[at_] == ']' ? '[' : '{')) {
            return broken_array("has a bracket too many", at_);
          }
          if (open_.size() == 1) return finish();
          open_.pop_back();
          break;
      }
    }
    return broken_array("does not close", text_.size());
  }

 private:
  void open() {
    open_ += text_[at_];
    if (open_.size() == 1) begin_ = at_ + 1;
  }

  // Leaves at_ on the closing quote, or at the end.
  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
  }

  Result<void> end_element() {
    const std::string_view element = trimmed(text_.substr(begin_, at_ - begin_));
    if (element.empty()) return broken_array("misses an element", at_);
    elements_.push_back(element);
    begin_ = at_ + 1;
    return {};
  }

  Result<std::vector<std::string_view>> finish() {
    const bool is_empty = trimmed(text_.substr(begin_, at_ - begin_)).empty();
    if (!is_empty || !elements_.empty()) OK_OR_RETURN(end_element());
    if (at_ + 1 != text_.size()) return broken_array("has something behind it", at_ + 1);
    return std::move(elements_);
  }

  std::string_view text_;
  std::size_t elements_max_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the element
  std::string open_;       // the brackets, from outside in
  std::vector<std::string_view> elements_;
};

}  // namespace

bool take_line(std::string_view& body, std::string_view& line) {
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!std::ranges::all_of(line, is_space)) return true;
  }
  return false;
}

Result<std::vector<std::string_view>> split_array(std::string_view text, std::size_t elements_max) {
  return ArraySplit(text, elements_max).run();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace weir::formats
