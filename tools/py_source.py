"""Reads Python as far as the checks need it: its functions."""

import ast

from cpp_source import Function

_CONTROL = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)


def _nesting(node: ast.AST, depth: int = 0) -> int:
    deepest = depth
    for child in ast.iter_child_nodes(node):
        is_else_if = isinstance(node, ast.If) and child in node.orelse and isinstance(child, ast.If)
        deeper = isinstance(child, _CONTROL) and not is_else_if
        deepest = max(deepest, _nesting(child, depth + deeper))
    return deepest


def functions(text: str) -> list[Function]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef):
            continue
        own = [argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")]
        lines = node.end_lineno - node.lineno + 1
        parameters = len(own) + len(node.args.kwonlyargs)
        found.append(Function(node.name, node.lineno, lines, parameters, _nesting(node), False))
    return found
