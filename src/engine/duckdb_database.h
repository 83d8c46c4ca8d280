// DuckDB's instance behind our interface.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/database.h"
#include "engine/instance.h"
#include "engine/table_function.h"

namespace weir::engine {

// The only Database there is: other rooms know it by its interface, this room by its name.
class DuckdbDatabase final : public Database {
 public:
  explicit DuckdbDatabase(std::shared_ptr<Instance> instance) : instance_(std::move(instance)) {}

  Result<std::unique_ptr<Connection>> connect() override;
  Result<void> add_table_function(const std::string& name,
                                  std::shared_ptr<const Relation> relation) override;
  Result<void> add_source(const std::string& name, std::shared_ptr<const ChunkSource> source) {
    return instance_->add_source(name, std::move(source));
  }
  Result<void> revive() override { return instance_->revive(); }

 private:
  const std::shared_ptr<Instance> instance_;
};

}  // namespace weir::engine
