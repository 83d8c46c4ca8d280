#include "pipeline.h"

#include <fstream>
#include <sstream>

namespace weir::golden {
namespace {

constexpr std::string_view mark = "== ";

struct Section {
  std::string title;
  std::vector<std::string> lines;
};

std::vector<Section> sections_of(std::istream& text) {
  std::vector<Section> sections(1);
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(mark)) {
      sections.push_back({line.substr(mark.size()), {}});
    } else {
      sections.back().lines.push_back(line);
    }
  }
  return sections;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

Result<void> add(Pipeline& pipeline, const Section& section) {
  std::istringstream title(section.title);
  std::string what, name, rest;
  title >> what >> name;
  std::getline(title >> std::ws, rest);
  if (what == "send") {
    pipeline.steps.push_back({.source = name, .events = section.lines});
  } else if (what == "file") {
    pipeline.files[name] = joined(section.lines);
  } else if (what == "watermark") {
    pipeline.steps.push_back({.source = name, .watermark = rest});
  } else if (what == "expect") {
    pipeline.expected.push_back({name, joined(section.lines)});
  } else if (section.title == "late for some windows") {
    pipeline.late_for_some_windows = true;
  } else {
    return Error{Fault::invalid, "no section is called \"" + section.title + "\""};
  }
  return {};
}

}  // namespace

Result<Pipeline> Pipeline::read(const std::filesystem::path& file) {
  std::ifstream text(file);
  if (!text) return Error{Fault::not_found, file.string() + " cannot be read"};
  const std::vector<Section> sections = sections_of(text);
  Pipeline pipeline{.file = file, .workspace = joined(sections.front().lines)};
  for (std::size_t i = 1; i < sections.size(); ++i) OK_OR_RETURN(add(pipeline, sections[i]));
  return pipeline;
}

}  // namespace weir::golden
