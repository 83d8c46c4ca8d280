// What one round adds to one source: the rows of all its requests, in one batch until the watermark
// is moved by hand.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collect/outcome.h"
#include "collect/submission.h"
#include "core/batch.h"
#include "core/clock.h"
#include "formats/event_decoder.h"
#include "journal/entry.h"
#include "journal/source_watermark.h"

namespace weir::collect {

// A source as the collect thread knows it.
struct SourceIntake {
  std::string name;
  std::chrono::microseconds max_ahead{};
  std::chrono::microseconds lateness{};
  std::size_t time_column = 0;
  std::unique_ptr<formats::EventDecoder> decoder;
  journal::SourceWatermark watermark;  // after all that was handed to the journal
};

// What is accepted never goes back; the clock may.
struct RoundTime {
  Instant accepted;
  Instant clock;
};

// The intake's watermark stays as it is: the caller takes over watermark() once the journal has
// the entries. Receipts stay where they are until finish().
class SourceRound {
 public:
  explicit SourceRound(const SourceIntake& intake);

  // Appends the body's rows and counts them, the late ones not before finish().
  std::optional<Refusal> add(EventBody body, RoundTime time, Receipt& receipt);
  void move_watermark(const journal::WatermarkHead& head);
  // The entries, in order, the refused rows last.
  std::vector<journal::Entry> finish();
  // Of the bodies: decompressed or as columns, whichever is more.
  std::size_t bytes() const { return bytes_; }
  const journal::SourceWatermark& watermark() const { return watermark_; }

 private:
  struct Part {
    Receipt* receipt = nullptr;
    std::size_t rows_end = 0;  // in rows_
  };

  void close_rows();
  void quarantine(const std::vector<formats::RefusedRow>& refused, Instant accepted);

  const SourceIntake& intake_;
  journal::SourceWatermark watermark_;
  std::vector<journal::Entry> entries_;
  std::shared_ptr<Batch> rows_;
  std::vector<Part> parts_;  // whose rows stand in rows_, in order
  std::shared_ptr<Batch> refused_;
  std::size_t bytes_ = 0;
};

}  // namespace weir::collect
