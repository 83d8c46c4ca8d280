#include "sql/plan.h"

namespace weir::sql {

const Node* input_of(const Node& node) {
  return std::visit(
      [](const auto& kind) -> const Node* {
        if constexpr (requires { kind.input; }) {
          return kind.input.get();
        } else {
          return nullptr;
        }
      },
      node.kind);
}

const Node& source_of(const Node& root) {
  const Node* node = &root;
  while (const Node* input = input_of(*node)) node = input;
  ASSERT(std::holds_alternative<SourceNode>(node->kind));
  return *node;
}

std::shared_ptr<const Schema> poison_schema() {
  static const auto schema =
      std::make_shared<const Schema>(Schema{{{"accepted", Type{.id = TypeId::timestamp}},
                                             {"code", Type{.id = TypeId::varchar}},
                                             {"reason", Type{.id = TypeId::varchar}},
                                             {"row", Type{.id = TypeId::json}}}});
  return schema;
}

}  // namespace weir::sql
