"""What a notebook shows."""

import spinnsim.spynnaker as sim
from spinnsim import jupyter


def test_populations_and_projections_show_where_they_are_and_how_many():
    sim.setup(1.0)
    cells = sim.Population(300, sim.IF_curr_exp(), label="<cells>", neurons_per_core=100)
    projection = sim.Projection(cells, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.1, delay=1.0))
    assert "cores" not in cells._repr_html_() and "synapses" not in projection._repr_html_()
    sim.run(1)
    shown = cells._repr_html_()
    assert "<caption>&lt;cells&gt;</caption>" in shown and ">cores</th><td>3</td>" in shown and "IF_curr_exp" in shown
    projection.get("weight", "list")
    assert ">synapses</th><td>300</td>" in projection._repr_html_()
    sim.end()


def test_progress_is_one_line(capsys):
    for step in (10, 20):
        jupyter.progress({"event": "progress", "phase": "run", "step": step, "steps": 20})
    assert capsys.readouterr().out == "\rstep 10 of 20\rstep 20 of 20\n"
