#include "settings/setting_value.h"

namespace weir {

void SettingMistakes::add(SettingPlace place, const std::string& message) {
  mistakes_.push_back({place, path_.empty() ? message : path_ + ": " + message});
}

SettingMistakes::Inside::Inside(SettingMistakes& mistakes, const std::string& key)
    : mistakes_(mistakes), before_(mistakes.path_.size()) {
  mistakes.path_ += (before_ == 0 ? "" : ".") + key;
}

SettingMistakes::Inside::~Inside() { mistakes_.path_.resize(before_); }

}  // namespace weir
