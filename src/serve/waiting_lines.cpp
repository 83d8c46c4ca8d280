#include "serve/waiting_lines.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "net/envelope.h"
#include "serve/call.h"

namespace weir::serve {
namespace {

constexpr std::size_t taps_waiting_max = 64;
constexpr std::size_t bodies_bytes_max = std::size_t{64} << 20;  // in line or being answered
// So much later than it should may a request be sent away.
constexpr std::chrono::milliseconds look_every_max{500};

bool is_sql(const Route& route) {
  return route.kind == RouteKind::sql || route.kind == RouteKind::explain;
}

}  // namespace

WaitingLines::WaitingLines(std::size_t waiting_max, std::chrono::milliseconds time_max)
    : time_max_(time_max),
      prompt_(waiting_max),
      patient_(waiting_max),
      taps_(taps_waiting_max),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

WaitingLines::~WaitingLines() = default;

void WaitingLines::add(const std::shared_ptr<Job>& job) {
  job->body = net::Share(bodies_bytes_, job->request.body.size());
  const bool is_beyond = bodies_bytes_ > bodies_bytes_max;
  if (is_beyond || !line_of(*job).try_push(job)) job->answer(refuse_overloaded());
}

bool WaitingLines::has_waited_too_long(const Job& job) const {
  const auto patience = asks_to_wait(job.request) ? wait_max : std::chrono::milliseconds(0);
  return std::chrono::steady_clock::now() - job.came > time_max_ + patience;
}

std::vector<net::Asked> WaitingLines::give_back() {
  std::vector<net::Asked> given;
  for (Jobs* line : all()) {
    while (const auto job = line->take_first([](const auto&) { return true; })) {
      given.push_back((*job)->give_back());
    }
  }
  return given;
}

void WaitingLines::close() {
  for (Jobs* line : all()) line->close();
}

std::array<Jobs*, 5> WaitingLines::all() {
  return {&prompt_.sql, &prompt_.others, &patient_.sql, &patient_.others, &taps_};
}

Jobs& WaitingLines::line_of(const Job& job) {
  const RouteKind kind = job.route.kind;
  if (kind == RouteKind::tap) return taps_;
  // What waits for the journal must not hold up a read either.
  const bool waits = asks_to_wait(job.request) || kind == RouteKind::replay ||
                     kind == RouteKind::drop || kind == RouteKind::validate;
  Lines& lines = waits ? patient_ : prompt_;
  return is_sql(job.route) ? lines.sql : lines.others;
}

void WaitingLines::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  const auto is_over = [this](const std::shared_ptr<Job>& job) {
    return has_waited_too_long(*job);
  };
  while (!stop.stop_requested()) {
    stopped.wait_for(lock, stop, std::min(look_every_max, time_max_), [] { return false; });
    for (Jobs* line : all()) {
      while (const auto job = line->take_first(is_over)) (*job)->answer(refuse_overloaded());
    }
  }
}

net::Response refuse_overloaded() {
  return net::refusal_for_now(503, "OVERLOADED",
                              "too many requests wait, or too many queries do not end: try again "
                              "in a second",
                              1);
}

}  // namespace weir::serve
