// One DuckDB connection behind our interface.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/database.h"
#include "engine/instance.h"

namespace weir::engine {

class DuckdbConnection final : public Connection {
 public:
  static Result<std::unique_ptr<DuckdbConnection>> open(std::shared_ptr<Instance> instance);

  Result<void> run(const std::string& sql) override;
  Result<std::unique_ptr<Rows>> query(const std::string& sql,
                                      const std::vector<Parameter>& parameters) override;
  Result<std::unique_ptr<Statement>> prepare(const std::string& sql) override;
  Result<void> append(const std::string& table, const Batch& batch) override;
  void interrupt() override;

 private:
  explicit DuckdbConnection(std::shared_ptr<Instance> instance)
      : instance_(std::move(instance)), footing_(instance_->add_footing()) {}

  const std::shared_ptr<Instance> instance_;
  const std::shared_ptr<Footing> footing_;
};

}  // namespace weir::engine
