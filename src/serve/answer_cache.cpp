#include "serve/answer_cache.h"

namespace weir::serve {

std::optional<net::Response> AnswerCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  const Entries::iterator entry = found->second;
  const std::chrono::microseconds age = clock_.now() - entry->made;
  // A clock that was set back leaves answers from the future, whose age nobody knows.
  if (age >= entry->keep || age.count() < 0) {
    drop(entry);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  net::Response response = entry->response;
  response.headers.emplace_back("X-Cache", "hit");
  response.headers.emplace_back(
      "Age", std::to_string(std::chrono::floor<std::chrono::seconds>(age).count()));
  return response;
}

void AnswerCache::put(const std::string& key, const net::Response& response,
                      std::chrono::microseconds keep) {
  Entry entry{key, response, clock_.now(), keep};
  const std::size_t bytes = bytes_of(entry);
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) drop(found->second);
  if (bytes > bytes_max_) return;
  while (bytes_ + bytes > bytes_max_) drop(std::prev(entries_.end()));
  entries_.push_front(std::move(entry));
  by_key_[key] = entries_.begin();
  bytes_ += bytes;
}

std::size_t AnswerCache::bytes_of(const Entry& entry) {
  constexpr std::size_t around = 256;  // list and map nodes, headers
  return entry.response.body.size() + 2 * entry.key.size() + around;
}

void AnswerCache::drop(Entries::iterator entry) {
  bytes_ -= bytes_of(*entry);
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace weir::serve
