"""``external_devices``: live spikes and rates; devices of hardware refuse."""

from __future__ import annotations

from enum import Enum
from typing import Any

from ..errors import UnsupportedError
from ..pynn.standardmodels.cells import unavailable
from .cells import SpikeInjectorCell as SpikeInjector
from .live import SpynnakerLiveSpikesConnection, SpynnakerPoissonControlConnection, hub


class EIEIOType(Enum):
    """Kinds of EIEIO messages, by name."""

    KEY_16_BIT = 0
    KEY_PAYLOAD_16_BIT = 1
    KEY_32_BIT = 2
    KEY_PAYLOAD_32_BIT = 3


def activate_live_output_for(population: Any, database_notify_host: str | None = None,
                             database_notify_port_num: int | None = None, database_ack_port_num: int | None = None,
                             port: int | None = None, host: str | None = None, notify: bool = True,
                             label: str = "LiveSpikeReceiver", **_: Any) -> None:  # fmt: skip
    """Lets connections, and programs at the port or address named, hear of a population's spikes."""
    hub.gateway.outputs[population._whole()] = (host, port, label)
    if notify:
        hub.gateway.notify(database_notify_host, database_notify_port_num, database_ack_port_num)


def activate_live_output_to(population: Any, device: Any, *_: Any, **__: Any) -> None:
    """There are no devices."""
    raise UnsupportedError("activate_live_output_to", "there are no devices", "there is activate_live_output_for")


def add_poisson_live_rate_control(poisson_population: Any, control_label_extension: str = "_control",
                                  receive_port: int | None = None, database_notify_host: str | None = None,
                                  database_notify_port_num: int | None = None,
                                  database_ack_port_num: int | None = None, notify: bool = True,
                                  **_: Any) -> None:  # fmt: skip
    """Lets connections, and programs at the address named, set a population's rates."""
    if poisson_population.celltype.model != "SpikeSourcePoisson":
        raise UnsupportedError("add_poisson_live_rate_control", "only a SpikeSourcePoisson has rates")
    hub.gateway.controls[poisson_population._whole()] = poisson_population.label + control_label_extension
    if notify:
        hub.gateway.notify(database_notify_host, database_notify_port_num, database_ack_port_num)


def run_forever(sync_time: float = 0.0) -> None:
    """Begins a run that goes on until `request_stop` or `end`; returns once it goes on."""
    hub.run_forever(sync_time)


def run_sync(run_time: float, sync_time: float) -> None:
    """Runs for `run_time` ms, and waits for `continue_simulation` each `sync_time` ms."""
    hub.run_sync(run_time, sync_time)


def continue_simulation() -> None:
    """Lets a run that waits go on."""
    hub.go_on.set()


def request_stop() -> None:
    """Ends a run without an end at its next step."""
    hub.stop()


def add_database_socket_address(database_notify_host: str | None = None, database_notify_port_num: int | None = None,
                                database_ack_port_num: int | None = None) -> None:  # fmt: skip
    """Has the program at an address told where the database of keys is, and when runs begin and end."""
    hub.gateway.notify(database_notify_host or "localhost", database_notify_port_num, database_ack_port_num)


def register_database_notification_request(hostname: str, notify_port: int, ack_port: int | None = None) -> None:
    """The same by another name."""
    add_database_socket_address(hostname, notify_port, ack_port)


class SpynnakerExternalDevicePluginManager:
    """The same functions by another name."""

    add_database_socket_address = staticmethod(add_database_socket_address)
    activate_live_output_for = staticmethod(activate_live_output_for)
    activate_live_output_to = staticmethod(activate_live_output_to)
    add_poisson_live_rate_control = staticmethod(add_poisson_live_rate_control)


class SendType(Enum):
    """Kinds of payloads to devices, by name."""

    SEND_TYPE_INT = 0
    SEND_TYPE_UINT = 1
    SEND_TYPE_ACCUM = 2
    SEND_TYPE_UACCUM = 3
    SEND_TYPE_FRACT = 4
    SEND_TYPE_UFRACT = 5


_DEVICES = [
    "AbstractEthernetController", "AbstractEthernetTranslator", "AbstractMulticastControllableDevice",
    "ArbitraryFPGADevice", "EthernetControlPopulation", "EthernetSensorPopulation", "ExternalDeviceLifControl",
    "ExternalFPGARetinaDevice", "ICUBRetinaDevice", "MunichIoSpiNNakerLinkProtocol", "MunichMotorDevice",
    "MunichRetinaDevice", "PushBotEthernetLEDDevice", "PushBotEthernetLaserDevice", "PushBotEthernetMotorDevice",
    "PushBotEthernetRetinaDevice", "PushBotEthernetSpeakerDevice", "PushBotLED", "PushBotLaser", "PushBotLifEthernet",
    "PushBotLifSpinnakerLink", "PushBotMotor", "PushBotRetinaResolution", "PushBotRetinaViewer",
    "PushBotSpeaker", "PushBotSpiNNakerLinkLEDDevice", "PushBotSpiNNakerLinkLaserDevice",
    "PushBotSpiNNakerLinkMotorDevice", "PushBotSpiNNakerLinkRetinaDevice", "PushBotSpiNNakerLinkSpeakerDevice",
    "SPIFInputDevice", "SPIFLiveSpikesConnection", "SPIFOutputDevice", "SPIFRetinaDevice", "protocols",
]  # fmt: skip
for _name in _DEVICES:
    globals()[_name] = unavailable(_name, "there is no hardware to connect", "there are SpikeInjector and live output")

__all__ = [
    "EIEIOType", "SpikeInjector", "SpynnakerLiveSpikesConnection", "SpynnakerPoissonControlConnection",
    "activate_live_output_for", "activate_live_output_to", "add_database_socket_address",
    "add_poisson_live_rate_control", "continue_simulation", "register_database_notification_request", "request_stop",
    "run_forever", "run_sync", *_DEVICES,
]  # fmt: skip
