// GET /api/v{n}/{path}: a published API's SQL, answered for the parameters of the URL.
#pragma once

#include <string>
#include <vector>

#include "serve/answer_cache.h"
#include "serve/call.h"
#include "workspace/declarations.h"

namespace weir::serve {

struct CheckedApi {
  workspace::Api declared;
  std::vector<std::string> reads;
  std::vector<std::string> parameters;  // of the declared, those that the SQL uses
  std::vector<sql::TableConditions> conditions;
};

net::Response answer_api(const Call& call, const CheckedApi& api, AnswerCache& cache);

}  // namespace weir::serve
