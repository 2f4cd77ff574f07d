"""The PyNN dialect, over whichever transport the program has."""

import numpy as np
import pytest
from pyNN.random import NumpyRNG, RandomDistribution

import spinnsim.pynn as sim
from spinnsim.errors import EngineError, UnsupportedError
from spinnsim.pynn import simulator


def driven(steps: float = 50.0):
    """Four neurons that fire because of two sources."""
    sim.setup(timestep=1.0)
    sources = sim.Population(2, sim.SpikeSourceArray(spike_times=[1.0, 20.5]), label="in")
    cells = sim.Population(4, sim.IF_curr_exp(tau_m=[10, 11, 12, 13]), initial_values={"v": -60}, label="out")
    projection = sim.Projection(sources, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=5.0, delay=2.0))
    cells.record(["spikes", "v"])
    sources.record("spikes")
    sim.run(steps)
    return sources, cells, projection


def test_data_have_the_shapes_and_times_of_pynn():
    sources, cells, _ = driven()
    segment = cells.get_data().segments[0]
    (signal,) = segment.analogsignals
    assert signal.shape[1] == 4 and signal.magnitude[0, 0] == -60
    trains = segment.spiketrains
    assert len(trains) == 4 and [train.annotations["source_index"] for train in trains] == [0, 1, 2, 3]
    assert min(float(train[0]) for train in trains) >= 3
    assert [float(t) for t in sources.get_data().segments[0].spiketrains[0]] == [1.0, 20.5]
    counts = cells.get_spike_counts()
    assert list(counts) == [int(cell) for cell in cells.all_cells]
    sim.end()
    assert cells.get_spike_counts() == counts


def test_reset_repeats():
    _, cells, _ = driven()
    sim.reset()
    sim.run(50.0)
    first, second = cells.get_data().segments
    assert np.array_equal(first.analogsignals[0].magnitude, second.analogsignals[0].magnitude)
    assert [list(train) for train in first.spiketrains] == [list(train) for train in second.spiketrains]
    sim.end()


def test_weights_of_a_rule_are_those_the_engine_used():
    sim.setup(timestep=1.0, seed=5)
    cells = sim.Population(30, sim.IF_curr_exp())
    weights = RandomDistribution("uniform", low=0.1, high=0.2, rng=NumpyRNG(seed=3))
    projection = sim.Projection(
        cells, cells, sim.FixedProbabilityConnector(0.3), sim.StaticSynapse(weight=weights, delay=2.0)
    )
    sim.run(2.0)
    rows = np.array(projection.get(["weight", "delay"], "list"))
    assert 150 < len(rows) < 400 and len(projection) == len(rows)
    assert rows[:, 2].min() > 0.099 and rows[:, 2].max() < 0.201 and set(rows[:, 3]) == {2.0}
    matrix = projection.get("weight", "array")
    assert np.sum(~np.isnan(matrix)) == len(rows)
    sim.end()


def test_views_and_assemblies_are_joined_neuron_by_neuron():
    sim.setup(timestep=1.0)
    a, b = sim.Population(3, sim.SpikeSourceArray(spike_times=[1.0])), sim.Population(5, sim.IF_curr_exp())
    c = sim.Population(2, sim.IF_curr_exp())
    to_view = sim.Projection(a[1:3], b[[0, 4]], sim.OneToOneConnector(), sim.StaticSynapse(weight=100.0, delay=1.0))
    sim.Projection(a, b[0:1] + c, sim.AllToAllConnector(), sim.StaticSynapse(weight=100.0, delay=3.0))
    (b + c).record("spikes")
    sim.run(10.0)
    assert sorted(to_view.get("delay", "list")) == [(0, 0, 1.0), (1, 1, 1.0)]
    first = [train[0].item() if len(train) else None for train in b.get_data().segments[0].spiketrains]
    assert first[1:4] == [None, None, None] and first[0] == first[4] is not None
    assert all(len(train) for train in c.get_data().segments[0].spiketrains)
    sim.end()


def test_refusals_name_the_line_of_the_script():
    sim.setup(timestep=1.0)
    sim.Population(2, sim.IF_curr_exp(tau_m=-5.0), label="exc")
    with pytest.raises(EngineError, match=r'test_pynn.py:\d+: Population "exc": tau_m must be'):
        sim.run(1.0)
    sim.end()


def test_what_there_is_not_is_refused_where_it_is_asked_for():
    for make in (sim.SimpleStochasticSynapse, sim.GutigWeightDependence, sim.GIF_cond_exp):
        with pytest.raises(UnsupportedError):
            make()


def test_lambdas_and_expressions_of_distance_go_together():
    sim.setup(timestep=1.0)
    cells = sim.Population(4, sim.IF_curr_exp())
    projection = sim.Projection(
        cells, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight="0.1 + d", delay=lambda d: 1 + d)
    )
    rows = np.array(projection.get(["weight", "delay"], "list"))
    distance = np.abs(rows[:, 0] - rows[:, 1])
    assert np.allclose(rows[:, 2], 0.1 + distance) and np.allclose(rows[:, 3], 1 + distance)
    sim.run(1.0)
    sim.end()


def test_a_recorded_source_tells_the_times_that_it_had_when_they_came():
    sim.setup(timestep=0.1)
    sources = sim.Population(2, sim.SpikeSourceArray(spike_times=[3.0, 14.0]))
    sources.record("spikes")
    sim.run(10.0)
    sources[0:1].set(spike_times=[5.0, 12.0])
    sim.run(10.0)
    assert [list(train.magnitude) for train in sources.get_data().segments[0].spiketrains] == [[3.0, 12.0], [3.0, 14.0]]
    sim.reset()
    sim.run(20.0)
    trains = sources.get_data().segments[1].spiketrains
    assert [list(train.magnitude) for train in trains] == [[5.0, 12.0], [3.0, 14.0]]
    sim.end()


@pytest.mark.serve
def test_earlier_segments_have_the_variables_and_neurons_asked_for():
    sim.setup(timestep=1.0)
    cells = sim.Population(3, sim.IF_curr_exp(i_offset=2.0))
    cells.record(["spikes", "v"])
    sim.run(20.0)
    sim.reset()
    sim.run(30.0)
    for segment, samples in zip(cells[1:2].get_data("v").segments, (21, 31), strict=True):
        assert [signal.shape for signal in segment.analogsignals] == [(samples, 1)] and segment.spiketrains == []
    for segment in cells.get_data("spikes").segments:
        assert len(segment.spiketrains) == 3 and not len(segment.analogsignals)
    for segment in cells[[0, 2]].get_data().segments:
        assert [train.annotations["source_index"] for train in segment.spiketrains] == [0, 2]
        assert segment.analogsignals[0].shape[1] == 2
    sim.end()


@pytest.mark.serve
def test_synapses_can_be_asked_for_where_the_rules_are_refused_later():
    sim.setup(timestep=1.0)
    cells = sim.Population(10, sim.IF_curr_exp())
    for amplitude in (0.0, 0.5):
        rule = sim.STDPMechanism(
            weight=0.5, timing_dependence=sim.SpikePairRule(A_plus=0.1, A_minus=amplitude),
            weight_dependence=sim.AdditiveWeightDependence(),
        )  # fmt: skip
        projection = sim.Projection(cells, cells, sim.FixedNumberPreConnector(5), rule)
        assert set(projection.get("A_minus", "list", with_address=False)) == {amplitude} and len(projection) == 50
    with pytest.raises(EngineError, match="different STDP rules"):
        sim.run(1.0)
    sim.end()


def test_weights_set_between_runs_act_at_once_and_stay():
    sim.setup(timestep=1.0)
    sources = sim.Population(3, sim.SpikeSourceArray(spike_times=[2.0, 102.0]))
    cells = sim.Population(2, sim.IF_curr_exp())
    cells.record("v")
    projection = sim.Projection(sources, cells, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.5, delay=1.0))
    sim.run(100.0)
    projection.set(weight=1.0)
    projection[0].weight = 2.0
    sim.run(50.0)
    v = cells.get_data().segments[0].analogsignals[0].magnitude + 65
    assert np.allclose(v[100:].max(axis=0) / v[:100].max(axis=0), [4.0 / 1.5, 3.0 / 1.5], rtol=0.02)
    assert projection.get("weight", "array").tolist() == [[2.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    sim.reset()
    sim.run(50.0)
    again = cells.get_data().segments[1].analogsignals[0].magnitude + 65
    assert np.allclose(again.max(axis=0) / v[:100].max(axis=0), [4.0 / 1.5, 3.0 / 1.5], rtol=0.02)
    sim.end()


def test_constants_of_rules_are_not_drawn():
    sim.setup(timestep=1.0)
    cells = sim.Population(4, sim.IF_curr_exp())
    drawn = RandomDistribution("uniform", low=0.1, high=0.5)
    plastic = sim.STDPMechanism(
        timing_dependence=sim.SpikePairRule(A_plus=drawn), weight_dependence=sim.AdditiveWeightDependence(), weight=0.1
    )
    for synapse, name in ((sim.TsodyksMarkramSynapse(U=drawn, weight=0.1), "U"), (plastic, "A_plus")):
        with pytest.raises(UnsupportedError, match=f"{name} by connection"):
            sim.Projection(cells, cells, sim.AllToAllConnector(), synapse)
    assert simulator.state.projections == []
    sim.end()
