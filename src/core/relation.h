// Lets a room read rows that another room keeps, without knowing that room.
#pragma once

#include <memory>

#include "core/batch.h"
#include "core/result.h"

namespace weir {

// One pass over a relation. Owned and used by one thread.
class Scan {
 public:
  virtual ~Scan() = default;
  // The next rows; null at the end.
  virtual Result<std::shared_ptr<const Batch>> next() = 0;
};

// Rows that can be read any number of times, from any thread.
class Relation {
 public:
  virtual ~Relation() = default;
  virtual const Schema& schema() const = 0;
  // The rows that are in the relation now, in the order they arrived.
  virtual Result<std::unique_ptr<Scan>> scan() const = 0;
};

}  // namespace weir
