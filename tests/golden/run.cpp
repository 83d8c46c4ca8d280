#include "run.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <fstream>

#include "collect/collector.h"
#include "govern/tokens.h"
#include "journal/heads.h"
#include "journal/journal.h"
#include "operate/stream_specs.h"
#include "process/stream_job.h"
#include "scalars/time_text.h"
#include "store/static_table.h"
#include "workspace/loader.h"

namespace weir::golden {
namespace {

constexpr std::chrono::seconds patience{60};

// Memory where there is some: a pipeline is restarted many times.
std::filesystem::path scratch_folder() {
  const bool has_memory = std::filesystem::exists("/dev/shm");
  std::string name = (has_memory ? "/dev/shm" : "/tmp") + std::string("/weir-golden-XXXXXX");
  ASSERT(mkdtemp(name.data()) != nullptr);
  return name;
}

struct ScratchFolder {
  std::filesystem::path path = scratch_folder();
  ~ScratchFolder() { std::filesystem::remove_all(path); }
};

Error first_of(const std::vector<workspace::Mistake>& mistakes) {
  return {Fault::invalid, workspace::to_string(mistakes.front())};
}

Result<workspace::CompiledWorkspace> compile(const Pipeline& pipeline,
                                             const std::filesystem::path& folder) {
  std::string text = pipeline.workspace;
  if (!text.starts_with("weir:") && text.find("\nweir:") == std::string::npos) {
    text = "weir: 1\nname: golden\n---\n" + text;
  }
  std::ofstream(folder / "weir.yaml") << text;
  for (const auto& [name, content] : pipeline.files) std::ofstream(folder / name) << content;
  auto loaded = workspace::load(folder);
  if (auto* mistakes = std::get_if<1>(&loaded)) return first_of(*mistakes);
  auto compiled = workspace::compile(std::get<0>(std::move(loaded)));
  if (auto* mistakes = std::get_if<1>(&compiled)) return first_of(*mistakes);
  return std::get<0>(std::move(compiled));
}

Result<Instant> instant(const std::string& text) {
  std::int64_t micros = 0;
  if (read_timestamp(text, TimeZone(), micros) != Fit::good) {
    return Error{Fault::invalid, "\"" + text + "\" is no timestamp"};
  }
  return Instant(std::chrono::microseconds(micros));
}

// The parts of a platform that decide what streams give, without tables, gateway or sockets.
class Running {
 public:
  Running(const Pipeline& pipeline, const Way& way, std::filesystem::path folder)
      : pipeline_(pipeline), way_(way), folder_(std::move(folder)) {}

  Result<void> start() {
    TRY(workspace::CompiledWorkspace compiled, compile(pipeline_, folder_));
    TRY(journal_, journal::Journal::open(folder_ / "data", {}, clock_));
    TRY(tokens_, govern::Tokens::open(folder_ / "data", clock_));
    TRY(collector_,
        collect::Collector::start(compiled.declared.sources,
                                  {*journal_, *tokens_, clock_, folder_ / "data/collect"}));
    return start_jobs(std::move(compiled));
  }

  Result<void> take(const Step& step) {
    if (step.watermark) {
      std::optional<Instant> at;
      if (*step.watermark != "end") {
        TRY(at, instant(*step.watermark));
      }
      OK_OR_RETURN(collector_->move_watermark(step.source, at));
      return settle();
    }
    const std::size_t most = way_.rows_a_request ? way_.rows_a_request : step.events.size();
    for (std::size_t first = 0; first < step.events.size(); first += most) {
      OK_OR_RETURN(send(step, first, std::min(most, step.events.size() - first)));
    }
    return {};
  }

  // All that is in the journal is processed, by one stream after the one it reads.
  Result<void> settle() {
    const Position end = journal_->end();
    Position settled = end;
    for (const auto& job : jobs_) {
      TRY(const Position made, job->settle(settled, std::chrono::steady_clock::now() + patience));
      settled = std::max(settled, made);
    }
    return {};
  }

  Result<Outcome> outcome() {
    Outcome outcome;
    TRY(outcome.workspace, compile(pipeline_, folder_));
    for (const auto& source : outcome.workspace.declared.sources) {
      TRY(const auto entries, entries_of(source.name, journal::Kind::events));
      for (const auto& entry : entries) outcome.sources[source.name].push_back(entry->batches[0]);
    }
    for (const auto& stream : outcome.workspace.streams) {
      TRY(outcome.streams[stream.declared.name], outcome_of(stream.declared.name));
    }
    return outcome;
  }

 private:
  Result<void> start_jobs(workspace::CompiledWorkspace compiled) {
    TRY(tables_, engine::Database::open({}));
    for (const workspace::StaticTable& table : compiled.static_tables) {
      OK_OR_RETURN(store::put_static_table(*tables_, table));
    }
    const auto is_new = [](const std::string&) { return false; };
    TRY(auto specs, operate::stream_specs(compiled, *journal_, is_new));
    for (process::StreamSpec& spec : specs) {
      spec.batch_rows_max = way_.rows_a_batch;
      spec.parallelism = way_.parallelism;
      const std::filesystem::path folder = folder_ / "data/state" / spec.name;
      TRY(auto job,
          process::StreamJob::open(std::move(spec), {*journal_, tables_, folder, clock_}));
      job->start();
      jobs_.push_back(std::move(job));
    }
    return {};
  }

  Result<void> send(const Step& step, std::size_t first, std::size_t count) {
    std::string body;
    for (std::size_t i = first; i < first + count; ++i) body += step.events[i] + "\n";
    TRY(const collect::Ingested ingested,
        collector_->ingest(step.source, body, formats::BodyForm::ndjson));
    if (ingested.quarantined > 0) {
      return Error{Fault::invalid, "a row does not fit the source: " + body};
    }
    if (way_.interruption == Interruption::none) return {};
    OK_OR_RETURN(settle());
    return restart();
  }

  Result<void> restart() {
    const bool crashes = way_.interruption == Interruption::crash && ++restarts_ % 2 == 0;
    const std::filesystem::path state = folder_ / "data/state";
    const std::filesystem::path kept = folder_ / "kept";
    if (crashes) copy(state, kept, std::filesystem::copy_options::recursive);
    while (!jobs_.empty()) jobs_.pop_back();
    collector_.reset();
    tokens_.reset();
    journal_.reset();
    if (crashes) {
      remove_all(state);
      rename(kept, state);
    }
    return start();
  }

  Result<std::vector<std::shared_ptr<const journal::Entry>>> entries_of(const std::string& topic,
                                                                        journal::Kind kind) {
    std::vector<std::shared_ptr<const journal::Entry>> entries;
    const auto reader = journal_->read({{topic}, {kind}}, 0);
    while (true) {
      TRY(const std::optional<journal::Placed> placed, reader->next());
      if (!placed) return entries;
      entries.push_back(placed->entry);
    }
  }

  Result<StreamOutcome> outcome_of(const std::string& stream) {
    TRY(const auto commits, entries_of(stream, journal::Kind::commit));
    StreamOutcome outcome;
    for (const auto& commit : commits) {
      const auto batch = [&](std::size_t index) {
        return index < commit->batches.size() ? commit->batches[index] : nullptr;
      };
      if (batch(0) && batch(0)->rows() > 0) outcome.rows.push_back(batch(0));
      if (batch(1) && batch(1)->rows() > 0) outcome.late.push_back(batch(1));
      if (batch(2)) outcome.poisoned += batch(2)->rows();
    }
    return outcome;
  }

  const Pipeline& pipeline_;
  const Way& way_;
  std::filesystem::path folder_;
  SystemClock clock_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<govern::Tokens> tokens_;
  std::unique_ptr<collect::Collector> collector_;
  std::shared_ptr<engine::Database> tables_;
  std::vector<std::unique_ptr<process::StreamJob>> jobs_;
  int restarts_ = 0;
};

}  // namespace

Result<Outcome> run(const Pipeline& pipeline, const Way& way) {
  const ScratchFolder scratch;
  Running running(pipeline, way, scratch.path);
  OK_OR_RETURN(running.start());
  for (const Step& step : pipeline.steps) OK_OR_RETURN(running.take(step));
  OK_OR_RETURN(running.settle());
  return running.outcome();
}

}  // namespace weir::golden
