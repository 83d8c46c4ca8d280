#include "collect/beacon_snippet.h"

namespace weir::collect {
namespace {

// A text as body makes sendBeacon say text/plain, which needs no preflight.
constexpr const char* snippet = R"js(// <script src="https://HOST/beacon.js"></script>
// weir('SOURCE', {any: 'event'}) sends the event; `timestamp` is the time of the call.
// A source without browser.origins needs a token: <script src="..." data-key="TOKEN">.
(function () {
  'use strict';
  var script = document.currentScript;
  var base = script ? script.src.replace(/\/beacon\.js(\?.*)?$/, '') : location.origin;
  var key = script && script.getAttribute('data-key');
  window.weir = function (source, event) {
    var url = base + '/beacon/' + encodeURIComponent(source);
    if (key) url += '?key=' + encodeURIComponent(key);
    var body = JSON.stringify(Object.assign({timestamp: Date.now()}, event));
    if (navigator.sendBeacon && navigator.sendBeacon(url, body)) return;
    fetch(url, {method: 'POST', body: body, credentials: 'omit'}).catch(function () {});
  };
})();
)js";

}  // namespace

net::Response beacon_snippet() {
  return {
      .status = 200,
      .body = snippet,
      .content_type = "application/javascript; charset=utf-8",
      .headers = {{"Cache-Control", "public, max-age=3600"}, {"Access-Control-Allow-Origin", "*"}}};
}

}  // namespace weir::collect
