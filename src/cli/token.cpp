#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "client/server_client.h"
#include "client/text_table.h"
#include "core/json_text.h"

namespace weir::cli {
namespace {

using client::refusal_of;
using client::ServerClient;
using client::Session;
using client::text_table;
using client::TextRow;

using formats::JsonValue;

std::string joined(const JsonValue& list) {
  std::string text;
  for (const JsonValue& item : list.array()) text += (text.empty() ? "" : " ") + item.text();
  return text;
}

Result<void> create(const std::vector<std::string>& scopes, const std::string& expires,
                    const Session& session) {
  TRY(ServerClient client, ServerClient::find(session));
  std::string body = "{\"scopes\":" + json_strings(scopes);
  if (!expires.empty()) body += ",\"expires_in\":" + json_string(expires);
  TRY(const net::Response response,
      client.ask("POST", "/weir/v1/tokens", body + "}", {{"Content-Type", "application/json"}}));
  if (response.status / 100 != 2) return refusal_of(response);
  TRY(const JsonValue answer, JsonValue::parse(response.body));
  if (session.json) {
    session.print(response.body + "\n");
    return {};
  }
  session.print(answer["data"]["token"].text() + "\n");
  session.say("token " + answer["data"]["id"].text() +
              "; its secret is not kept and not shown again");
  return {};
}

Result<void> list(const Session& session) {
  TRY(ServerClient client, ServerClient::find(session));
  TRY(const net::Response response, client.ask("GET", "/weir/v1/tokens"));
  if (response.status / 100 != 2) return refusal_of(response);
  if (session.json) {
    session.print(response.body + "\n");
    return {};
  }
  TRY(const JsonValue answer, JsonValue::parse(response.body));
  std::vector<TextRow> rows{{"id", "scopes", "created", "expires"}};
  for (const JsonValue& token : answer["data"].array()) {
    const std::string& expires = token["expires"].text();
    rows.push_back({token["id"].text(), joined(token["scopes"]), token["created"].text(),
                    expires.empty() ? "never" : expires});
  }
  session.print(text_table(rows));
  return {};
}

Result<void> revoke(const std::string& id, const Session& session) {
  TRY(ServerClient client, ServerClient::find(session));
  OK_OR_RETURN(client.data("DELETE", "/weir/v1/tokens/" + net::percent_encode(id)));
  return {};
}

}  // namespace

void add_token(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("token", "Who may call, and what for");
  command->require_subcommand(1);

  auto* create_command = command->add_subcommand("create", "Makes a token and prints its secret");
  auto scopes = std::make_shared<std::vector<std::string>>();
  auto expires = std::make_shared<std::string>();
  create_command->add_option("SCOPE", *scopes, "admin, read:NAME, read:*, write:SOURCE or write:*")
      ->required();
  create_command->add_option("--expires", *expires, "In how long: 12h, 90d; else never");
  create_command->callback(
      [scopes, expires, &session] { session.conclude(create(*scopes, *expires, session)); });

  command->add_subcommand("list", "The tokens, without their secrets")->callback([&session] {
    session.conclude(list(session));
  });

  auto* revoke_command = command->add_subcommand("revoke", "Makes a token worthless");
  auto id = std::make_shared<std::string>();
  revoke_command->add_option("ID", *id)->required();
  revoke_command->callback([id, &session] { session.conclude(revoke(*id, session)); });
}

}  // namespace weir::cli
