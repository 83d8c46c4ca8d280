#include "net/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace weir::net {
namespace {

constexpr long connect_timeout_seconds = 10;
constexpr long answer_timeout_seconds = 300;
constexpr std::size_t answer_bytes_max = 1 << 30;

template <auto free>
struct Free {
  void operator()(auto* object) const { free(object); }
};
using Easy = std::unique_ptr<CURL, Free<curl_easy_cleanup>>;
using Url = std::unique_ptr<CURLU, Free<curl_url_cleanup>>;
using FieldList = std::unique_ptr<curl_slist, Free<curl_slist_free_all>>;

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& letter : lowered) letter = static_cast<char>(std::tolower(letter & 0xff));
  return lowered;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

void append_field(FieldList& fields, const std::string& field) {
  curl_slist* const all = curl_slist_append(fields.get(), field.c_str());
  ASSERT(all != nullptr);
  if (!fields) fields.reset(all);
}

std::size_t take_body(char* bytes, std::size_t one, std::size_t count, void* arriving) {
  std::string& body = static_cast<Response*>(arriving)->body;
  if (body.size() + one * count > answer_bytes_max) return 0;
  body.append(bytes, one * count);
  return one * count;
}

std::size_t take_field(char* bytes, std::size_t one, std::size_t count, void* arriving) {
  Response& response = *static_cast<Response*>(arriving);
  std::string_view line(bytes, one * count);
  while (!line.empty() && std::isspace(line.back() & 0xff) != 0) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // of the answer, after those of a 100 Continue
    response.headers.clear();
    response.content_type.clear();
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return one * count;
  std::string name = lower(line.substr(0, colon));
  line.remove_prefix(std::min(line.find_first_not_of(" \t", colon + 1), line.size()));
  if (name == "content-type") {
    response.content_type = line;
  } else if (name != "content-length") {
    response.headers.emplace_back(std::move(name), line);
  }
  return one * count;
}

class CurlClient final : public HttpClient {
 public:
  // A loopback server is asked directly, whatever proxy the environment names.
  CurlClient(Easy easy, std::string base, bool is_loopback, const std::string& token)
      : easy_(std::move(easy)), base_(std::move(base)), is_loopback_(is_loopback) {
    if (!token.empty()) authorization_ = "Authorization: Bearer " + token;
  }

  Result<Response> send(const std::string& method, const std::string& target,
                        const std::string& body,
                        const std::vector<std::pair<std::string, std::string>>& headers) override;

 private:
  template <class T>
  void set(CURLoption option, T value) {
    ASSERT(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK);
  }
  Result<FieldList> fields_of(
      const std::vector<std::pair<std::string, std::string>>& headers) const;
  void set_body(const std::string& method, const std::string& body);
  Error unanswered(CURLcode code, const char* words) const;

  Easy easy_;  // keeps the connection
  const std::string base_;
  const bool is_loopback_;
  std::string authorization_;
};

Result<Response> CurlClient::send(const std::string& method, const std::string& target,
                                  const std::string& body,
                                  const std::vector<std::pair<std::string, std::string>>& headers) {
  const std::string url = base_ + target;
  if (breaks_line(url + method)) {
    return Error{Fault::invalid, "a request's method and target must be one line"};
  }
  TRY(const FieldList fields, fields_of(headers));
  std::array<char, CURL_ERROR_SIZE> words{};
  Response arriving{.content_type = {}};
  curl_easy_reset(easy_.get());  // of options; the connection stays
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_HTTPHEADER, fields.get());
  set(CURLOPT_ERRORBUFFER, words.data());
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&arriving));
  set(CURLOPT_HEADERFUNCTION, &take_field);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&arriving));
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, connect_timeout_seconds);
  set(CURLOPT_TIMEOUT, answer_timeout_seconds);
  if (is_loopback_) set(CURLOPT_NOPROXY, "*");
  set_body(method, body);
  const CURLcode code = curl_easy_perform(easy_.get());
  if (code != CURLE_OK) return unanswered(code, words.data());
  long status = 0;
  ASSERT(curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status) == CURLE_OK);
  arriving.status = static_cast<int>(status);
  return arriving;
}

Result<FieldList> CurlClient::fields_of(
    const std::vector<std::pair<std::string, std::string>>& headers) const {
  FieldList fields;
  // curl would call every body a form.
  bool has_content_type = false;
  if (!authorization_.empty()) append_field(fields, authorization_);
  for (const auto& [name, value] : headers) {
    if (breaks_line(name + value)) {
      return Error{Fault::invalid, "the header " + name + " must be one line"};
    }
    has_content_type = has_content_type || lower(name) == "content-type";
    append_field(fields, value.empty() ? name + ";" : name + ": " + value);
  }
  if (!has_content_type) append_field(fields, "Content-Type:");
  return fields;
}

void CurlClient::set_body(const std::string& method, const std::string& body) {
  const bool may_be_without = method != "POST" && method != "PUT";
  if (method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (!body.empty() || !may_be_without) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_POSTFIELDS, body.data());
  }
  set(CURLOPT_CUSTOMREQUEST, method.c_str());
}

Error CurlClient::unanswered(CURLcode code, const char* words) const {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return {Fault::unavailable, "nobody answers at " + base_ + ": is the server running there?"};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Fault::unavailable, "the host of " + base_ + " is not known"};
    case CURLE_OPERATION_TIMEDOUT: return {Fault::unavailable, base_ + " did not answer in time"};
    case CURLE_WRITE_ERROR:
      return {Fault::unavailable, "the answer of " + base_ + " is larger than 1 GB"};
    default: break;
  }
  const std::string reason = *words != '\0' ? words : curl_easy_strerror(code);
  return {Fault::unavailable, base_ + " did not answer: " + reason};
}

}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::open(const std::string& base,
                                                     const std::string& token) {
  const Url url(curl_url());
  const bool is_url = url && curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) == CURLUE_OK;
  const std::string scheme = is_url ? url_part(url.get(), CURLUPART_SCHEME) : "";
  if ((scheme != "http" && scheme != "https") || base.find_first_of("?#") != std::string::npos) {
    return Error{Fault::invalid, "'" + base + "' is no server's URL: write http://127.0.0.1:8080"};
  }
  if (breaks_line(token)) return Error{Fault::invalid, "the token must be one line"};
  Easy easy(curl_easy_init());
  if (!easy) return Error{Fault::unavailable, "libcurl cannot be started"};
  std::string trimmed = base;
  while (trimmed.ends_with('/')) trimmed.pop_back();
  return std::make_unique<CurlClient>(std::move(easy), std::move(trimmed),
                                      is_loopback(url_part(url.get(), CURLUPART_HOST)), token);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const unsigned char byte : text) {
    const bool is_letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    const bool is_digit = byte >= '0' && byte <= '9';
    if (is_letter || is_digit || byte == '-' || byte == '.' || byte == '_' || byte == '~') {
      encoded += static_cast<char>(byte);
    } else {
      ((encoded += '%') += digits[byte >> 4]) += digits[byte & 0xf];
    }
  }
  return encoded;
}

}  // namespace weir::net
