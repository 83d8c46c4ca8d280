// All documents of a workspace, decoded as far as they could be.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "workspace/api_document.h"
#include "workspace/source_document.h"
#include "workspace/stream_document.h"
#include "workspace/table_document.h"
#include "workspace/test_document.h"
#include "workspace/weir_document.h"

namespace weir::workspace {

struct Documents {
  std::vector<std::unique_ptr<const WorkspaceFile>> files;
  std::vector<Document<WeirDocument>> weir;
  std::vector<Document<SourceDocument>> sources;
  std::vector<Document<StreamDocument>> streams;
  std::vector<Document<TableDocument>> tables;
  std::vector<Document<ApiDocument>> apis;
  std::vector<Document<TestDocument>> tests;
  std::vector<std::string> unknown;  // names behind kinds that there are not
  bool is_whole = true;              // false: some text could not be read as documents
};

// The files that documents are read from, relative to the folder, in order. The data folder and
// hidden ones are not entered.
Result<std::vector<std::string>> find_files(const std::filesystem::path& folder,
                                            const std::filesystem::path& data);

// Finds and decodes the files of the folder; weir.yaml comes first, as it says where data is and
// which variables there are.
Documents read_documents(const std::filesystem::path& folder, std::vector<Mistake>& mistakes);

// Only weir.yaml.
Documents read_weir_file(const std::filesystem::path& folder, std::vector<Mistake>& mistakes);

// The forms of all kinds, in the order in which a reader meets them.
std::vector<const SettingForm*> document_forms();
// Those, each followed by the forms of the maps inside it, named by where they stand.
std::vector<SettingForm> reference_forms();

}  // namespace weir::workspace
