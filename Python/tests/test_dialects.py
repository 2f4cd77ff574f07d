"""Each row of the page's tables of differences and refusals, tried in both dialects."""

from pathlib import Path

import numpy as np
import pytest

import spinnsim.pynn as pynn
import spinnsim.spynnaker as spynnaker
from spinnsim.errors import UnsupportedError
from spinnsim.spynnaker.exceptions import ConfigurationException

PAGE = (Path(__file__).resolve().parents[2] / "Documentation" / "PyNN.md").read_text()


def rows(title: str) -> dict[str, list[str]]:
    """The first table below a title: cells by those of its first column."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {first.strip("| "): rest for first, *rest in cells}


def driven(sim, record=("spikes", "v"), **cell):
    """Two neurons that fire."""
    sim.setup(timestep=1.0)
    cells = sim.Population(2, sim.IF_curr_exp(i_offset=2.0, **cell))
    cells.record(list(record))
    return cells


def samples(sim):
    cells = driven(sim)
    sim.run(20)
    return len(cells.get_data().segments[0].analogsignals[0])


def amplitudes(sim):
    sim.setup(timestep=1.0)
    rule = sim.STDPMechanism(
        timing_dependence=sim.SpikePairRule(A_plus=0.5, A_minus=0.5),
        weight_dependence=sim.AdditiveWeightDependence(w_max=10.0), weight=1.0,
    )  # fmt: skip
    return rule.entry()["timing"]["A_plus"]


def keys_of_counts(sim):
    cells = driven(sim)
    sim.run(20)
    return list(cells.get_spike_counts()) == [int(cell) for cell in cells.all_cells], list(cells.get_spike_counts())[0]


def not_recorded(sim):
    cells = driven(sim, record=["v"])
    sim.run(20)
    try:
        return len(cells.get_data(["spikes"]).segments[0].spiketrains)
    except ConfigurationException:
        return "refused"


def state_as_argument(sim):
    try:
        driven(sim, v=-60.0)
        return "allowed"
    except Exception as error:
        return type(error).__name__


def initialized_after_a_run(sim):
    cells = driven(sim)
    sim.run(5)
    cells.initialize(v=-64.0)
    sim.run(5)
    return cells.get_data().segments[0].analogsignals[0].magnitude[5, 0] == -64.0


def got_before_a_run(sim):
    cells = driven(sim)
    projection = sim.Projection(cells, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.3, delay=1.0))
    return type(projection.get("weight", "list")).__name__


def weights_got(sim):
    cells = driven(sim)
    synapse = sim.StaticSynapse(weight=-0.3, delay=1.0)
    projection = sim.Projection(cells, cells, sim.OneToOneConnector(), synapse, receptor_type="inhibitory")
    sim.run(1)
    return projection.get("weight", "list", with_address=False)[0]


def recorded_source(sim):
    sim.setup(timestep=1.0)
    source = sim.Population(1, sim.SpikeSourceArray(spike_times=[1.4]))
    source.record("spikes")
    sim.run(5)
    return float(source.get_data().segments[0].spiketrains[0][0])


def unsorted(sim):
    sim.setup(timestep=1.0)
    try:
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[3.0, 1.0]))
    except pynn.errors.InvalidParameterValueError as error:
        return type(error).__name__
    source.record("spikes")
    sim.run(5)
    return [float(time) for time in source.get_data().segments[0].spiketrains[0]]


def noise(sim):
    sim.setup(timestep=1.0)
    return sim.NoisyCurrentSource(mean=0.5, stdev=0.1, start=0.0, stop=20.0, dt=1.0).entry()["type"]


DIFFERENCES = {
    "samples after T ms": (samples, 21, 20),
    "amplitudes of additive STDP": (amplitudes, 5.0, 0.5),
    "keys of `get_spike_counts`": (keys_of_counts, (True, None), (False, 0)),
    "`get_data` of what was not recorded": (not_recorded, 0, "refused"),
    "state variables as arguments of cells": (state_as_argument, "NonExistentParameterError", "allowed"),
    "`initialize()` after a run": (initialized_after_a_run, True, False),
    "`Projection.get` before a run": (got_before_a_run, "list", "ConnectionHolder"),
    "weights of `Projection.get`": (weights_got, -0.3, 0.3),
    "recorded `SpikeSourceArray`": (recorded_source, 1.4, 2.0),
    "unsorted spike times": (unsorted, "InvalidParameterValueError", [1.0, 3.0]),
    "`NoisyCurrentSource`": (noise, "Step", "Noisy"),
}


NEED_AN_ENGINE_THAT_STAYS = {"samples after T ms"}


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=[pytest.mark.serve] * (row in NEED_AN_ENGINE_THAT_STAYS)) for row in DIFFERENCES]
)
def test_dialects_differ_as_the_page_says(row: str):
    what, *expected = DIFFERENCES[row]
    for sim, value in zip((pynn, spynnaker), expected, strict=True):
        found = what(sim)
        sim.end()
        if row.startswith("keys"):
            assert found[0] == value[0] and (value[1] is None or found[1] == value[1])
        elif isinstance(value, float):
            assert np.isclose(found, value, atol=0.01)
        else:
            assert found == value


def test_the_page_has_the_rows_that_are_tried():
    assert set(rows("Where the dialects differ")) == set(DIFFERENCES)


@pytest.mark.parametrize("name", [name.strip("`") for name in rows("What is refused")])
def test_what_the_page_says_is_refused_raises_at_the_call(name: str):
    place, instead = rows("What is refused")[f"`{name}`"]
    module = {"`spinnsim.pynn`": pynn, "`external_devices`": spynnaker.external_devices}[place]
    with pytest.raises(UnsupportedError) as refusal:
        getattr(module, name)()
    assert name in str(refusal.value) and (not instead or instead.strip("`") in str(refusal.value))
