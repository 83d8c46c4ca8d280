// The rows that a source refused, with what became of each since.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/position.h"
#include "core/relation.h"
#include "core/result.h"
#include "journal/journal.h"

namespace weir::flow {

// Where a row that was set aside stands: what names it for ever.
struct RowPlace {
  std::string topic;
  Position position = 0;  // of its entry
  std::uint32_t row = 0;  // in the entry, from 0

  auto operator<=>(const RowPlace&) const = default;
};

// The rows that were sent again to a source and accepted, and when.
struct ReplayedRows {
  std::map<RowPlace, Instant> rows;
  Position through = 0;  // as the journal says up to here

  // Goes on to the journal's end.
  Result<void> follow(const journal::Journal& journal, const std::string& source);
};

// `quarantine('source')`, of refused_rows_schema().
class RefusedRows final : public Relation {
 public:
  RefusedRows(const journal::Journal& journal, std::string source)
      : journal_(journal), source_(std::move(source)) {}

  const Schema& schema() const override;
  Result<std::unique_ptr<Scan>> scan() const override;

 private:
  const journal::Journal& journal_;
  const std::string source_;
};

}  // namespace weir::flow
