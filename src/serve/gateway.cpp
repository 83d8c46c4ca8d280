#include "serve/gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

#include "net/envelope.h"
#include "openapi/document.h"
#include "openapi/explorer.h"
#include "serve/access.h"
#include "serve/api_route.h"
#include "serve/data_route.h"
#include "serve/explain_route.h"
#include "serve/routes.h"
#include "serve/sql_route.h"
#include "serve/token_route.h"
#include "serve/waiting_lines.h"

namespace weir::serve {
namespace {

// Reads that wait for a position at the same time; more stand in line.
constexpr int patient_workers = 8;
// What else a worker does takes far less time than SQL of the caller's own may: it has workers
// apart, half of them, so that it holds up nothing but itself.
int workers_for_sql(int workers) { return std::max(1, workers / 2); }
int workers_for_others(int workers) { return std::max(1, workers - workers / 2); }
// Taps wait for rows to come, at most so many at a time, and share nothing with the reads.
constexpr int tap_workers = 4;
// What one query may have: all that the queries share, and as much for the texts and lists it
// makes.
constexpr std::size_t query_bytes_max = 2 * engine::memory_bytes_default;
constexpr std::size_t cache_bytes_max = std::size_t{64} << 20;

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
    return CheckedApi{api.declared, api.reads, query->parameters, query->conditions, query->result};
  }
  return Error{Fault::invalid,
               fmt::format("api {}: {}", api.declared.name,
                           std::get<std::vector<sql::SqlMistake>>(checked).front().message)};
}

bool is_newest(const std::vector<CheckedApi>& apis, const CheckedApi& api) {
  return std::ranges::none_of(apis, [&](const CheckedApi& other) {
    return other.declared.path == api.declared.path &&
           other.declared.version > api.declared.version;
  });
}

// It may take long, whoever asks.
bool is_sql(const Route& route) {
  return route.kind == RouteKind::sql || route.kind == RouteKind::explain;
}

bool reads_rows(const Route& route) {
  return is_sql(route) || route.kind == RouteKind::data || route.kind == RouteKind::api;
}

// Anyone may ask, so that the reason, which names files, is kept for administrators.
net::Response answer_ready(bool is_ready) {
  if (is_ready) return net::success(R"({"ready":true})");
  return net::refusal_for_now(503, "NOT_READY",
                              "events cannot be made durable now; GET /weir/v1/status, with an "
                              "admin token, says why",
                              1);
}

net::Response answer_docs(const std::string& path) {
  const auto file = openapi::explorer_file(path);
  if (!file) return net::refusal(404, "NOT_FOUND", "the explorer page is at /docs");
  net::Response response{.body = std::string(file->bytes),
                         .content_type = std::string(file->content_type)};
  if (file->is_gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  response.headers.emplace_back("Content-Security-Policy", openapi::explorer_policy);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

net::Response answer_metrics(const std::vector<telemetry::Metric>& metrics) {
  return {.body = telemetry::prometheus_text(metrics),
          .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

net::Response answer_with(const Result<std::string>& data) {
  return data.ok() ? net::success(data.value()) : net::refusal(data.error());
}

class WorkerGateway final : public Gateway {
 public:
  WorkerGateway(GatewayParts parts, std::vector<CheckedApi> apis, sql::QueryChecker checker)
      : parts_(std::move(parts)),
        apis_(std::move(apis)),
        scope_names_(scope_names(parts_.readables, apis_)),
        checker_(std::move(checker)),
        taps_(parts_.journal, std::move(parts_.flows)),
        cache_(cache_bytes_max, parts_.clock),
        watch_(parts_.query_time_max, query_bytes_max),
        lines_(parts_.waiting_max, parts_.query_time_max) {}

  ~WorkerGateway() override {
    parts_.freshness.stop();
    stopping_.request_stop();
    lines_.close();
  }

  Result<void> start_workers() {
    for (int i = 0; i < tap_workers; ++i) start_tapping();
    OK_OR_RETURN(start_workers(lines_.prompt(), parts_.workers));
    return start_workers(lines_.patient(), patient_workers);
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
    if (route.kind == RouteKind::docs) return reply.send(answer_docs(request.path));
    // These must answer when all workers are busy.
    if (route.kind == RouteKind::health) return reply.send(net::success(R"({"alive":true})"));
    if (route.kind == RouteKind::ready) return reply.send(answer_ready(parts_.is_ready()));
    if (request.method != "POST") std::string().swap(request.body);  // nobody reads it
    auto job = std::make_shared<Job>(std::move(request), std::move(reply), std::move(route),
                                     std::move(token));
    if (reads_rows(job->route) && !asks_to_wait(job->request)) job->query = watch_.announce();
    lines_.add(job);
  }

  bool await_queries() const override { return watch_.await_running(); }
  std::vector<net::Asked> give_back() override { return lines_.give_back(); }
  bool close_queries() override { return watch_.close(); }
  void reopen_queries() override { watch_.reopen(); }

 private:
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
    if (auto refused = refuse_body(request)) return std::move(*refused);
    if (is_sql(admitted.route) || admitted.route.kind == RouteKind::replay) {
      if (auto refused = refuse_looking(*admitted.token)) return std::move(*refused);
    }
    return admitted;
  }

  Result<void> start_workers(Lines& lines, int workers) {
    for (int i = 0; i < workers_for_sql(workers); ++i) OK_OR_RETURN(start_worker(lines.sql));
    for (int i = 0; i < workers_for_others(workers); ++i) OK_OR_RETURN(start_worker(lines.others));
    return {};
  }

  void start_tapping() {
    workers_.emplace_back([this] {
      while (const auto job = lines_.taps().pop()) answer_tap(**job);
    });
  }

  void answer_tap(Job& job) {
    if (lines_.has_waited_too_long(job)) return job.answer(refuse_overloaded());
    const bool as_lines = form_asked(job.request) == RowForm::ndjson;
    job.answer(
        taps_.answer({job.request, *job.token, as_lines}, job.route.name, stopping_.get_token()));
  }

  Result<void> start_worker(Jobs& queue) {
    TRY(std::shared_ptr<engine::Connection> connection, parts_.database->connect());
    workers_.emplace_back([this, &queue, connection] {
      IndexViews views(parts_.database, *connection, parts_.indexes.get());
      while (const auto job = queue.pop()) answer(**job, *connection, views);
    });
    return {};
  }

  void answer(Job& job, engine::Connection& connection, IndexViews& views) {
    if (lines_.has_waited_too_long(job)) return job.answer(refuse_overloaded());
    net::Response response = response_to(job, connection, views);
    const bool stops = job.route.kind == RouteKind::stop && response.status == 200;
    job.answer(std::move(response));
    // The one who asked has the answer before the server is gone.
    if (stops) parts_.stop();
  }

  net::Response response_to(Job& job, engine::Connection& connection, IndexViews& views) {
    bounds::TimeLeft time_left = parts_.query_time_max;
    const Call call{job.request,
                    job.came,
                    *job.token,
                    parts_.readables,
                    connection,
                    parts_.freshness,
                    watch_,
                    time_left,
                    parts_.time_zone,
                    parts_.indexes.get(),
                    views,
                    [&job](net::Response response) { job.answer(std::move(response)); }};
    switch (job.route.kind) {
      case RouteKind::data: return answer_data(call, job.route.name);
      case RouteKind::api: return answer_api(call, apis_[job.route.api], cache_);
      case RouteKind::sql: return answer_sql(call, checker_);
      case RouteKind::replay:
        return flow::answer_replay(job.request, job.route.name, {*job.token, parts_.time_zone},
                                   parts_.replay);
      case RouteKind::explain: return answer_explain(call, apis_, checker_);
      case RouteKind::openapi: return answer_openapi(*job.token);
      case RouteKind::metrics:
      case RouteKind::status:
      case RouteKind::catalogue: return answer_look(job);
      default: return answer_administration(job);
    }
  }

  net::Response answer_openapi(const govern::Token& token) const {
    const auto may = [&](govern::Action action, std::string_view name) {
      return govern::allows(token.scopes, action, name);
    };
    openapi::Described described{
        .workspace = parts_.workspace,
        .taps = taps_.names_for(token),
        .may_look = refuse_looking(token) == nullptr,
        .may_administer = refuse_administering(token) == nullptr,
    };
    for (const workspace::Source& source : parts_.sources) {
      if (!may(govern::Action::write, source.name)) continue;
      described.sources.push_back(&source);
      described.may_replay |= may(govern::Action::read, source.name);
    }
    for (const Readable& readable : parts_.readables.all) {
      if (!readable.is_table() || !may(govern::Action::read, readable.scope_name())) continue;
      described.tables.push_back({readable.name, readable.schema});
    }
    for (const CheckedApi& api : apis_) {
      if (!may(govern::Action::read, api.declared.name)) continue;
      described.apis.push_back({&api.declared, api.result, is_newest(apis_, api)});
    }
    return {.body = openapi::document(described)};
  }

  net::Response answer_look(const Job& job) {
    const auto may = [&](govern::Action action, std::string_view name) {
      return govern::allows(job.token->scopes, action, name);
    };
    const auto may_read = [&](std::string_view name) { return may(govern::Action::read, name); };
    // Whoever sends events has to know of which form they are.
    if (job.route.kind == RouteKind::catalogue && job.route.name == "sources") {
      return net::success(parts_.catalogue(job.route.name, [&](std::string_view name) {
        return may_read(name) || may(govern::Action::write, name);
      }));
    }
    if (auto refused = refuse_looking(*job.token)) return std::move(*refused);
    if (job.route.kind == RouteKind::catalogue) {
      return net::success(parts_.catalogue(job.route.name, may_read));
    }
    PlatformStatus status = visible_part(parts_.status(), may_read);
    if (refuse_administering(*job.token)) status = without_reasons(std::move(status));
    if (job.route.kind == RouteKind::status) return net::success(status_json(status));
    std::vector<telemetry::Metric> metrics = status_metrics(status);
    if (parts_.metrics) std::ranges::move(parts_.metrics(), std::back_inserter(metrics));
    return answer_metrics(metrics);
  }

  net::Response answer_administration(const Job& job) {
    if (auto refused = refuse_administering(*job.token)) return std::move(*refused);
    if (job.route.kind == RouteKind::token) return revoke_token(job.route.name, parts_.tokens);
    if (job.route.kind == RouteKind::stop) return net::success(R"({"stopping":true})");
    if (job.route.kind == RouteKind::drop) return answer_with(parts_.drop(job.request));
    if (job.route.kind == RouteKind::validate) return answer_with(parts_.validation());
    if (job.request.method != "POST") return list_tokens(parts_.tokens);
    return create_token(job.request, scope_names_, parts_.tokens, parts_.clock);
  }

  GatewayParts parts_;
  const std::vector<CheckedApi> apis_;
  const ScopeNames scope_names_;
  SharedChecker checker_;
  const flow::Taps taps_;
  AnswerCache cache_;
  bounds::QueryWatch watch_;
  WaitingLines lines_;
  std::stop_source stopping_;
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
