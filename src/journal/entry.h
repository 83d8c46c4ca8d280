// One record of the journal, as the rooms see it: a kind, a topic, a small head and batches of
// rows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/clock.h"
#include "core/position.h"

namespace weir::journal {

// Written to disk: append only.
enum class Kind : std::uint8_t {
  events = 1,       // rows of a source; head: the watermark in force before the first row
  watermark = 2,    // a source's watermark was moved by hand; head: to when, or to the end
  quarantine = 3,   // rows a source refused, with reason and bytes
  idempotency = 4,  // a sender's key with what was answered
  commit = 5,       // what a stream made of its input
  replay = 6,       // which rows that a source refused were sent again and accepted
};

struct Entry {
  Kind kind = Kind::events;
  std::string topic;  // the source's or stream's name
  Instant accepted;   // never earlier than that of its topic's entry before
  std::string head;   // the kind's own small fields, encoded by the room that writes the kind
  std::vector<std::shared_ptr<const Batch>> batches;
};

// An entry with its place. `end` is where the next one may begin: a reader goes on from there.
struct Placed {
  Position begin = 0;
  Position end = 0;
  std::shared_ptr<const Entry> entry;
};

}  // namespace weir::journal
