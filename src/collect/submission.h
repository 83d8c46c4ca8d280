// One request of events on its way through the collect thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "collect/outcome.h"
#include "core/batch.h"
#include "formats/event_decoder.h"
#include "journal/heads.h"
#include "net/share.h"

namespace weir::collect {

struct EventBody {
  std::string bytes;                      // as sent
  std::string encoding;                   // gzip, zstd or empty
  std::optional<formats::BodyForm> form;  // nothing: the body itself shows it
};

struct SenderKey {
  std::string token;  // its id
  std::string key;
};

// Answered once, from the collect thread or the journal's.
struct Submission {
  std::size_t source = 0;
  std::variant<EventBody, journal::WatermarkHead> work;
  std::optional<SenderKey> key;
  std::shared_ptr<const Batch> replays;  // which refused rows these are, sent again; mostly null
  std::function<void(const Outcome&)> answer;
  net::Share share;
};

}  // namespace weir::collect
