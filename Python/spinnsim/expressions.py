"""Weights and delays that are written as expressions of the distance `d` of two neurons."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

_OPERATIONS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.USub, ast.UAdd)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_MODULES = {"np", "numpy"}
_FUNCTIONS = {
    "abs", "absolute", "arccos", "arcsin", "arctan", "arctan2", "ceil", "cos", "cosh", "exp", "fabs", "floor", "hypot",
    "log", "log10", "maximum", "minimum", "power", "sin", "sinh", "sqrt", "tan", "tanh", "where",
}  # fmt: skip


class DistanceExpression:
    """A function of the distance that remembers how it was written."""

    def __init__(self, text: str, function: Callable[[Any], Any]) -> None:
        self.text = text
        self._function = function

    def __call__(self, d: Any) -> Any:
        return self._function(d)

    def __repr__(self) -> str:
        return repr(self.text)

    def topology(self) -> dict[str, str] | None:
        """The expression as the topology has it, or nothing where it has words that mean something else there."""
        try:
            parsed = ast.parse(self.text.strip(), mode="eval").body
        except SyntaxError:
            return None
        return {"expression": self.text.strip()} if _is_known(parsed) else None


def _is_known(node: ast.expr) -> bool:
    """Whether a part of an expression means to the engine what it means to NumPy."""
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ast.Name(id=name):
            return name in ("d", "pi", "e")
        case ast.UnaryOp(op=op, operand=operand):
            return isinstance(op, _OPERATIONS) and _is_known(operand)
        case ast.BinOp(left=left, op=op, right=right):
            return isinstance(op, _OPERATIONS) and _is_known(left) and _is_known(right)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return isinstance(op, _COMPARISONS) and _is_known(left) and _is_known(right)
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return module in _MODULES and name in ("pi", "e")
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return name in _FUNCTIONS and all(map(_is_known, arguments))
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name), args=arguments, keywords=[]):
            return module in _MODULES and name in _FUNCTIONS and all(map(_is_known, arguments))
    return False
