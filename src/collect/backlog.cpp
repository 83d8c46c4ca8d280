#include "collect/backlog.h"

#include <iterator>

namespace weir::collect {
namespace {

// What a request holds beside its body: head, connection's answer, bookkeeping.
constexpr std::size_t request_bytes = 1024;

std::size_t bytes_of(const Submission& submission) {
  const auto* body = std::get_if<EventBody>(&submission.work);
  return request_bytes + (body == nullptr ? 0 : body->bytes.size());
}

}  // namespace

bool Backlog::push(Submission& submission) {
  const std::size_t bytes = bytes_of(submission);
  {
    std::lock_guard lock(mutex_);
    if (closed_ || used_ + bytes > bytes_max_) return false;
    submission.share = net::Share(used_, bytes);
    waiting_.push_back(std::move(submission));
  }
  changed_.notify_one();
  return true;
}

void Backlog::put_back(std::vector<Submission> submissions) {
  if (submissions.empty()) return;
  {
    std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.begin(), std::make_move_iterator(submissions.begin()),
                    std::make_move_iterator(submissions.end()));
  }
  changed_.notify_one();
}

std::vector<Submission> Backlog::take(std::size_t bytes_max) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
  std::vector<Submission> taken;
  for (std::size_t bytes = 0; bytes < bytes_max && !waiting_.empty(); waiting_.pop_front()) {
    bytes += bytes_of(waiting_.front());
    taken.push_back(std::move(waiting_.front()));
  }
  return taken;
}

void Backlog::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

}  // namespace weir::collect
