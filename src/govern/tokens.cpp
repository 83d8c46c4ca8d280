#include "govern/tokens.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::govern {
namespace {

constexpr const char* tables_sql =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS tokens(hash TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, scopes TEXT "
    "NOT NULL, created INTEGER NOT NULL, expires INTEGER)";

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
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

Tokens::Tokens(std::unique_ptr<sqlite::File> catalogue, const Clock& clock)
    : clock_(clock), catalogue_(std::move(catalogue)) {}

Tokens::~Tokens() = default;

Result<std::unique_ptr<Tokens>> Tokens::open(const std::filesystem::path& folder,
                                             const Clock& clock) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  TRY(auto catalogue, sqlite::File::open(folder / "catalogue.sqlite"));
  OK_OR_RETURN(catalogue->run(tables_sql));
  std::unique_ptr<Tokens> tokens(new Tokens(std::move(catalogue), clock));
  OK_OR_RETURN(tokens->load());
  return tokens;
}

Result<void> Tokens::load() {
  TRY(auto query, catalogue_->prepare("SELECT hash, id, scopes, created, expires FROM tokens"));
  while (true) {
    TRY(const bool row, query.step());
    if (!row) return {};
    TRY(std::vector<Scope> scopes, within("catalogue.sqlite: token " + std::string(query.bytes(1)),
                                          scopes_from(query.bytes(2))));
    Token token{std::string(query.bytes(1)), std::move(scopes), instant(query.number(3)),
                std::nullopt};
    if (!query.is_null(4)) token.expires = instant(query.number(4));
    by_hash_.emplace(query.bytes(0), std::make_shared<const Token>(std::move(token)));
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
  std::lock_guard writing(catalogue_mutex_);
  TRY(auto query, catalogue_->prepare("INSERT INTO tokens VALUES (?, ?, ?, ?, ?)"));
  const std::string kept_scopes = scopes_text(made.token.scopes);
  query.bind(1, hash).bind(2, made.token.id).bind(3, kept_scopes);
  query.bind(4, made.token.created.time_since_epoch().count());
  if (expires) query.bind(5, expires->time_since_epoch().count());
  OK_OR_RETURN(query.run());
  std::lock_guard lock(mutex_);
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
  std::lock_guard writing(catalogue_mutex_);
  const std::vector<Token> known = list();
  if (std::ranges::find(known, id, &Token::id) == known.end()) {
    return Error{Fault::not_found, "there is no token " + id + "; see `weir token list`"};
  }
  TRY(auto query, catalogue_->prepare("DELETE FROM tokens WHERE id = ?"));
  OK_OR_RETURN(query.bind(1, id).run());
  std::lock_guard lock(mutex_);
  std::erase_if(by_hash_, [&](const auto& entry) { return entry.second->id == id; });
  return {};
}

Result<void> copy_catalogue(const std::filesystem::path& folder, const std::filesystem::path& to) {
  TRY(const auto catalogue, sqlite::File::open(folder / "catalogue.sqlite"));
  return catalogue->copy_to(to);
}

}  // namespace weir::govern
