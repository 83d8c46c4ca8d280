#include "collect/collector.h"

#include <future>
#include <mutex>
#include <utility>

#include "collect/collect_thread.h"
#include "collect/cross_origin.h"
#include "collect/gate.h"
#include "collect/ledger.h"
#include "collect/recovery.h"
#include "collect/snapshot_folder.h"
#include "collect/watermark_body.h"

namespace weir::collect {
namespace {

// A snapshot is written once the journal has grown by that many times what writing it costs.
constexpr std::size_t growth_min = 4;
constexpr std::size_t cheap_bytes = std::size_t{1} << 20;  // always written

std::vector<std::string> names_of(const std::vector<workspace::Source>& sources) {
  std::vector<std::string> names;
  for (const workspace::Source& source : sources) names.push_back(source.name);
  return names;
}

Result<std::vector<SourceIntake>> intakes_of(const std::vector<workspace::Source>& sources) {
  std::vector<SourceIntake> intakes;
  for (const workspace::Source& source : sources) {
    TRY(auto decoder, within("source " + source.name, formats::EventDecoder::make(source.rules)));
    intakes.push_back({.name = source.name,
                       .max_ahead = source.max_ahead,
                       .lateness = source.lateness,
                       .time_column = event_time_column(source.rules),
                       .decoder = std::move(decoder)});
  }
  return intakes;
}

net::Response answer_for(const Admitted& admitted, const Outcome& outcome) {
  if (admitted.route == Route::watermark) return watermark_answer(outcome);
  if (admitted.route == Route::ingest) return ingest_answer(outcome);
  net::Response response = beacon_answer(outcome);
  show_to(admitted.origin, response);
  return response;
}

class RunningCollector final : public Collector {
 public:
  RunningCollector(std::vector<workspace::Source> sources, CollectorParts parts,
                   SnapshotFolder folder)
      : sources_(std::move(sources)),
        parts_(std::move(parts)),
        gate_(sources_, parts_.tokens),
        folder_(std::move(folder)) {}

  Result<void> begin() {
    TRY(std::vector<SourceIntake> intakes, intakes_of(sources_));
    TRY(std::optional<Snapshot> snapshot, folder_.newest());
    TRY(Snapshot known, recover(parts_.journal, std::move(snapshot).value_or(Snapshot{}), intakes));
    ledger_.emplace(names_of(sources_), std::move(known));
    thread_.emplace(std::move(intakes),
                    CollectThread::Parts{parts_.journal, parts_.clock, *ledger_});
    return {};
  }

  bool takes(std::string_view path) const override { return gate_.addresses().takes(path); }

  std::unique_ptr<net::Response> check_head(const net::Request& request) const override {
    auto admission = gate_.admit(request);
    auto* response = std::get_if<net::Response>(&admission);
    return response == nullptr ? nullptr : std::make_unique<net::Response>(std::move(*response));
  }

  void handle(net::Request request, net::Reply reply) override {
    auto admission = gate_.admit(request);
    if (auto* response = std::get_if<net::Response>(&admission)) {
      return reply.send(std::move(*response));
    }
    Admitted& admitted = *std::get_if<Admitted>(&admission);
    Submission submission{.source = admitted.source};
    if (admitted.idempotency_key) {
      submission.key = SenderKey{admitted.token, std::move(*admitted.idempotency_key)};
    }
    if (admitted.route == Route::watermark) {
      auto head = read_watermark(request.body, sources_[admitted.source], parts_.clock.now());
      if (auto* refusal = std::get_if<Refusal>(&head)) return reply.send(answer(*refusal));
      submission.work = *std::get_if<journal::WatermarkHead>(&head);
    } else {
      submission.work =
          EventBody{std::move(request.body), std::move(admitted.encoding), admitted.form};
    }
    submission.answer = [shared = std::make_shared<net::Reply>(std::move(reply)),
                         admitted = std::move(admitted)](const Outcome& outcome) {
      shared->send(answer_for(admitted, outcome));
    };
    const std::optional<Refusal> refusal = thread_->submit(submission);
    if (refusal) submission.answer(*refusal);
  }

  Result<Ingested> ingest(const std::string& source, std::string body,
                          formats::BodyForm form) override {
    return submit_and_wait(source, EventBody{std::move(body), {}, form}, nullptr);
  }

  Result<Ingested> ingest_again(const std::string& source, std::string body,
                                std::shared_ptr<const Batch> replays) override {
    return submit_and_wait(source, EventBody{std::move(body), {}, formats::BodyForm::json},
                           std::move(replays));
  }

  Result<Position> move_watermark(const std::string& source, std::optional<Instant> at) override {
    TRY(const Ingested done, submit_and_wait(source, journal::WatermarkHead{at}, nullptr));
    return done.position;
  }

  std::vector<SourceCounts> counts() const override { return ledger_->counts(); }

  Result<Position> checkpoint() override {
    std::lock_guard lock(folder_mutex_);
    thread_->pass_end();
    const std::size_t bytes = ledger_->key_bytes();
    const Position growth = ledger_->through() - folder_.newest_through();
    if (growth == 0 || (bytes > cheap_bytes && growth < growth_min * bytes)) {
      return folder_.before_newest();
    }
    const auto [through, snapshot] = ledger_->snapshot();
    OK_OR_RETURN(folder_.write(through, snapshot));
    return folder_.before_newest();
  }

 private:
  Result<Ingested> submit_and_wait(const std::string& source,
                                   std::variant<EventBody, journal::WatermarkHead> work,
                                   std::shared_ptr<const Batch> replays) {
    const std::optional<std::size_t> index = gate_.addresses().source(source);
    if (!index) return error_of(gate_.unknown_source(source, {{govern::Action::administer, {}}}));
    const auto promise = std::make_shared<std::promise<Outcome>>();
    std::future<Outcome> future = promise->get_future();
    Submission submission{.source = *index, .work = std::move(work), .replays = std::move(replays)};
    submission.answer = [promise](const Outcome& outcome) { promise->set_value(outcome); };
    const std::optional<Refusal> refused = thread_->submit(submission);
    if (refused) return error_of(*refused);
    const Outcome outcome = future.get();
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) return error_of(*refusal);
    return std::get_if<Receipt>(&outcome)->counts;
  }

  const std::vector<workspace::Source> sources_;
  const CollectorParts parts_;
  const Gate gate_;
  std::mutex folder_mutex_;
  SnapshotFolder folder_;  // under folder_mutex_
  std::optional<Ledger> ledger_;
  std::optional<CollectThread> thread_;  // last: it answers before the rest goes
};

}  // namespace

Result<std::unique_ptr<Collector>> Collector::start(std::vector<workspace::Source> sources,
                                                    CollectorParts parts) {
  TRY(SnapshotFolder folder, SnapshotFolder::open(parts.folder));
  auto collector =
      std::make_unique<RunningCollector>(std::move(sources), std::move(parts), std::move(folder));
  OK_OR_RETURN(collector->begin());
  return std::unique_ptr<Collector>(std::move(collector));
}

}  // namespace weir::collect
