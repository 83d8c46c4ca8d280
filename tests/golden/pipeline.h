// A pipeline as a text file: a workspace, what is sent to it, and the rows that must come out.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace weir::golden {

// Lines sent in one request, or a watermark.
struct Step {
  std::string source;
  std::vector<std::string> events;
  std::optional<std::string> watermark;  // "end" or a time
};

// What a relation must hold, as CSV with its head: a stream's name, or late(name).
struct Expected {
  std::string relation;
  std::string csv;
};

// The file's parts, each begun by a line `== ...`:
//   the YAML documents of the workspace, before the first of them
//   == file NAME              its text, beside the workspace
//   == send SOURCE            NDJSON lines
//   == watermark SOURCE AT    nothing more
//   == expect RELATION        CSV, in the order of its own text
// A line `== late for some windows` says that a row of a hop came late for a part of its windows,
// so that a batch query over the rows gives the same only for the windows it is not of.
struct Pipeline {
  std::filesystem::path file;
  std::string workspace;
  std::map<std::string, std::string> files;
  std::vector<Step> steps;
  std::vector<Expected> expected;
  bool late_for_some_windows = false;

  static Result<Pipeline> read(const std::filesystem::path& file);
};

}  // namespace weir::golden
