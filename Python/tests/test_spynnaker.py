"""sPyNNaker's dialect, over whichever transport the program has."""

import numpy as np
import pytest

import spinnsim.spynnaker as sim
from spinnsim import aliases
from spinnsim.errors import UnsupportedError
from spinnsim.spynnaker import exceptions, neo_convertor


def chain(duration: float = 20.0):
    """Three sources, each of which makes one neuron fire."""
    sim.setup(1.0)
    sources = sim.Population(3, sim.SpikeSourceArray([[0], [5], [7]]), label="in")
    cells = sim.Population(3, sim.IF_curr_exp, {"tau_m": 20.0}, label="out")
    projection = sim.Projection(
        sources, cells, sim.OneToOneConnector(), synapse_type=sim.StaticSynapse(weight=5, delay=1)
    )
    cells.record("all")
    held = projection.get(["weight", "delay"], "list")
    sim.run(duration)
    return cells, projection, held


def test_samples_rows_and_counts_are_as_on_the_board():
    cells, projection, held = chain()
    assert cells.spinnaker_get_data("v", as_matrix=True).shape == (20, 3)
    assert cells.spinnaker_get_data("v").shape == (60, 3)
    assert cells.spinnaker_get_data("spikes").tolist() == [[0, 7], [1, 12], [2, 14]]
    assert cells.get_spike_counts() == {0: 1, 1: 1, 2: 1}
    assert list(held) == [[i, i, 5.0, 1.0] for i in range(3)]
    assert np.nansum(projection.get("weight", "array")) == 15
    block = cells.get_data()
    assert np.array_equal(neo_convertor.convert_spikes(block), cells.spinnaker_get_data("spikes"))
    assert np.array_equal(neo_convertor.convert_data(block, "v"), cells.spinnaker_get_data("v"))
    sim.end()


def test_what_was_not_recorded_is_refused():
    cells, _, _ = chain()
    sim.end()
    sim.setup(1.0)
    cells = sim.Population(1, sim.IF_curr_exp(v=-60.0))
    cells.record("v")
    sim.run(2)
    assert cells.spinnaker_get_data("v")[0, 2] == -60
    with pytest.raises(exceptions.ConfigurationException, match="no recording of spikes"):
        cells.get_data("spikes")
    with pytest.raises(exceptions.ConfigurationException):
        cells.record("nothing")
    sim.end()


def test_calls_before_setup_and_after_end_are_refused():
    sim.setup(1.0)
    sim.end()
    with pytest.raises(exceptions.SimulatorShutdownException):
        sim.Population(1, sim.IF_curr_exp())


def test_additive_amplitudes_are_weights():
    sim.setup(1.0)
    pre = sim.Population(1, sim.SpikeSourceArray([10.0, 60.0]))
    driver = sim.Population(1, sim.SpikeSourceArray([19.0]))
    post = sim.Population(1, sim.IF_curr_exp())
    post.record("spikes")
    sim.Projection(driver, post, sim.OneToOneConnector(), sim.StaticSynapse(weight=6.0, delay=1.0))
    plastic = sim.Projection(
        pre, post, sim.OneToOneConnector(),
        sim.STDPMechanism(
            timing_dependence=sim.SpikePairRule(tau_plus=20.0, tau_minus=20.0, A_plus=0.5, A_minus=0.0),
            weight_dependence=sim.AdditiveWeightDependence(w_min=0, w_max=10), weight=1.0, delay=1.0,
        ),
    )  # fmt: skip
    sim.run(80)
    (spike,) = post.spinnaker_get_data("spikes")[:, 1]
    # The delay is the dendrite's: it holds back the target's spike, not the source's.
    expected = 1.0 + 0.5 * np.exp(-(spike + 1.0 - 10.0) / 20.0)
    assert abs(plastic.get("weight", "list", with_address=False)[0] - expected) < 0.01
    sim.end()


def test_one_rule_of_learning_a_population():
    sim.setup(1.0)
    cells = sim.Population(2, sim.IF_curr_exp())
    for amplitude in (0.1, 0.2):
        rule = sim.STDPMechanism(sim.SpikePairRule(A_plus=amplitude), sim.AdditiveWeightDependence(), weight=1.0)
        if amplitude == 0.1:
            sim.Projection(cells, cells, sim.AllToAllConnector(), rule)
        else:
            with pytest.raises(exceptions.SynapticConfigurationException):
                sim.Projection(cells, cells, sim.AllToAllConnector(), rule)
    sim.end()


def test_devices_are_refused_by_name():
    for name in ("MunichRetinaDevice", "PushBotLifEthernet"):
        with pytest.raises(UnsupportedError, match=name):
            getattr(sim.external_devices, name)()
        with pytest.raises(UnsupportedError, match=name):
            _ = getattr(sim.external_devices, name).MODE_128


def test_every_name_that_is_served_can_be_imported():
    import importlib

    for target in {target for target in aliases.SERVED.values() if target}:
        importlib.import_module(target)
    for name in sim.extra_models.__all__ + sim.external_devices.__all__:
        assert hasattr(sim.extra_models, name) or hasattr(sim.external_devices, name)


def test_spikes_are_written_at_the_next_sample_and_not_beyond_the_run():
    sim.setup(1.0)
    source = sim.Population(1, sim.SpikeSourceArray([1.0, 5.0, 17.0, 19.0]))
    source.record("spikes", sampling_interval=5)
    sim.run(20)
    assert source.spinnaker_get_data("spikes")[:, 1].tolist() == [5.0, 5.0]
    sim.end()


def test_views_have_trains_of_all_their_neurons():
    sim.setup(1.0)
    source = sim.Population(4, sim.SpikeSourceArray([[1.0], [2.0], [3.0], [4.0]]))
    source[1, 3].record("spikes")
    sim.run(10)
    counts = [len(train) for train in source.get_data("spikes").segments[0].spiketrains]
    assert counts == [0, 1, 0, 1]
    assert [len(train) for train in source[0:2].get_data("spikes").segments[0].spiketrains] == [0, 1]
    sim.end()


def test_grids_have_rows_and_columns():
    sim.setup(1.0)
    connector = sim.ConvolutionConnector([[1.0, 0.0]])
    pre = sim.Population(8, sim.SpikeSourceArray([0.0]), structure=sim.Grid2D(4 / 2))
    post = sim.Population(6, sim.IF_curr_delta(), structure=sim.Grid2D(3 / 2))
    pre.shaped = post.shaped = True
    assert (pre.shape(), post.shape()) == ((2, 4), (2, 3)) and connector.get_post_shape((2, 4)) == (2, 3)
    sim.end()


def test_a_negative_conductance_is_taken_by_its_size():
    sim.setup(1.0)
    pre, post = sim.Population(1, sim.SpikeSourceArray([1.0])), sim.Population(1, sim.IF_cond_exp())
    synapse = sim.StaticSynapse(weight=-0.15, delay=1.0)
    projection = sim.Projection(pre, post, sim.OneToOneConnector(), synapse, receptor_type="inhibitory")
    sim.run(5)
    assert abs(projection.get("weight", "list", with_address=False)[0] - 0.15) < 0.001
    sim.end()


def test_synapses_tell_their_weights_and_segments_without_spikes_are_equal_to_empty_lists():
    synapse = sim.StaticSynapse(weight=2.5, delay=3.0)
    assert (synapse.weight, synapse.delay) == (2.5, 3.0)
    sim.setup(1.0)
    cells = sim.Population(1, sim.IF_curr_exp())
    cells.record("v")
    cells.set_initial_value("v", -60.0)
    sim.run(2)
    segment = cells.get_data().segments[0]
    assert segment.spiketrains == [] and segment.analogsignals[0][0, 0] == -60.0
    sim.end()


def rewired():
    """A population whose 16 synapses form one after the other."""
    sim.setup(1.0)
    stimulus, cells = sim.Population(4, sim.SpikeSourceArray(range(10))), sim.Population(4, sim.IF_curr_exp())
    forming = sim.StructuralMechanismStatic(
        sim.LastNeuronSelection(), sim.DistanceDependentFormation([2, 2], 1.0), sim.RandomByWeightElimination(4, 0, 0),
        f_rew=1000, initial_weight=4.0, initial_delay=3.0, s_max=4, seed=0, delay=1.0, with_replacement=False,
    )  # fmt: skip
    projection = sim.Projection(stimulus, cells, sim.FromListConnector([]), forming)
    cells.record("rewiring")
    return cells, projection


def test_rewiring_is_kept_by_segment_and_cleared():
    cells, projection = rewired()
    sim.run(5)
    formed = [len(event) for event in cells.get_data("rewiring", clear=True).segments[0].events]
    sim.run(200)
    rest = [len(event) for event in cells.get_data("rewiring").segments[0].events]
    assert formed[0] > 0 and formed[0] + rest[0] == 16 == len(projection.get("weight", "list")) and rest[1] == 0
    sim.reset()
    sim.run(200)
    first, second = (segment.events[0] for segment in cells.get_data("rewiring").segments)
    assert len(first) == rest[0] and len(second) == 16 and str(second.labels[0]).endswith("_formation")
    sim.end()


def test_what_was_cleared_leaves_empty_segments():
    sim.setup(1.0)
    cells = sim.Population(1, sim.IF_curr_exp(i_offset=2.0))
    cells.record(["spikes", "v"])
    sim.run(20)
    sim.reset()
    sim.run(20)
    assert [len(segment.spiketrains[0]) for segment in cells.get_data(clear=True).segments] == [1, 1]
    for segment in cells.get_data().segments:
        (train,) = segment.spiketrains
        assert len(train) == 0 and float(train.t_start) == float(train.t_stop) == 20
        assert len(segment.analogsignals[0]) == 0
    sim.end()


def test_weights_by_distance_go_with_every_connector_that_can_be_drawn_here():
    for connector in (
        sim.AllToAllConnector(), sim.FixedTotalNumberConnector(12, with_replacement=False),
        sim.IndexBasedProbabilityConnector("exp(-abs(i - j))"),
    ):  # fmt: skip
        sim.setup(1.0)
        cells = sim.Population(5, sim.IF_curr_exp(), structure=sim.Line())
        projection = sim.Projection(cells, cells, connector, sim.StaticSynapse(weight="1 + 2*exp(-d)", delay="1 + d"))
        sim.run(1)
        rows = np.array(projection.get(["weight", "delay"], "list"))
        distance = np.abs(rows[:, 0] - rows[:, 1])
        assert len(rows) and np.allclose(rows[:, 2], 1 + 2 * np.exp(-distance), atol=1e-3)
        assert np.allclose(rows[:, 3], 1 + distance)
        sim.end()


def test_connectors_that_cannot_take_so_many_say_so_at_the_projection():
    sim.setup(1.0)
    cells = sim.Population(5, sim.IF_curr_exp())
    for connector in (
        sim.FixedNumberPostConnector(5, allow_self_connections=False), sim.FixedNumberPreConnector(6),
        sim.FixedTotalNumberConnector(26, with_replacement=False),
    ):  # fmt: skip
        with pytest.raises(exceptions.SpynnakerException, match="will not work"):
            sim.Projection(cells, cells, connector)
    sim.end()


def test_the_machine_has_the_boards_that_were_asked_for():
    sim.setup(1.0, n_boards_required=3)
    machine = sim.get_machine()
    assert (machine.n_chips, machine.width, machine.height) == (144, 12, 12)
    assert [(chip.x, chip.y) for chip in machine.ethernet_connected_chips] == [(0, 0), (4, 8), (8, 4)]
    sim.setup(1.0)
    assert sim.get_machine().n_chips == 48 and sim.get_machine().get_chip_at(0, 7) is None
    sim.end()


def test_initial_values_are_equal_to_lists_and_a_neuron_is_a_view():
    sim.setup(1.0)
    cells = sim.Population(3, sim.IF_curr_exp())
    cells[1].initialize(v=-60)
    assert cells.initial_values["v"] == [-65, -60, -65] and cells.initial_values["v"][1] == -60
    cells[2].set(i_offset=0.5)
    cells.record("v")
    sim.run(2)
    assert cells.get("i_offset").tolist() == [0, 0, 0.5] and cells.spinnaker_get_data("v")[2:3, 2] == -60
    sim.end()


def test_projections_are_saved_as_files_that_connectors_read(tmp_path):
    sim.setup(1.0)
    pre, post = sim.Population(3, sim.SpikeSourceArray([1.0])), sim.Population(2, sim.IF_curr_exp())
    projection = sim.Projection(pre, post, sim.AllToAllConnector(), sim.StaticSynapse(weight=0.5, delay=3.0))
    sim.run(1)
    projection.save(["weight", "delay"], str(tmp_path / "rows.txt"))
    rows = projection.get(["weight", "delay"], "list")
    sim.end()
    sim.setup(1.0)
    pre, post = sim.Population(3, sim.SpikeSourceArray([1.0])), sim.Population(2, sim.IF_curr_exp())
    again = sim.Projection(pre, post, sim.FromFileConnector(str(tmp_path / "rows.txt")))
    sim.run(1)
    assert again.get(["weight", "delay"], "list") == rows
    sim.end()


@pytest.mark.parametrize("learns", [False, True])
@pytest.mark.parametrize("connector", ["OneToOneConnector", "AllToAllConnector"])
def test_lists_of_values_are_by_source_and_target(connector: str, learns: bool):
    sim.setup(1.0)
    sources, cells = sim.Population(3, sim.SpikeSourceArray([1.0])), sim.Population(3, sim.IF_curr_exp())
    count = 3 if connector == "OneToOneConnector" else 9
    values = {"weight": [0.25 * (n + 1) for n in range(count)], "delay": [float(n + 1) for n in range(count)]}
    timing, weights = sim.SpikePairRule(20, 20, 0.1, 0.1), sim.AdditiveWeightDependence(0, 5)
    synapse = sim.STDPMechanism(timing, weights, **values) if learns else sim.StaticSynapse(**values)
    projection = sim.Projection(sources, cells, getattr(sim, connector)(), synapse)
    sim.run(2)
    rows = np.array(projection.get(["weight", "delay"], "list"))
    assert rows[:, 2].tolist() == values["weight"] and rows[:, 3].tolist() == values["delay"]
    sim.end()


def test_a_current_goes_into_one_neuron():
    sim.setup(1.0)
    cells = sim.Population(3, sim.IF_curr_exp())
    cells.record("v")
    sim.DCSource(amplitude=0.5).inject_into(cells[1])
    sim.run(10)
    v = cells.spinnaker_get_data("v", as_matrix=True)
    assert v[-1, 1] > -64 and set(v[-1, [0, 2]]) == {-65.0}
    sim.end()


def test_modules_of_older_versions_are_served():
    from spinnsim.spynnaker import builds, constraints, globals_variables

    sim.setup(1.0)
    cells = sim.Population(2, builds.IFCurrExpBase(), label="cells")
    cells.add_placement_constraint(1, 1)
    assert constraints.ChipAndCoreConstraint(1, 1) and globals_variables.has_simulator()
    assert globals_variables.get_simulator().populations == [cells]
    globals_variables.unset_simulator()
    assert globals_variables.get_simulator().populations == []
