#include "serve/gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

#include "core/queue.h"
#include "net/envelope.h"
#include "serve/access.h"
#include "serve/api_route.h"
#include "serve/data_route.h"
#include "serve/routes.h"
#include "serve/sql_route.h"
#include "serve/token_route.h"

namespace weir::serve {
namespace {

// Reads that wait for a position at the same time; more stand in line.
constexpr int patient_workers = 8;
// What else a worker does takes far less time than SQL of the caller's own may: it has workers
// apart, half of them, so that it holds up nothing but itself.
int workers_for_sql(int workers) { return std::max(1, workers / 2); }
int workers_for_others(int workers) { return std::max(1, workers - workers / 2); }
constexpr std::size_t cache_bytes_max = std::size_t{64} << 20;

struct Job {
  net::Request request;
  net::Reply reply;
  Route route;
  std::shared_ptr<const govern::Token> token;
  std::chrono::steady_clock::time_point came = std::chrono::steady_clock::now();
};

// A route and who asks for it; no token where the route asks for none.
struct Admitted {
  Route route;
  std::shared_ptr<const govern::Token> token;
};

Result<CheckedApi> check_api(sql::QueryChecker& checker, const PublishedApi& api) {
  std::vector<Field> parameters;
  for (const auto& parameter : api.declared.parameters) {
    parameters.push_back({parameter.name, parameter.type});
  }
  const sql::QueryCheck checked = checker.check(api.declared.sql.text, parameters);
  if (const auto* query = std::get_if<sql::CheckedQuery>(&checked)) {
    return CheckedApi{api.declared, api.reads, query->parameters};
  }
  return Error{Fault::invalid,
               fmt::format("api {}: {}", api.declared.name,
                           std::get<std::vector<sql::SqlMistake>>(checked).front().message)};
}

// Anyone may ask, so that the reason, which names files, is kept for those with a token.
net::Response answer_ready(const PlatformStatus& status) {
  if (status.not_ready.empty()) return net::success(R"({"ready":true})");
  return net::refusal_for_now(503, "NOT_READY",
                              "events cannot be made durable now; GET /weir/v1/status, with a "
                              "token, says why",
                              1);
}

net::Response refuse_overloaded() {
  return net::refusal_for_now(503, "OVERLOADED",
                              "too many requests wait for an answer: try again in a second", 1);
}

net::Response answer_metrics(const std::vector<telemetry::Metric>& metrics) {
  return {.body = telemetry::prometheus_text(metrics),
          .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

class WorkerGateway final : public Gateway {
 public:
  WorkerGateway(GatewayParts parts, std::vector<CheckedApi> apis, sql::QueryChecker checker)
      : parts_(std::move(parts)),
        apis_(std::move(apis)),
        scope_names_(scope_names(parts_.readables, apis_)),
        checker_(std::move(checker)),
        cache_(cache_bytes_max, parts_.clock),
        watch_(parts_.query_time_max),
        prompt_(parts_.waiting_max),
        patient_(parts_.waiting_max) {}

  ~WorkerGateway() override {
    parts_.freshness.stop();
    for (Lines* lines : {&prompt_, &patient_}) {
      lines->sql.close();
      lines->others.close();
    }
  }

  Result<void> start_workers() {
    OK_OR_RETURN(start_workers(prompt_, parts_.workers));
    return start_workers(patient_, patient_workers);
  }

  std::unique_ptr<net::Response> check_head(const net::Request& request) const override {
    auto admitted = admit(request);
    if (auto* refused = std::get_if<net::Response>(&admitted)) {
      return std::make_unique<net::Response>(std::move(*refused));
    }
    return nullptr;
  }

  void handle(net::Request request, net::Reply reply) override {
    auto admitted = admit(request);
    if (auto* refused = std::get_if<net::Response>(&admitted)) {
      return reply.send(std::move(*refused));
    }
    auto& [route, token] = std::get<Admitted>(admitted);
    // These must answer when all workers are busy.
    if (route.kind == RouteKind::health) return reply.send(net::success(R"({"alive":true})"));
    if (route.kind == RouteKind::ready) return reply.send(answer_ready(parts_.status()));
    const auto job = std::make_shared<Job>(
        Job{std::move(request), std::move(reply), std::move(route), std::move(token)});
    Lines& lines = asks_to_wait(job->request) ? patient_ : prompt_;
    Jobs& line = job->route.kind == RouteKind::sql ? lines.sql : lines.others;
    if (!line.try_push(job)) job->reply.send(refuse_overloaded());
  }

 private:
  using Jobs = Queue<std::shared_ptr<Job>>;
  struct Lines {
    explicit Lines(std::size_t waiting_max) : sql(waiting_max), others(waiting_max) {}
    Jobs sql, others;
  };

  std::variant<Admitted, net::Response> admit(const net::Request& request) const {
    auto found = find_route(apis_, request);
    Admitted admitted;
    if (auto* route = std::get_if<Route>(&found)) admitted.route = std::move(*route);
    // Whoever has no token does not learn what there is.
    if (!admitted.route.is_open || found.index() != 0) {
      auto caller = authenticate(parts_.tokens, request);
      if (auto* refused = std::get_if<net::Response>(&caller)) return std::move(*refused);
      admitted.token = std::get<0>(std::move(caller));
    }
    if (auto* refused = std::get_if<net::Response>(&found)) return std::move(*refused);
    if (auto refused = refuse_method(admitted.route, request.method)) return std::move(*refused);
    if (auto refused = refuse_parameters(admitted.route, request)) return std::move(*refused);
    if (admitted.route.kind == RouteKind::sql) {
      if (auto refused = refuse_looking(*admitted.token)) return std::move(*refused);
    }
    return admitted;
  }

  Result<void> start_workers(Lines& lines, int workers) {
    for (int i = 0; i < workers_for_sql(workers); ++i) OK_OR_RETURN(start_worker(lines.sql));
    for (int i = 0; i < workers_for_others(workers); ++i) OK_OR_RETURN(start_worker(lines.others));
    return {};
  }

  Result<void> start_worker(Jobs& queue) {
    TRY(std::shared_ptr<engine::Connection> connection, parts_.database->connect());
    workers_.emplace_back([this, &queue, connection] {
      while (const auto job = queue.pop()) answer(**job, *connection);
    });
    return {};
  }

  // What stood in line longer than a query may take has waited long enough.
  bool waited_too_long(const Job& job) const {
    return !asks_to_wait(job.request) &&
           std::chrono::steady_clock::now() - job.came > parts_.query_time_max;
  }

  void answer(Job& job, engine::Connection& connection) {
    if (waited_too_long(job)) return job.reply.send(refuse_overloaded());
    net::Response response = response_to(job, connection);
    const bool stops = job.route.kind == RouteKind::stop && response.status == 200;
    job.reply.send(std::move(response));
    // The one who asked has the answer before the server is gone.
    if (stops) parts_.stop();
  }

  net::Response response_to(const Job& job, engine::Connection& connection) {
    const Call call{job.request,      *job.token, parts_.readables, connection,
                    parts_.freshness, watch_,     parts_.time_zone};
    switch (job.route.kind) {
      case RouteKind::data: return answer_data(call, job.route.name);
      case RouteKind::api: return answer_api(call, apis_[job.route.api], cache_);
      case RouteKind::sql: return answer_sql(call, checker_);
      case RouteKind::metrics:
      case RouteKind::status:
      case RouteKind::catalogue: return answer_look(job);
      default: return answer_administration(job);
    }
  }

  net::Response answer_look(const Job& job) {
    if (auto refused = refuse_looking(*job.token)) return std::move(*refused);
    const MayRead may_read = [&](std::string_view name) {
      return govern::allows(job.token->scopes, govern::Action::read, name);
    };
    if (job.route.kind == RouteKind::catalogue) return answer_catalogue(job, may_read);
    const PlatformStatus status = visible_part(parts_.status(), may_read);
    if (job.route.kind == RouteKind::status) return net::success(status_json(status));
    std::vector<telemetry::Metric> metrics = status_metrics(status);
    if (parts_.metrics) std::ranges::move(parts_.metrics(), std::back_inserter(metrics));
    return answer_metrics(metrics);
  }

  net::Response answer_catalogue(const Job& job, const MayRead& may_read) {
    if (const auto list = parts_.catalogue(job.route.name, may_read)) return net::success(*list);
    return net::refusal(404, "NOT_FOUND",
                        fmt::format("there is no /weir/v1/{}; there are status, sources, streams, "
                                    "tables, apis and tokens, and POST sql and stop",
                                    job.route.name));
  }

  net::Response answer_administration(const Job& job) {
    if (auto refused = refuse_administering(*job.token)) return std::move(*refused);
    if (job.route.kind == RouteKind::token) return revoke_token(job.route.name, parts_.tokens);
    if (job.route.kind == RouteKind::stop) return net::success(R"({"stopping":true})");
    if (job.request.method != "POST") return list_tokens(parts_.tokens);
    return create_token(job.request, scope_names_, parts_.tokens, parts_.clock);
  }

  GatewayParts parts_;
  const std::vector<CheckedApi> apis_;
  const ScopeNames scope_names_;
  SharedChecker checker_;
  AnswerCache cache_;
  QueryWatch watch_;
  Lines prompt_;
  Lines patient_;
  std::vector<std::jthread> workers_;
};

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::start(GatewayParts parts) {
  TRY(sql::QueryChecker checker, sql::QueryChecker::open(parts.names));
  std::vector<CheckedApi> apis;
  for (const PublishedApi& api : parts.apis) {
    TRY(apis.emplace_back(), check_api(checker, api));
  }
  auto gateway =
      std::make_unique<WorkerGateway>(std::move(parts), std::move(apis), std::move(checker));
  OK_OR_RETURN(gateway->start_workers());
  return std::unique_ptr<Gateway>(std::move(gateway));
}

}  // namespace weir::serve
