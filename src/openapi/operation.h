// One operation of the document: a method of a path, with its parameters and answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "openapi/json_object.h"

namespace weir::openapi {

struct Answer {
  int status = 200;
  std::string description;
  std::string schema;      // of `data`; empty: it has no body of JSON
  std::string other_type;  // a media type beside JSON, or in its place
  bool has_page = false;
};

class Operation {
 public:
  Operation(std::string_view id, std::string_view summary, std::string_view tag);

  Operation& query(std::string_view name, std::string_view description, std::string_view schema);
  // Whatever stands in it is a list by commas; of a set, each thing once.
  Operation& query_list(std::string_view name, std::string_view description,
                        std::string_view item_schema);
  Operation& query_set(std::string_view name, std::string_view description,
                       std::string_view item_schema);
  Operation& required_query(std::string_view name, std::string_view description,
                            std::string_view schema);
  Operation& header(std::string_view name, std::string_view description, std::string_view schema);
  Operation& path(std::string_view name, std::string_view description, std::string_view schema);
  // A media type and its schema.
  Operation& body(std::string_view media_type, std::string_view schema);
  Operation& optional_body(std::string_view media_type, std::string_view schema);
  Operation& answers(const Answer& answer);
  // Without the envelope.
  Operation& answers_as_it_is(const Answer& answer);
  // Refusals have the envelope, an error code and no data.
  Operation& refuses(const std::vector<int>& statuses);
  Operation& open();          // asks for no token
  Operation& open_to_some();  // asks not everyone for a token

  std::string done() const;

 private:
  Operation& parameter(std::string_view in, std::string_view name, const JsonObject& rest);
  Operation& list(std::string_view name, std::string_view description, const JsonObject& schema);
  Operation& answer(const Answer& answer, const std::string& json_schema);

  JsonObject operation_;
  std::vector<std::string> parameters_;
  JsonObject bodies_;
  bool must_have_body_ = false;
  std::string security_;  // empty: the document's
  JsonObject responses_;
};

}  // namespace weir::openapi
