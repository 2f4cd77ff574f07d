"""Runs that go on, change and end, over `spinnsim serve`."""

import numpy as np
import pytest

import spinnsim.spynnaker as sim


def network():
    """Twenty neurons that excite each other, driven by Poisson trains and a current."""
    sim.setup(1.0)
    noise = sim.Population(20, sim.SpikeSourcePoisson(rate=100.0), label="noise")
    cells = sim.Population(20, sim.IF_curr_exp(i_offset=0.5), label="cells")
    sim.Projection(noise, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=1.5, delay=2.0))
    sim.Projection(cells, cells, sim.FixedProbabilityConnector(0.2), sim.StaticSynapse(weight=0.3, delay=3.0))
    cells.record(["spikes", "v"])
    return noise, cells


def data(cells):
    """Spikes and potentials, as lists."""
    return cells.spinnaker_get_data("spikes").tolist(), cells.spinnaker_get_data("v", as_matrix=True).tolist()


def test_two_runs_are_one():
    _, cells = network()
    sim.run(100)
    whole = data(cells)
    sim.end()
    _, cells = network()
    for part in (13, 50, 37):
        sim.run(part)
    assert data(cells) == whole and len(whole[0]) > 10
    sim.end()


def test_a_change_to_the_same_value_changes_nothing_and_another_does():
    results = []
    for value in (None, 0.5, 0.9):
        _, cells = network()
        sim.run(50)
        if value is not None:
            cells.set(i_offset=value)
        sim.run(50)
        results.append(data(cells))
        sim.end()
    assert results[0] == results[1] != results[2]
    assert results[0][1][:50] == results[2][1][:50]


def test_reset_repeats_and_keeps_changes():
    _, cells = network()
    sim.run(60)
    first = data(cells)
    sim.reset()
    sim.run(60)
    assert data(cells) == first
    cells.set(i_offset=0.0)
    sim.reset()
    sim.run(60)
    assert data(cells) != first
    assert len(cells.get_data().segments) == 3
    sim.end()


@pytest.mark.serve
def test_state_can_be_read_and_set():
    sim.setup(1.0)
    cells = sim.Population(2, sim.IF_curr_exp(v=-60.0))
    cells.record("v")
    sim.run(5)
    before = np.asarray(cells.current_values["v"])
    assert np.all((before < -60) & (before > -65))
    cells.set_state(v=-55.0)
    sim.run(1)
    assert cells.spinnaker_get_data("v", as_matrix=True)[5].tolist() == [-55.0, -55.0]
    sim.end()


def test_several_changes_at_once_act_in_their_order():
    def runs(together: bool):
        _, cells = network()
        sim.run(20)
        cells.set(i_offset=3.0)
        cells.set(v_thresh=-53.0)
        if together:
            cells[0:5].set(i_offset=0.25)
        cells[5].set(i_offset=0.0)
        if not together:
            cells[0, 1, 2].set(i_offset=0.25)
            cells[3:5].set(i_offset=0.25)
        sim.run(40)
        found = data(cells)
        sim.end()
        return found

    spikes, potentials = runs(True)
    assert (spikes, potentials) == runs(False)
    counts = np.bincount([int(neuron) for neuron, _ in spikes], minlength=20)
    assert counts[6:].min() > counts[:6].max()


def test_spikes_of_a_rule_are_those_of_its_list():
    sim.setup(1.0)
    pre, post = sim.Population(10, sim.SpikeSourceArray([1.0, 9.0])), sim.Population(10, sim.IF_curr_exp())
    rule = sim.Projection(pre, post, sim.FixedProbabilityConnector(0.5), sim.StaticSynapse(weight=3.0, delay=2.0))
    post.record("spikes")
    sim.run(30)
    spikes, rows = post.spinnaker_get_data("spikes").tolist(), rule.get(["weight", "delay"], "list")
    sim.end()
    sim.setup(1.0)
    pre, post = sim.Population(10, sim.SpikeSourceArray([1.0, 9.0])), sim.Population(10, sim.IF_curr_exp())
    sim.Projection(pre, post, sim.FromListConnector(rows))
    post.record("spikes")
    sim.run(30)
    assert post.spinnaker_get_data("spikes").tolist() == spikes and spikes
    sim.end()


def test_structure_cannot_change_between_runs():
    network()
    sim.run(5)
    sim.Population(1, sim.IF_curr_exp())
    with pytest.raises(NotImplementedError, match="without resetting"):
        sim.run(5)
    sim.reset()
    sim.run(5)
    sim.end()


def test_spikes_asked_for_after_every_few_steps_are_those_of_the_files():
    def spikes(often: bool):
        noise, cells = network()
        noise[3:9].record("spikes")
        for _ in range(20):
            sim.run(10)
            if often:
                cells.get_spike_counts()
        found = [*data(cells), noise.spinnaker_get_data("spikes").tolist()]
        sim.reset()
        sim.run(200)
        assert [*data(cells), noise.spinnaker_get_data("spikes").tolist()] == found
        sim.end()
        return found

    assert spikes(True) == spikes(False)
