"""The page on PyNN says what the tests find."""

from pathlib import Path

from test_scenarios import FAILING, SKIPPED

PAGE = Path(__file__).resolve().parents[2] / "Documentation" / "PyNN.md"


def test_every_scenario_that_does_not_pass_is_on_the_page_with_its_reason():
    text = PAGE.read_text()
    for verdict, listed in (("skipped", SKIPPED), ("fails", FAILING)):
        for name, reason in listed.items():
            assert f"| `{name}` | {verdict} | {reason.replace('PointNeuron', '`PointNeuron`')} |" in text
    assert f"{66 - len(SKIPPED) - len(FAILING)} pass" in text
