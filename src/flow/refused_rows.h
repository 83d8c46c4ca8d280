// The rows that a source refused, with what became of each since.
#pragma once

#include <memory>
#include <string>

#include "core/relation.h"
#include "core/result.h"
#include "journal/journal.h"

namespace weir::flow {

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
