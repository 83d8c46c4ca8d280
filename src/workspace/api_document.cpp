#include "workspace/api_document.h"

#include <algorithm>
#include <cctype>

#include "workspace/source_document.h"
#include "workspace/sql_places.h"

namespace weir::workspace {
namespace {

using namespace std::chrono_literals;

bool is_word(std::string_view text) {
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

bool is_version(std::string_view word) {
  return word.size() > 1 && word[0] == 'v' &&
         std::ranges::all_of(word.substr(1), [](unsigned char c) { return std::isdigit(c); });
}

void check_path(const Placed<std::string>& path, Report& report) {
  bool fits = path.value.starts_with('/');
  std::string_view rest = path.value;
  std::string_view first;
  while (fits && !rest.empty()) {
    rest.remove_prefix(1);
    const std::string_view word = rest.substr(0, rest.find('/'));
    if (first.empty()) first = word;
    fits = is_word(word);
    rest.remove_prefix(word.size());
  }
  if (!fits) {
    report.note(path.place, "path: \"" + path.value + "\" is no path such as /origins/worst");
  } else if (first == "data" || is_version(first)) {
    report.note(path.place, "path: \"/" + std::string(first) + "\" is Weir's own below /api");
  }
}

void check_parameter_name(const NamedSetting<ParameterDocument>& parameter, Report& report) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
  };
  const std::string& name = parameter.name;
  if (name.empty() || !std::ranges::all_of(name, fits) ||
      std::isdigit(static_cast<unsigned char>(name[0]))) {
    report.note(parameter.place,
                "parameters: \"" + name + "\" is no name: write small letters, digits and _");
  }
  if (name == "wait" || name == "timeout") {
    report.note(parameter.place, "parameters: \"" + name + "\" is Weir's own on every read");
  }
}

Result<ApiParameter> declare_parameter(const NamedSetting<ParameterDocument>& parameter,
                                       EngineFacts& facts, Report& report) {
  const ParameterDocument& settings = parameter.value;
  check_parameter_name(parameter, report);
  if (!settings.type) return ApiParameter{.name = parameter.name};  // which is a mistake already
  const Type& type = settings.type->value;
  TRY(const ValueBounds bounds,
      read_bounds({settings.min, settings.max, settings.preset}, type, facts, report));
  if (settings.required && settings.preset) {
    report.note(settings.preset->place, "default: a required parameter has none");
  }
  ApiParameter declared{.name = parameter.name, .type = type};
  declared.required = settings.required;
  if (bounds.preset) declared.default_value = bounds.preset->value;
  if (bounds.min) declared.min = bounds.min->value;
  if (bounds.max) declared.max = bounds.max->value;
  return declared;
}

}  // namespace

bool ParameterDocument::read_short(const SettingValue& value, SettingMistakes& mistakes) {
  return SettingType<std::optional<Placed<Type>>>::read(value, type, mistakes);
}

std::string ParameterDocument::short_schema() { return SettingType<Type>::schema(); }

const Spec<ParameterDocument>& ParameterDocument::spec() {
  using C = ParameterDocument;
  static const Spec<C> spec =
      Spec<C>("a type, or a map with type, required, default ...",
              "A parameter of the URL; a type alone is its short form.")
          .field("type", &C::type, "A DuckDB type.", weir::required, example("timestamp"))
          .field("required", &C::required, "A call without it is refused.")
          .field("default", &C::preset, "What stands for it; null without one.", example("10"))
          .field("min", &C::min, "A call with less is refused.", example("1"))
          .field("max", &C::max, "A call with more is refused.", example("1000"));
  return spec;
}

const Spec<ApiDocument>& ApiDocument::spec() {
  using C = ApiDocument;
  static const Spec<C> spec =
      Spec<C>("api", "A query that is published under an address of its own.")
          .field("api", &C::api, "Name of the API.", required, example("worst_origins"))
          .field("path", &C::path, "Its address is /api/v1 and this, v1 being its version.",
                 required, example("/origins/worst"))
          .field("version", &C::version, "Several versions of a path may be served.")
          .field("parameters", &C::parameters, "What stands for $name in the SQL.")
          .field("sql", &C::sql, "One SELECT over tables and sources.")
          .field("sql_file", &C::sql_file, "A file of the workspace in place of sql.")
          .field("cache", &C::cache, "An answer is given again that long.",
                 between(1ms, 86'400'000ms));
  return spec;
}

Result<Api> declare_api(const Document<ApiDocument>& document, const std::filesystem::path& folder,
                        EngineFacts& facts, Report& report) {
  const ApiDocument& settings = document.settings;
  Api api{
      .name = settings.api.value, .path = settings.path.value, .version = settings.version.value};
  if (!api.path.empty()) check_path(settings.path, report);
  if (api.version < 1 || api.version > 1'000) {
    report.note(settings.version.place,
                "version: must be between 1 and 1000, not " + std::to_string(api.version));
  }
  for (const auto& parameter : settings.parameters) {
    TRY(ApiParameter declared, declare_parameter(parameter, facts, report));
    api.parameters.push_back(std::move(declared));
  }
  api.sql = declare_sql(settings.sql, settings.sql_file, folder, report);
  api.cache = settings.cache;
  api.place = report.document_place();
  api.places = report.key_places();
  return api;
}

}  // namespace weir::workspace
