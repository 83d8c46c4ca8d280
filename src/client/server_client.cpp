#include "client/server_client.h"

#include <fmt/format.h>

#include <filesystem>

#include "client/workspace_folder.h"
#include "core/json_text.h"
#include "operate/data_folder.h"

namespace weir::client {

Error refusal_of(const net::Response& response) {
  const auto answer = formats::JsonValue::parse(response.body);
  std::string message = answer.ok() ? answer.value()["message"].text() : "";
  if (message.empty()) message = fmt::format("the server answered {}", response.status);
  return {fault_of(response.status), message};
}

std::string sql_body(const std::string& sql) { return "{\"sql\":" + json_string(sql) + "}"; }

Result<ServerClient> ServerClient::find(const Session& session) {
  if (!session.url.empty()) {
    TRY(auto http, net::HttpClient::open(session.url, session.token));
    return ServerClient(std::move(http));
  }
  TRY(const std::filesystem::path data, find_data("."));
  TRY(std::optional<ServerClient> running, over(data, session));
  if (running) return *std::move(running);
  return Error{Fault::unavailable, fmt::format("no server runs over {}; start it with `weir "
                                               "run`, or name another one with --url",
                                               data.string())};
}

Result<std::optional<ServerClient>> ServerClient::over(const std::filesystem::path& data,
                                                       const Session& session) {
  const auto running = operate::read_running(data);
  if (!running) return std::optional<ServerClient>();
  if (running->url.empty()) {
    return Error{Fault::unavailable,
                 fmt::format("the server over {} is starting, and listens once it has read what "
                             "an end without `weir stop` may have left",
                             data.string())};
  }
  const std::string token = session.token.empty() ? operate::read_admin_token(data) : session.token;
  TRY(auto http, net::HttpClient::open(running->url, token));
  return std::optional(ServerClient(std::move(http)));
}

Result<net::Response> ServerClient::ask(const std::string& method, const std::string& target,
                                        const std::string& body, const Headers& headers) {
  return http_->send(method, target, body, headers);
}

Result<formats::JsonValue> ServerClient::data(const std::string& method, const std::string& target,
                                              const std::string& body, const Headers& headers) {
  TRY(const net::Response response, ask(method, target, body, headers));
  if (response.status / 100 != 2) return refusal_of(response);
  TRY(const formats::JsonValue answer, formats::JsonValue::parse(response.body));
  return answer["data"];
}

Result<std::string> ServerClient::csv(const std::string& sql) {
  TRY(const net::Response response,
      ask("POST", "/weir/v1/sql", sql_body(sql),
          {{"Content-Type", "application/json"}, {"Accept", "text/csv"}}));
  if (response.status / 100 != 2) return refusal_of(response);
  return response.body;
}

}  // namespace weir::client
