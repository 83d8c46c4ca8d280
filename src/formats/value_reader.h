// Values of JSON, lists and structures included, read into columns or only checked.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/column.h"
#include "formats/json_cursor.h"
#include "formats/scalar_value.h"

namespace weir::formats {

inline constexpr int depth_max = 64;

// Why a record is refused.
struct Refusal {
  std::string_view code;
  std::string reason;
};

// What a structure's type does not name: its path from the value that was read, "nest.w", with
// numbers for places in lists.
struct UnknownMember {
  std::string path;
  std::string_view raw;
};

// Moves over one record, whose bytes are UTF-8. What returns false has set refusal(), and may have
// left a value half appended. `depth` is the number of arrays and objects around a value.
class ValueReader {
 public:
  // `notes_unknown`: members of structures that their types do not name are in take_unknown().
  explicit ValueReader(const TimeZone* zone, bool notes_unknown = false)
      : zone_(zone), notes_unknown_(notes_unknown) {}

  void start(std::string_view record) {
    cursor_ = JsonCursor(record);
    unknown_.clear();
  }
  // Of all values appended since it was last called.
  std::vector<UnknownMember> take_unknown() { return std::exchange(unknown_, {}); }
  const Refusal& refusal() const { return refusal_; }
  JsonCursor& cursor() { return cursor_; }
  // Nothing but white space is left.
  bool at_end() {
    cursor_.skip_space();
    return cursor_.at_end();
  }

  // Takes a scalar; stays before the bracket of an array or an object.
  bool take_token(Token& token);
  // Takes a field's name and its colon; what the name is, unescaped, until the next name.
  bool take_name(std::string_view& name);
  // The same for a name as it is mostly written, "name": and no space, if it is the next; otherwise
  // takes only white space.
  bool take_name_if(std::string_view written) {
    cursor_.skip_space();
    return cursor_.take(written);
  }
  // At an object's bracket: calls visit() before the name of each field, which takes all of the
  // field. False as soon as visit is.
  template <class Visit>
  bool each_field(Visit visit);
  // At an array's bracket, in the same way.
  template <class Visit>
  bool each_element(Visit visit);

  // Takes a value, which becomes the column's next.
  bool append(Column& column, TimeFormat format, int depth);
  // A value whose token was taken just now.
  bool append(Column& column, const Token& token, TimeFormat format, int depth);
  // Takes a value that only has to be JSON.
  bool check(int depth);
  bool check(const Token& token, int depth);
  // The value taken last, as it stands, from where its token was taken.
  std::string_view raw_since(const char* begin) const {
    return {begin, static_cast<std::size_t>(cursor_.at() - begin)};
  }
  // Where the token taken last begins.
  const char* token_begin() const { return token_begin_; }
  // Back to the bracket of the token that began there, as when it was taken.
  void read_again(const char* token_begin) {
    cursor_.move_to(token_begin);
    token_begin_ = token_begin;
  }

  // Always false, for `return refuse(...)`.
  bool refuse(std::string_view code, std::string reason);
  bool refuse_json(std::string_view what);
  // The start of a text, for a reason.
  static std::string excerpt(std::string_view raw);

 private:
  bool append_structure(Column& column, int depth);
  bool append_field(Column& column, std::string_view name, int depth);
  bool pass_unknown(std::string_view name, int depth);
  // Those noted since there were `from` stand in what has this name.
  void put_under(std::string_view name, std::size_t from);
  bool append_list(Column& column, int depth);
  bool append_elements(Column& elements, int depth);
  bool append_map(Column& column, const Token& token, int depth);
  bool append_entries(Column& column, int depth);
  bool close_map(Column& column);
  bool refuse_value(const Column& column, Fit fit, TimeFormat format);
  bool check_number(std::string_view text);

  const TimeZone* zone_;
  JsonCursor cursor_;
  const char* token_begin_ = nullptr;
  std::string text_;  // of a string with escapes, until the next
  std::string name_;
  std::vector<std::string_view> keys_;
  bool notes_unknown_;
  std::vector<UnknownMember> unknown_;
  Refusal refusal_;
};

template <class Visit>
bool ValueReader::each_field(Visit visit) {
  cursor_.take('{');
  if (cursor_.take('}')) return true;
  do {
    if (!visit()) return false;
  } while (cursor_.take(','));
  return cursor_.take('}') || refuse_json("a comma or } is missing");
}

template <class Visit>
bool ValueReader::each_element(Visit visit) {
  cursor_.take('[');
  if (cursor_.take(']')) return true;
  do {
    if (!visit()) return false;
  } while (cursor_.take(','));
  return cursor_.take(']') || refuse_json("a comma or ] is missing");
}

}  // namespace weir::formats
