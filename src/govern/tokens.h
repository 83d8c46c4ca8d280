// Who may call: bearer tokens, of which only a hash is kept.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "govern/scope.h"
#include "sqlite/file.h"

namespace weir::govern {

struct Token {
  std::string id;  // short, safe to show
  std::vector<Scope> scopes;
  Instant created;
  std::optional<Instant> expires;
};

// A token just made. `secret` is shown once and not kept.
struct NewToken {
  Token token;
  std::string secret;
};

// Any thread may call. Checks read memory; changes are in the catalogue before they answer.
class Tokens {
 public:
  // Keeps them in `folder`/catalogue.sqlite.
  static Result<std::unique_ptr<Tokens>> open(const std::filesystem::path& folder,
                                              const Clock& clock);
  ~Tokens();

  // The token of this secret, unless it is unknown, revoked or expired.
  std::shared_ptr<const Token> find(std::string_view secret) const;
  Result<NewToken> create(std::vector<Scope> scopes, std::optional<Instant> expires);
  std::vector<Token> list() const;
  // Fault::not_found for an unknown id.
  Result<void> revoke(const std::string& id);

 private:
  Tokens(std::unique_ptr<sqlite::File> catalogue, const Clock& clock);
  Result<void> load();

  const Clock& clock_;
  // Held while the disk is written to, for which no check waits. Taken before mutex_.
  std::mutex catalogue_mutex_;
  const std::unique_ptr<sqlite::File> catalogue_;  // under catalogue_mutex_
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Token>> by_hash_;  // under mutex_
};

// Copies `folder`/catalogue.sqlite to a new file, whole, while others may change it.
Result<void> copy_catalogue(const std::filesystem::path& folder, const std::filesystem::path& to);

}  // namespace weir::govern
