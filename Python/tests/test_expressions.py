"""Weights and delays that are expressions of the distance stay rules, which the engine makes synapses of."""

import importlib

import numpy as np
import pytest
from pyNN.space import Grid2D, Space

from spinnsim.expressions import DistanceExpression
from spinnsim.pynn import simulator


def network(sim, connector, weight, delay):
    """Two grids, their projection, and the spikes of the second."""
    sim.setup(timestep=1.0, seed=3)
    sources = sim.Population(16, sim.SpikeSourceArray(spike_times=[1.0, 8.0]), structure=Grid2D())
    cells = sim.Population(16, sim.IF_curr_exp(), structure=Grid2D(dx=2.0, dy=2.0))
    cells.record("spikes")
    projection = sim.Projection(
        sources, cells, connector, sim.StaticSynapse(weight=weight, delay=delay), space=Space(axes="xy")
    )
    rows = projection.get(["weight", "delay"], "list")
    sim.run(40)
    spikes = [list(train.magnitude) for train in cells.get_data().segments[0].spiketrains]
    rows = np.array(list(rows))
    pairs = [(sources.positions[:2, int(i)], cells.positions[:2, int(j)]) for i, j in rows[:, :2]]
    return projection, rows, np.array([np.hypot(*(a - b)) for a, b in pairs]), spikes


@pytest.mark.parametrize(("dialect", "tolerance"), [("pynn", 1e-12), ("spynnaker", 1e-4)])
@pytest.mark.parametrize("connector", ["AllToAllConnector", "FixedProbabilityConnector", "OneToOneConnector"])
def test_rules_keep_expressions_and_synapses_have_their_values(dialect: str, tolerance: float, connector: str):
    sim = importlib.import_module("spinnsim." + dialect)
    arguments = (0.5,) if connector == "FixedProbabilityConnector" else ()
    _, rows, distance, _ = network(sim, getattr(sim, connector)(*arguments), "0.5 + d/8", "1.0 + d")
    (entry,) = simulator.state.document.content["projections"]
    assert entry["connector"]["type"] == connector.removesuffix("Connector")
    assert entry["synapse"] == {"weight": {"expression": "0.5 + d/8"}, "delay": {"expression": "1.0 + d"}}
    assert len(rows) >= 16 and np.allclose(rows[:, 2], 0.5 + distance / 8, atol=tolerance)
    assert np.abs(rows[:, 3] - (1 + distance)).max() <= 0.5 and np.all(rows[:, 3] == np.round(rows[:, 3]))
    sim.end()


def test_spikes_are_those_of_the_same_function_worked_out_here():
    sim = importlib.import_module("spinnsim.pynn")
    _, rows, _, spikes = network(sim, sim.AllToAllConnector(), "0.6 + d/8", "1.0 + 2*d")
    sim.end()
    _, others, _, again = network(sim, sim.AllToAllConnector(), lambda d: 0.6 + d / 8, lambda d: 1.0 + 2 * d)
    (entry,) = simulator.state.document.content["projections"]
    assert entry["connector"]["type"] == "FromList" and np.allclose(rows[:, 2], others[:, 2])
    assert spikes == again and sum(map(len, spikes)) > 16
    sim.end()


def test_conductances_take_the_size_of_an_expression():
    sim = importlib.import_module("spinnsim.spynnaker")
    sim.setup(1.0)
    cells = sim.Population(4, sim.IF_cond_exp())
    synapse = sim.StaticSynapse(weight="-0.1 - d", delay=1.0)
    projection = sim.Projection(cells, cells, sim.AllToAllConnector(), synapse, receptor_type="inhibitory")
    sim.run(1)
    rows = np.array(projection.get("weight", "list"))
    assert np.allclose(rows[:, 2], 0.1 + np.abs(rows[:, 0] - rows[:, 1]), atol=1e-3)
    sim.end()


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        ("1 + 2*exp(-d)", True),
        ("np.exp(-d**2/(2*0.5**2))", True),
        ("(d < 2) * 0.3", True),
        ("where(d < 2, 0.3, numpy.sqrt(d))", True),
        ("d[0]", False),
        ("0.1 if d < 1 else 0.2", False),
        ("weight_of(d)", False),
        ("d.mean()", False),
        ("exp(-d", False),
        ("'d'", False),
    ],
)
def test_what_means_the_same_to_the_engine_is_left_to_it(text: str, is_known: bool):
    expression = DistanceExpression(text, lambda d: d)
    assert expression.topology() == ({"expression": text} if is_known else None)
    assert expression(2.0) == 2.0 and repr(expression) == repr(text)
