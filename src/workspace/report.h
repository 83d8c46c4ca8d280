// Takes the mistakes of one document, and keeps where the document stands.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "settings/setting_value.h"
#include "workspace/declarations.h"

namespace weir::workspace {

struct WorkspaceFile {
  std::string path;  // relative to the workspace
  std::string text;
};

// A document of a file, decoded as far as it could be.
template <class D>
struct Document {
  D settings;
  SettingValue tree;
  const WorkspaceFile* file = nullptr;
};

class Report {
 public:
  // `document` is where the document begins. All three outlive the report.
  Report(const WorkspaceFile& file, const SettingValue& document, std::vector<Mistake>& mistakes)
      : file_(file), document_(document), mistakes_(mistakes) {}

  void note(SettingPlace place, std::string message) {
    mistakes_.push_back({at(place), std::move(message)});
  }
  // Of the document as a whole.
  void note(std::string message) { note(document_.place, std::move(message)); }
  // Mistakes so far, of all documents.
  std::size_t noted() const { return mistakes_.size(); }
  bool has_key(const std::string& key) const;
  // Where the resource's own key does not stand, the document's place.
  void note_key(const std::string& key, std::string message);
  void note_all(const SettingMistakes& mistakes);

  Place at(SettingPlace place) const { return {file_.path, place.line, place.column}; }
  Place document_place() const { return at(document_.place); }
  KeyPlaces key_places() const;
  const WorkspaceFile& file() const { return file_; }

 private:
  const WorkspaceFile& file_;
  const SettingValue& document_;
  std::vector<Mistake>& mistakes_;
};

}  // namespace weir::workspace
