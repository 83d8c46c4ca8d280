#include "openapi/explorer.h"

#include <algorithm>
#include <array>
#include <cstddef>

// The files of Swagger UI, gzipped by the build, as they lie in its folder.
#define EMBED(name, file)               \
  asm(".section .rodata\n"              \
      ".global " #name "_begin\n" #name \
      "_begin:\n"                       \
      ".incbin \"" file                 \
      "\"\n"                            \
      ".global " #name "_end\n" #name   \
      "_end:\n"                         \
      ".byte 0\n"                       \
      ".previous\n");                   \
  extern "C" const char name##_begin[]; \
  extern "C" const char name##_end[]

EMBED(swagger_script, WEIR_SWAGGER "/swagger-ui-bundle.js.gz");
EMBED(swagger_style, WEIR_SWAGGER "/swagger-ui.css.gz");

namespace weir::openapi {
namespace {

constexpr std::string_view page = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Weir: explorer</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<form id="ask">
<label for="token">Token</label>
<input id="token" type="password" size="60" autocomplete="off">
<button>Show what it may call</button>
<span id="trouble" role="alert"></span>
</form>
<div id="explorer"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/explorer.js"></script>
</body>
</html>
)";

// The token stays in this tab.
constexpr std::string_view script = R"("use strict";
const form = document.getElementById("ask");
const field = document.getElementById("token");
const trouble = document.getElementById("trouble");

async function show() {
  const headers = { Authorization: "Bearer " + field.value.trim() };
  const answer = await fetch("/openapi.json", { headers });
  const body = await answer.json();
  trouble.textContent = answer.ok ? "" : body.message;
  if (!answer.ok) return;
  sessionStorage.setItem("token", field.value.trim());
  SwaggerUIBundle({
    spec: body,
    dom_id: "#explorer",
    validatorUrl: null,
    requestInterceptor: (request) => {
      request.headers.Authorization = headers.Authorization;
      return request;
    },
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
field.value = sessionStorage.getItem("token") || "";
if (field.value) show();
)";

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

struct PlacedFile {
  std::string_view path;
  PageFile file;
};

}  // namespace

std::optional<PageFile> explorer_file(std::string_view path) {
  constexpr std::string_view script_type = "text/javascript; charset=utf-8";
  static const auto files = std::to_array<PlacedFile>({
      {"/docs", {page, "text/html; charset=utf-8"}},
      {"/docs/", {page, "text/html; charset=utf-8"}},
      {"/docs/explorer.js", {script, script_type}},
      {"/docs/swagger-ui-bundle.js",
       {between(swagger_script_begin, swagger_script_end), script_type, true}},
      {"/docs/swagger-ui.css",
       {between(swagger_style_begin, swagger_style_end), "text/css; charset=utf-8", true}},
  });
  const auto found = std::ranges::find(files, path, &PlacedFile::path);
  return found == files.end() ? std::nullopt : std::optional(found->file);
}

}  // namespace weir::openapi
