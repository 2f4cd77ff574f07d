"""Tables that notebooks show."""

from __future__ import annotations

from html import escape
from typing import Any


def html_table(title: str, rows: list[tuple[str, Any]]) -> str:
    """A table of names and values; those without a value are left out."""
    cells = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
        for name, value in rows
        if value != ""
    )
    return f"<table><caption>{escape(title)}</caption>{cells}</table>"
