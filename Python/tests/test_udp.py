"""Programs in other processes: EIEIO over UDP, the database of keys, and what the machine's port answers."""

import socket
import sqlite3
import struct
import threading
from pathlib import Path

import numpy as np
import pytest

import spinnsim.spynnaker as sim
from spinnsim.spynnaker import eieio, udp

MACHINE = ("127.0.0.1", udp.MACHINE_PORT)


class Program(threading.Thread):
    """Another program: reads the database, asks for the tag, sends when a run begins, keeps what comes."""

    def __init__(self, send=lambda program: None):
        super().__init__(daemon=True)
        self.send, self.heard, self.runs, self.answers = send, [], 0, []
        self.told, self.events = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for each in (self.told, self.events):
            each.bind(("127.0.0.1", 0))
            each.settimeout(20)
        self.port = self.told.getsockname()[1]
        self.start()

    def run(self):
        while self.cycle():
            self.runs += 1

    def cycle(self) -> bool:
        message, host = self.told.recvfrom(512)
        if eieio.command_of(message) != eieio.DATABASE or len(message) == 2:
            return False
        with sqlite3.connect(Path(message[2:].decode())) as file:
            self.keys = {(label, atom): event for label, event, atom in
                         file.execute("SELECT label, event, atom FROM label_event_atom_view")}  # fmt: skip
            self.places = {label: place for label, *place in
                           file.execute("SELECT vertex_label, x, y, p FROM application_vertex_placements")}  # fmt: skip
            self.output = file.execute("SELECT tag, strip_sdp, post_vertex_label FROM app_output_tag_view").fetchone()
            self.parameters = dict(file.execute("SELECT parameter_id, value FROM configuration_parameters"))
        tag_set = struct.pack("<2x8B2H4I", 0x87, 0xFF, 0, 0xFF, 0, 0, 0, 0, 26, 7, 1 << 30 | 1 << 16 | 1, 0, 0, 0)
        self.events.sendto(tag_set, MACHINE)
        self.answers.append(self.events.recv(64))
        self.told.sendto(eieio.command(eieio.DATABASE), host)
        assert eieio.command_of(self.told.recv(64)) == eieio.START_RESUME
        self.send(self)
        self.told.settimeout(0.02)
        self.events.settimeout(0.02)
        while True:
            try:
                found = eieio.events(self.events.recv(512))
                self.heard += zip(found.keys.tolist(), found.payloads.tolist(), strict=True)
            except TimeoutError:
                pass
            try:
                assert eieio.command_of(self.told.recv(64)) == eieio.STOP_PAUSE
                break
            except TimeoutError:
                pass
        for each in (self.told, self.events):
            each.settimeout(20)
        return True

    def to(self, label: str, message: bytes):
        x, y, p = self.places[label]
        self.events.sendto(struct.pack("<2x8B", 7, 0, 1 << 5 | p, 0, y, x, 0, 0) + message, MACHINE)

    def finish(self):
        self.told.sendto(eieio.command(eieio.DATABASE), ("127.0.0.1", self.port))
        self.join(20)
        self.told.close()
        self.events.close()
        assert not self.is_alive()


def short(*neurons: int) -> bytes:
    return struct.pack(f"<BB{len(neurons)}H", len(neurons), 0, *neurons)


def relay(**injected):
    injector = sim.Population(3, sim.external_devices.SpikeInjector(), label="in", **injected)
    cells = sim.Population(3, sim.IF_curr_exp(tau_refrac=50.0), label="out")
    sim.Projection(injector, cells, sim.OneToOneConnector(), sim.StaticSynapse(weight=20.0, delay=1))
    for each in (injector, cells):
        each.record("spikes")
    return injector, cells


@pytest.mark.serve
def test_a_program_reads_the_database_sends_spikes_and_receives_them_in_every_run():
    def send(program: Program):
        program.to("in", short(2))
        program.to("in", struct.pack("<BBI", 1, 2 << 2, program.keys["in", 0]))
        program.to("in", short(900))

    program = Program(send)
    sim.setup(1.0)
    injector, cells = relay()
    sim.external_devices.activate_live_output_for(
        cells, database_notify_host="localhost", database_notify_port_num=program.port
    )
    sim.run(300)
    sim.run(200)
    sent, answered = (each.spinnaker_get_data("spikes").astype(int).tolist() for each in (injector, cells))
    sim.end()
    program.finish()
    assert program.runs == 2 and [neuron for neuron, _ in sent] == [0, 0, 2, 2]
    assert sorted([key - program.keys["out", 0], step] for key, step in program.heard) == answered
    assert len(answered) == 4 and len(set(program.keys.values())) == 6
    assert program.output == (1, 1, "LiveSpikeReceiver")
    assert (program.parameters["runtime"], program.parameters["machine_time_step"]) == (200.0, 1000.0)
    # The answer of the machine to the request for the tag: good, and in the same sequence.
    assert all(len(each) == 18 and struct.unpack_from("<2H", each, 10) == (0x80, 7) for each in program.answers)


@pytest.mark.serve
def test_a_program_sets_rates():
    def send(program: Program):
        keys = [program.keys["noise_control", neuron] for neuron in range(5)]
        pairs = [word for key in keys for word in (key, 500 << 16)]
        program.to("noise_control", struct.pack("<BB10I", 5, 3 << 2, *pairs))

    program = Program(send)
    program.output = None
    sim.setup(1.0)
    noise = sim.Population(10, sim.SpikeSourcePoisson(rate=0.0), label="noise")
    noise.record("spikes")
    sim.external_devices.add_poisson_live_rate_control(noise, database_notify_port_num=program.port)
    sim.run(400)
    counts = noise.get_spike_counts()
    sim.end()
    program.finish()
    assert all(counts[n] > 20 for n in range(5)) and all(counts[n] == 0 for n in range(5, 10))


@pytest.mark.serve
def test_spikes_go_to_and_come_from_ports_that_the_script_names():
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sim.setup(1.0)
    _, cells = relay(additional_parameters={"port": port, "virtual_key": 0x70000})
    sim.external_devices.activate_live_output_for(cells, port=receiver.getsockname()[1], host="localhost")
    message = struct.pack("<BBI", 1, 2 << 2, 0x70001)
    sender = threading.Timer(0.15, lambda: receiver.sendto(message, ("127.0.0.1", port)))
    sender.start()
    sim.run(600)
    found = eieio.events(receiver.recv(512))
    (row,) = cells.spinnaker_get_data("spikes").astype(int).tolist()
    sim.end()
    receiver.close()
    assert row[0] == 1 and found.payloads.tolist() == [row[1]] and len(found.keys) == 1


@pytest.mark.serve
def test_a_program_that_is_not_there_is_waited_for_and_left_out(monkeypatch: pytest.MonkeyPatch, caplog):
    monkeypatch.setenv("SPINNSIM_LIVE_WAIT", "0.3")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sim.setup(1.0)
    _, cells = relay()
    sim.external_devices.add_database_socket_address("localhost", port, None)
    sim.run(20)
    sim.end()
    assert f"no program at 127.0.0.1:{port} has read the database within 0.3 s" in caplog.text


def test_messages_are_read_in_all_their_forms():
    def read(*parts, form):
        found = eieio.events(struct.pack(form, *parts))
        return found.keys.tolist(), None if found.payloads is None else found.payloads.tolist(), found.is_short

    assert read(2, 0, 5, 6, form="<BB2H") == ([5, 6], None, True)
    assert read(1, 0x80, 0x10, 5, form="<BBHH") == ([0x15], None, False)
    assert read(1, 0xC0, 7, 5, form="<BBHH") == ([0x70005], None, False)
    assert read(1, 1 << 2, 5, 9, form="<BBHH") == ([5], [9], True)
    assert read(2, 2 << 2, 5, 6, form="<BB2I") == ([5, 6], None, False)
    assert read(1, 3 << 2, 5, 9, form="<BB2I") == ([5], [9], False)
    assert read(2, 0x30 | 2 << 2, 77, 5, 6, form="<BBI2I") == ([5, 6], [77, 77], False)
    for bad in (b"", b"\x01", b"\x02\x00\x05\x00", b"\x01\xa0\x01", eieio.command(eieio.DATABASE)):
        with pytest.raises(ValueError):
            eieio.events(bad)
    assert [len(eieio.events(each).keys) for each in eieio.timed(range(150), 9)] == [63, 63, 24]
    assert np.all(eieio.events(next(eieio.timed([1, 2], 2**32 + 3))).payloads == 3)
    assert eieio.command_of(eieio.command(eieio.START_RESUME)) == eieio.START_RESUME
    assert eieio.command_of(short(1)) is None and eieio.command_of(b"") is None
    assert eieio.inside_sdp(b"short") is None and eieio.tag_set(b"\0" * 30) is None
