"""Spikes and rates that go in and out while a run goes on, within the process."""

import threading
import time

import pytest

import spinnsim.spynnaker as sim
from spinnsim.spynnaker import live
from spinnsim.spynnaker.exceptions import ConfigurationException

pytestmark = pytest.mark.serve


def relay():
    """Three neurons that each answer a spike of an injector."""
    injector = sim.Population(3, sim.external_devices.SpikeInjector(), label="in")
    cells = sim.Population(3, sim.IF_curr_exp(tau_refrac=50.0), label="out")
    sim.Projection(injector, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=20.0, delay=1))
    injector.record("spikes")
    cells.record("spikes")
    sim.external_devices.activate_live_output_for(cells)
    return injector, cells


def test_spikes_go_in_and_come_out_and_can_be_replayed():
    heard, told = [], []
    connection = sim.external_devices.SpynnakerLiveSpikesConnection(receive_labels=["out"], send_labels=["in"])

    def send(label: str, sender: live.SpynnakerLiveSpikesConnection):
        for neuron in (2, 0):
            time.sleep(0.03)
            sender.send_spike(label, neuron)

    connection.add_init_callback("in", lambda *what: told.append(what))
    connection.add_start_resume_callback("in", send)
    connection.add_receive_callback("out", lambda label, time, neurons: heard.extend((n, time) for n in neurons))
    connection.add_pause_stop_callback("in", lambda label, _: told.append(label))
    sim.setup(1.0)
    injector, cells = relay()
    sim.run(500)
    sent, answered = (each.spinnaker_get_data("spikes").tolist() for each in (injector, cells))
    sim.end()
    assert told == [("in", 3, 500.0, 1.0), "in"] and [int(neuron) for neuron, _ in sent] == [0, 2]
    assert sorted([n, t] for n, t in heard) == answered and [n for n, _ in heard] == [2, 0]
    sim.setup(1.0)
    times = [[t for n, t in sent if n == neuron] for neuron in range(3)]
    source, again = sim.Population(3, sim.SpikeSourceArray(times)), sim.Population(3, sim.IF_curr_exp(tau_refrac=50.0))
    sim.Projection(source, again, sim.OneToOneConnector(), sim.StaticSynapse(weight=20.0, delay=1))
    again.record("spikes")
    sim.run(500)
    assert again.spinnaker_get_data("spikes").tolist() == answered
    sim.end()


def test_rates_change_while_a_run_goes_on():
    control = sim.external_devices.SpynnakerPoissonControlConnection(poisson_labels=["noise"])
    control.add_start_resume_callback("noise", lambda label, own: own.set_rates(label, [(n, 500) for n in range(5)]))
    with pytest.raises(ConfigurationException):
        control.add_receive_callback("noise", print)
    sim.setup(1.0)
    noise = sim.Population(10, sim.SpikeSourcePoisson(rate=0.0), label="noise")
    noise.record("spikes")
    sim.external_devices.add_poisson_live_rate_control(noise)
    sim.run(600)
    counts = noise.get_spike_counts()
    assert all(counts[n] > 20 for n in range(5)) and all(counts[n] == 0 for n in range(5, 10))
    sim.end()


def test_a_run_without_an_end_stops_when_asked_to():
    sim.setup(1.0)
    sim.Population(1, sim.IF_curr_exp())
    began = time.monotonic()
    sim.external_devices.run_forever()
    assert time.monotonic() - began < 5
    time.sleep(0.1)
    sim.external_devices.request_stop()
    sim.end()
    # What is recorded has to be taken out: then the call returns when it was asked to stop, here in the second piece.
    runs = []

    def begin():
        runs.append(sim.get_current_time())
        if len(runs) == 2:
            sim.external_devices.request_stop()

    live.DatabaseConnection(start_resume_callback_function=begin)
    sim.setup(1.0)
    cells = sim.Population(1, sim.IF_curr_exp(i_offset=2.0))
    cells.record("spikes")
    sim.external_devices.run_forever()
    assert (
        runs == [0.0, 10_000.0]
        and 10_000 < sim.get_current_time() <= 20_000
        and len(cells.spinnaker_get_data("spikes")) > 100
    )
    sim.end()


def test_a_synchronised_run_waits_for_each_piece():
    sim.setup(1.0)
    sim.Population(1, sim.IF_curr_exp())
    seen = []

    def go_on():
        while len(seen) < 4:
            time.sleep(0.05)
            seen.append(sim.get_current_time())
            sim.external_devices.continue_simulation()

    thread = threading.Thread(target=go_on)
    live.DatabaseConnection(start_resume_callback_function=thread.start)
    sim.external_devices.run_sync(100, 20)
    thread.join()
    assert seen == [20.0, 40.0, 60.0, 80.0] and sim.get_current_time() == 100
    sim.end()


def test_callbacks_may_fail_or_ask_for_data_and_the_run_goes_on(caplog: pytest.LogCaptureFixture):
    potentials = []
    connection = sim.external_devices.SpynnakerLiveSpikesConnection(receive_labels=["cells"])
    sim.setup(1.0)
    cells = sim.Population(2, sim.IF_curr_exp(i_offset=2.0), label="cells")
    cells.record("spikes")
    sim.external_devices.activate_live_output_for(cells)

    def hear(label: str, time: float, neurons: list[int]):
        if not potentials:
            potentials.append(cells.current_values["v"][0])
        raise ValueError("of the script")

    connection.add_receive_callback("cells", hear)
    sim.run(100)
    assert (
        -65.5 < potentials[0] < -50
        and "a callback for spikes of cells failed" in caplog.text
        and sim.get_current_time() == 100
    )
    sim.end()
