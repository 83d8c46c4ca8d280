// A topic's rows as a relation: a source's history, what it refused, what came late to a stream.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/relation.h"
#include "journal/journal.h"

namespace weir::journal {

// Which rows: those of batch `batch` of the topic's entries of one kind.
struct TopicRows {
  std::string topic;
  Kind kind = Kind::events;
  std::size_t batch = 0;
};

// Rows written before a column was added have null there; columns no longer declared are left out.
class TopicRelation final : public Relation {
 public:
  TopicRelation(const Journal& journal, TopicRows rows, std::shared_ptr<const Schema> schema);

  const Schema& schema() const override { return *schema_; }
  Result<std::unique_ptr<Scan>> scan() const override;

 private:
  const Journal& journal_;
  TopicRows rows_;
  std::shared_ptr<const Schema> schema_;
};

}  // namespace weir::journal
