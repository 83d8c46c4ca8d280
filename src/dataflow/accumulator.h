// Keeps an algebraic aggregate running, a group at a time, without looking at old rows again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "core/batch.h"
#include "core/result.h"
#include "sql/plan.h"

namespace weir::dataflow {

__extension__ using Int128 = __int128;

// What one aggregate remembers of one group.
struct Accumulator {
  Int128 whole = 0;        // sum or extreme of integers, decimals, dates and times
  double real = 0;         // the same of floating point numbers
  double lost = 0;         // what rounding took from `real`, by Neumaier
  std::int64_t count = 0;  // rows that counted
  std::string text;        // extreme of strings
};

// A row on its way into a group, whose accumulators lie side by side from `group` on.
struct Addition {
  Accumulator* group = nullptr;
  std::uint32_t row = 0;
  std::int64_t weight = 1;
};

// One aggregate of a plan over columns of known types.
class Accumulation {
 public:
  // Fault::invalid for what it cannot keep running, or cannot take back where `takes_back`.
  static Result<Accumulation> make(const sql::Aggregate& aggregate, const Schema& input,
                                   bool takes_back);

  // Into the accumulator at `index` of each group.
  void add(const Batch& rows, std::span<const Addition> additions, std::size_t index) const;
  // As if every row of `from` had been added: how panes become a window.
  void merge(Accumulator& to, const Accumulator& from) const;
  void append_result(Column& column, const Accumulator& from) const;

 private:
  enum class Form : std::uint8_t { none, whole, real, text };

  Accumulation(sql::Aggregate aggregate, Type argument, Form form)
      : aggregate_(std::move(aggregate)), argument_(std::move(argument)), form_(form) {}

  bool is_extreme() const {
    return aggregate_.algebra == sql::Algebra::min || aggregate_.algebra == sql::Algebra::max;
  }
  void add_whole(const Batch& rows, std::span<const Addition> additions, std::size_t index) const;
  void add_real(const Batch& rows, std::span<const Addition> additions, std::size_t index) const;
  void add_text(const Batch& rows, std::span<const Addition> additions, std::size_t index) const;
  void take_extreme(Accumulator& to, const Accumulator& value) const;
  void append_average(Column& column, const Accumulator& from) const;
  void append_value(Column& column, const Accumulator& from) const;

  sql::Aggregate aggregate_;
  Type argument_;
  Form form_;
};

}  // namespace weir::dataflow
