"""The page on PyNN says what the tests find."""

from pathlib import Path

from test_scenarios import NEED_CHANGES, NEED_SERVE, NOT_HERE

PAGE = Path(__file__).resolve().parents[2] / "Documentation" / "PyNN.md"


def test_every_scenario_that_does_not_pass_is_on_the_page():
    text = PAGE.read_text()
    for name in {*NOT_HERE, *NEED_CHANGES, *NEED_SERVE}:
        assert f"`{name}`" in text, f"{name} is not on the page"
