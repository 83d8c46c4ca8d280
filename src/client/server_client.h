// A client command's connection to the server: found by itself inside a workspace.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "client/session.h"
#include "core/result.h"
#include "formats/json_value.h"
#include "net/http_client.h"

namespace weir::client {

// Owned by one thread.
class ServerClient {
 public:
  // Where --url and --token (WEIR_URL, WEIR_TOKEN) say, else the server that runs over the data of
  // the workspace around the current folder.
  static Result<ServerClient> find(const Session& session);

  // The server that runs over that data folder; nothing where none does.
  static Result<std::optional<ServerClient>> over(const std::filesystem::path& data,
                                                  const Session& session);

  using Headers = std::vector<std::pair<std::string, std::string>>;
  // An answer of any status.
  Result<net::Response> ask(const std::string& method, const std::string& target,
                            const std::string& body = {}, const Headers& headers = {});
  // The `data` of a successful answer; else what the refusal says.
  Result<formats::JsonValue> data(const std::string& method, const std::string& target,
                                  const std::string& body = {}, const Headers& headers = {});
  // The rows that batch SQL answers with, as CSV with a head.
  Result<std::string> csv(const std::string& sql);

 private:
  explicit ServerClient(std::unique_ptr<net::HttpClient> http) : http_(std::move(http)) {}

  std::unique_ptr<net::HttpClient> http_;
};

// What a refused answer says, with the fault of its status.
Error refusal_of(const net::Response& response);
// The body of POST /weir/v1/sql.
std::string sql_body(const std::string& sql);

}  // namespace weir::client
