#include "sql/plan.h"

namespace weir::sql {

const Node& source_of(const Node& root) {
  const Node* node = &root;
  while (!std::holds_alternative<SourceNode>(node->kind)) {
    node = std::visit(
        [](const auto& kind) -> const Node* {
          if constexpr (requires { kind.input; }) {
            return kind.input.get();
          } else {
            return nullptr;
          }
        },
        node->kind);
    ASSERT(node != nullptr);
  }
  return *node;
}

std::shared_ptr<const Schema> poison_schema() {
  static const auto schema =
      std::make_shared<const Schema>(Schema{{{"accepted", Type{.id = TypeId::timestamp}},
                                             {"reason", Type{.id = TypeId::varchar}},
                                             {"row", Type{.id = TypeId::json}}}});
  return schema;
}

}  // namespace weir::sql
