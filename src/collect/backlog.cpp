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
  bool are_enough = false;
  {
    std::lock_guard lock(mutex_);
    if (closed_ || used_ + bytes > bytes_max_) return false;
    submission.share = net::Share(used_, bytes);
    waiting_.push_back(std::move(submission));
    are_enough = waiting_.size() >= wanted_;
  }
  // To wake the taker for each of many would cost more than gathering them saves.
  if (are_enough) changed_.notify_one();
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

std::vector<Submission> Backlog::take(std::size_t bytes_max, Gathering gathering) {
  std::unique_lock lock(mutex_);
  const auto are_enough = [this] { return closed_ || waiting_.size() >= wanted_; };
  wanted_ = gathering.requests;
  changed_.wait_for(lock, gathering.within, are_enough);
  wanted_ = 1;
  changed_.wait(lock, are_enough);
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
