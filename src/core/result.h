// A value, or the reason there is none: a failure the caller cannot overlook.
#pragma once

#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

// For our own mistakes. Stays on in release.
#define ASSERT(...) ((__VA_ARGS__) ? void() : ::weir::assertion_failed(#__VA_ARGS__))
// TRY(const Offset first, log.write(batch)); declares `first`, or leaves the function with the
// error.
#define TRY(declaration, ...) WEIR_TRY(WEIR_NAME(try_, __COUNTER__), declaration, (__VA_ARGS__))
// OK_OR_RETURN(log.sync()); goes on, or leaves the function with the error.
#define OK_OR_RETURN(...)                                           \
  do {                                                              \
    auto ok_or_return = (__VA_ARGS__);                              \
    if (!ok_or_return.ok()) return std::move(ok_or_return).error(); \
  } while (false)
#define WEIR_TRY(result, declaration, call)           \
  auto result = call;                                 \
  if (!result.ok()) return std::move(result).error(); \
  declaration = std::move(result).value()
#define WEIR_NAME(stem, number) WEIR_NAME_(stem, number)
#define WEIR_NAME_(stem, number) stem##number

namespace weir {

[[noreturn]] inline void assertion_failed(
    const char* condition, std::source_location at = std::source_location::current()) {
  std::fprintf(stderr, "%s:%u: assertion failed: %s\n", at.file_name(), at.line(), condition);
  std::abort();
}

// Named for what the caller can do.
enum class Fault { invalid, not_found, denied, conflict, unavailable, corrupt, internal };

struct [[nodiscard]] Error {
  Fault fault = Fault::internal;
  std::string message;
};

// No operator bool: `if (is_open())` on a Result<bool> must not compile.
template <class T>
class [[nodiscard, gnu::warn_unused]] Result {
  static_assert(std::is_object_v<T> && !std::is_const_v<T> && !std::is_same_v<T, Error>);

 public:
  template <class U = T>
    requires(std::convertible_to<U, T> && !std::same_as<std::remove_cvref_t<U>, Error> &&
             !std::same_as<std::remove_cvref_t<U>, Result>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  const T& value() const& { return at<0>(state_); }
  T value() && { return std::move(at<0>(state_)); }
  const Error& error() const& { return at<1>(state_); }
  Error error() && { return std::move(at<1>(state_)); }

 private:
  template <std::size_t index>
  static auto& at(auto& state) {
    ASSERT(state.index() == index);
    return *std::get_if<index>(&state);
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard, gnu::warn_unused]] Result<void> : public Result<std::monostate> {
 public:
  Result() : Result<std::monostate>(std::monostate{}) {}
  Result(Error error) : Result<std::monostate>(std::move(error)) {}
};

// Says from further out where it happened: "source clicks: connection refused".
template <class T>
Result<T> within(std::string_view place, Result<T> result) {
  if (result.ok()) return result;
  Error error = std::move(result).error();
  error.message = std::string(place) + ": " + error.message;
  return error;
}

}  // namespace weir
