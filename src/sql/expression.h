// Prints bound expressions back as SQL that means the same without the plan around it: every cast
// is explicit, every column is given by the text that stands for it.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "formats/json_value.h"
#include "sql/sql_text.h"

namespace weir::sql {

class ExpressionPrinter {
 public:
  explicit ExpressionPrinter(Refusals& refusals) : refusals_(refusals) {}

  // The time of acceptance; empty where there is none, and now() is refused.
  void set_now(std::string text) { now_ = std::move(text); }

  // `inputs` are the texts of #0, #1 ... . An error is in the refusals, with its place.
  Result<std::string> print(const formats::JsonValue& expression,
                            const std::vector<std::string>& inputs);
  // "a, b".
  Result<std::string> print_list(const formats::JsonValue::Array& expressions,
                                 const std::vector<std::string>& inputs,
                                 const std::string& separator = ", ");

 private:
  using Value = formats::JsonValue;
  using Texts = std::vector<std::string>;

  Result<std::string> function(const Value& call, const Texts& inputs);
  Result<std::string> plain_call(const Value& call, const Texts& inputs);
  Result<std::string> named_fields(const Value& call, const Texts& inputs);
  Result<std::string> lambda_call(const Value& call, const Texts& inputs);
  Result<std::string> now_call(const Value& call);
  Result<std::string> operation(const Value& expression, const Texts& inputs);
  Result<std::string> comparison(const Value& expression, const Texts& inputs);
  Result<std::string> between(const Value& expression, const Texts& inputs);
  Result<std::string> case_text(const Value& expression, const Texts& inputs);
  Result<std::string> cast(const Value& expression, const Texts& inputs);
  Error refuse(const Value& expression, const std::string& message);

  Refusals& refusals_;
  std::string now_;
  int lambda_names_ = 0;
};

// Whether the expression reads any column, or the time of acceptance.
bool reads_row(const formats::JsonValue& expression);
// "=", "<", "IS DISTINCT FROM" of COMPARE_...; empty for what is no comparison.
std::string comparison_sign(const std::string& type);

}  // namespace weir::sql
