// The script that a page includes to send events: weir('clicks', {page: location.pathname}).
#pragma once

#include "net/http.h"

namespace weir::collect {

// JavaScript, cacheable. It sends to the server it was loaded from.
net::Response beacon_snippet();

}  // namespace weir::collect
