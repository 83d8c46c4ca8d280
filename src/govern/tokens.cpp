#include "govern/tokens.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::govern {
namespace {

constexpr const char* tables_sql =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS tokens(hash TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, scopes TEXT "
    "NOT NULL, created INTEGER NOT NULL, expires INTEGER)";

// Steps through one statement; finalised whatever happens.
class Query {
 public:
  Query(sqlite3* catalogue, const char* sql) : catalogue_(catalogue) {
    prepared_ = sqlite3_prepare_v2(catalogue, sql, -1, &statement_, nullptr) == SQLITE_OK;
  }
  ~Query() { sqlite3_finalize(statement_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  void bind(int index, const std::string& text) {
    sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
  }
  void bind(int index, std::int64_t number) { sqlite3_bind_int64(statement_, index, number); }

  // True: a row. False: done.
  Result<bool> step() {
    const int code = prepared_ ? sqlite3_step(statement_) : SQLITE_ERROR;
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return Error{Fault::unavailable, fmt::format("catalogue: {}", sqlite3_errmsg(catalogue_))};
  }

  std::string text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return bytes == nullptr ? std::string() : std::string(bytes);
  }
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  sqlite3* catalogue_;
  sqlite3_stmt* statement_ = nullptr;
  bool prepared_ = false;
};

std::string hex(const unsigned char* bytes, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

std::string hash_of(std::string_view secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const int done =
      EVP_Digest(secret.data(), secret.size(), digest.data(), &size, EVP_sha256(), nullptr);
  ASSERT(done == 1);
  return hex(digest.data(), size);
}

Result<std::string> random_hex(std::size_t bytes) {
  std::array<unsigned char, 32> random{};
  ASSERT(bytes <= random.size());
  if (RAND_bytes(random.data(), static_cast<int>(bytes)) != 1) {
    return Error{Fault::unavailable, "the system gives no random bytes for a token"};
  }
  return hex(random.data(), bytes);
}

std::string scopes_text(const std::vector<Scope>& scopes) {
  std::string text;
  for (const Scope& scope : scopes) text += (text.empty() ? "" : " ") + to_string(scope);
  return text;
}

Result<std::vector<Scope>> scopes_from(std::string_view text) {
  std::vector<Scope> scopes;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    TRY(Scope scope, parse_scope(text.substr(0, space)));
    scopes.push_back(std::move(scope));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return scopes;
}

Instant instant(std::int64_t micros) { return Instant(std::chrono::microseconds(micros)); }

}  // namespace

Tokens::Tokens(sqlite3* catalogue, const Clock& clock) : catalogue_(catalogue), clock_(clock) {}

Tokens::~Tokens() { sqlite3_close(catalogue_); }

Result<std::unique_ptr<Tokens>> Tokens::open(const std::filesystem::path& folder,
                                             const Clock& clock) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  sqlite3* catalogue = nullptr;
  const std::string file = folder / "catalogue.sqlite";
  const int code = sqlite3_open(file.c_str(), &catalogue);
  std::unique_ptr<Tokens> tokens(new Tokens(catalogue, clock));
  if (code != SQLITE_OK || sqlite3_exec(catalogue, tables_sql, nullptr, nullptr, nullptr) != 0) {
    return Error{Fault::unavailable, fmt::format("{}: {}", file, sqlite3_errmsg(catalogue))};
  }
  OK_OR_RETURN(tokens->load());
  return tokens;
}

Result<void> Tokens::load() {
  Query query(catalogue_, "SELECT hash, id, scopes, created, expires FROM tokens");
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return {};
    TRY(std::vector<Scope> scopes,
        within("catalogue.sqlite: token " + query.text(1), scopes_from(query.text(2))));
    Token token{query.text(1), std::move(scopes), instant(query.number(3)), std::nullopt};
    if (!query.is_null(4)) token.expires = instant(query.number(4));
    by_hash_.emplace(query.text(0), std::make_shared<const Token>(std::move(token)));
  }
}

std::shared_ptr<const Token> Tokens::find(std::string_view secret) const {
  const std::string hash = hash_of(secret);
  std::lock_guard lock(mutex_);
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end()) return nullptr;
  const auto& expires = found->second->expires;
  return expires && *expires <= clock_.now() ? nullptr : found->second;
}

Result<NewToken> Tokens::create(std::vector<Scope> scopes, std::optional<Instant> expires) {
  TRY(const std::string secret, random_hex(24));
  TRY(std::string id, random_hex(4));
  NewToken made{{std::move(id), std::move(scopes), clock_.now(), expires}, "weir_" + secret};
  const std::string hash = hash_of(made.secret);
  std::lock_guard lock(mutex_);
  Query query(catalogue_, "INSERT INTO tokens VALUES (?, ?, ?, ?, ?)");
  query.bind(1, hash);
  query.bind(2, made.token.id);
  query.bind(3, scopes_text(made.token.scopes));
  query.bind(4, made.token.created.time_since_epoch().count());
  if (expires) query.bind(5, expires->time_since_epoch().count());
  OK_OR_RETURN(query.step());
  by_hash_.emplace(hash, std::make_shared<const Token>(made.token));
  return made;
}

std::vector<Token> Tokens::list() const {
  std::lock_guard lock(mutex_);
  std::vector<Token> tokens;
  for (const auto& [hash, token] : by_hash_) tokens.push_back(*token);
  std::ranges::sort(tokens, {}, &Token::created);
  return tokens;
}

Result<void> Tokens::revoke(const std::string& id) {
  std::lock_guard lock(mutex_);
  const auto found =
      std::ranges::find_if(by_hash_, [&](const auto& entry) { return entry.second->id == id; });
  if (found == by_hash_.end()) {
    return Error{Fault::not_found, "there is no token " + id + "; see `weir token list`"};
  }
  Query query(catalogue_, "DELETE FROM tokens WHERE id = ?");
  query.bind(1, id);
  OK_OR_RETURN(query.step());
  by_hash_.erase(found);
  return {};
}

Result<void> copy_catalogue(const std::filesystem::path& folder, const std::filesystem::path& to) {
  using Catalogue = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
  const auto open = [](const std::filesystem::path& file, int flags) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
    Catalogue catalogue(opened, sqlite3_close);
    if (code != SQLITE_OK) catalogue.reset();
    return catalogue;
  };
  const Catalogue source = open(folder / "catalogue.sqlite", SQLITE_OPEN_READWRITE);
  const Catalogue copy = open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (source == nullptr || copy == nullptr) {
    return Error{Fault::unavailable,
                 fmt::format("{}: cannot be opened", (source == nullptr ? folder : to).string())};
  }
  sqlite3_busy_timeout(source.get(), 5'000);
  sqlite3_backup* backup = sqlite3_backup_init(copy.get(), "main", source.get(), "main");
  if (backup != nullptr) {
    sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
  }
  const int code = sqlite3_errcode(copy.get());
  if (code == SQLITE_OK) return {};
  return Error{Fault::unavailable, fmt::format("{}: {}", to.string(), sqlite3_errstr(code))};
}

}  // namespace weir::govern
