// /weir/v1/drop: a drop under a running server, done while nothing is served.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/result.h"
#include "engine/database.h"
#include "net/http.h"
#include "operate/reload_record.h"

namespace weir::operate {

class RunningDrop {
 public:
  struct Parts {
    std::filesystem::path workspace;  // the folder: what it declares now counts
    std::filesystem::path data;
    std::shared_ptr<engine::Database> tables;
    // Begins to serve the workspace anew, which finishes a drop that was begun, and returns at
    // once.
    std::function<void()> reload;
    ReloadRecord& reloads;
  };
  explicit RunningDrop(Parts parts) : parts_(std::move(parts)) {}

  // POST {"names": [...], "restart": false, "dry_run": false} answers what goes, and has begun it
  // unless `dry_run`. GET answers which names are under way; Fault::conflict with the reason where
  // they were and it failed. Any thread.
  Result<std::string> answer(const net::Request& request) const;

 private:
  Result<std::vector<std::string>> under_way() const;
  Result<void> check_none_begun() const;

  const Parts parts_;
  mutable std::mutex beginning_;
};

}  // namespace weir::operate
