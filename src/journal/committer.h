// Makes entries durable: what waits when an fdatasync returns is the next group.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "journal/block.h"
#include "journal/journal.h"
#include "journal/segments.h"
#include "journal/tail.h"
#include "telemetry/histogram.h"

namespace weir::journal {

// What a journal's groups have in common.
struct Writing {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::size_t segment_bytes = 0;
  std::size_t waiting_bytes_max = 0;
  telemetry::Histogram* sync_seconds = nullptr;  // none: nobody asks
  Instant accepted;                              // no entry is stamped earlier here
};

// Any thread may append; its own thread writes. Commits what waits before it goes.
//
// On a full disk it goes on in the reserve: the group that comes to it is written, and from then on
// only commits are taken, so that streams finish what was accepted; when the reserve is full too,
// groups fail one by one. Meanwhile its thread tries to claim the reserve anew, and all is well
// again when that succeeds. After any other failure the end of the file is unknown: the group is
// cut off again as well as that goes, and nothing is taken any more.
class Committer {
 public:
  Committer(const Writing& writing, Segments& segments, Tail& tail, const Clock& clock);
  ~Committer();
  Committer(const Committer&) = delete;

  Result<void> append(std::vector<Entry> entries, Durable done);
  // As it is known: waits for no disk.
  Result<void> health() const;
  // The latest of the entries that were taken.
  Instant accepted() const;

 private:
  // One call to append.
  struct Waiting {
    std::string blocks;
    std::vector<std::size_t> sizes;
    std::vector<std::shared_ptr<Entry>> entries;
    Durable done;
  };
  struct Group {
    std::vector<Waiting> calls;
    std::size_t bytes = 0;  // of the blocks
  };

  static bool is_of_commits(const Waiting& call);
  Result<void> admit(const Waiting& call);
  void run();
  void wait_for_calls(std::unique_lock<std::mutex>& lock);
  Group take();
  std::size_t group_room() const;
  void commit(Group group);
  Result<std::vector<Placed>> write(Group& group);
  Error give_up(const Error& error) const;
  Result<void> write_zeros_behind(const File& file, Position end, std::uint64_t group_bytes);
  Result<void> make_room(std::uint64_t bytes);
  std::vector<Placed> place(Group& group, const GroupHeader& header) const;
  void refuse(Group group, const Error& error);
  std::vector<Waiting> take_back_events();
  Error note_failure(const Error& error, Group& group);

  const Writing writing_;
  Segments& segments_;
  Tail& tail_;
  const Clock& clock_;

  // The commit thread's own.
  std::optional<Segment> segment_;
  std::optional<File> past_cache_;  // the segment's file, where it can be written so
  PageWriter pages_;
  Position end_;
  Position written_through_ = 0;  // of the segment, by zeros or its former use

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;  // being written too
  Instant accepted_;
  std::optional<Error> failed_;   // for good
  std::optional<Error> full_;     // until there is room; as it was at the last look
  std::string_view full_remark_;  // what is said behind the reason
  bool is_closing_ = false;

  std::thread thread_;
};

}  // namespace weir::journal
