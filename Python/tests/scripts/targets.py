"""The scripts that are to run unchanged, and what they are to come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Finding = tuple[str, Any, bool]


@dataclass(frozen=True)
class Target:
    """A script by the end of its path, and a check of what it left; a test has its own assertions."""

    path: str
    check: Callable[[Any], Iterator[Finding]] | None = None
    arguments: tuple[str, ...] = ()


def _synfire(left: Any) -> Iterator[Finding]:
    chain = left["pop_1"]
    order = np.argsort(chain.times, kind="stable")
    turns, gaps = chain.neurons[order], np.diff(chain.times[order])
    yield "neurons fire in turn", turns[:4].tolist(), np.array_equal(turns, np.arange(len(turns)) % chain.size)
    yield "equal gaps, > 17 ms", sorted(set(gaps.tolist())), len(set(gaps.tolist())) == 1 and gaps[0] > 17


def _balanced(left: Any) -> Iterator[Finding]:
    cells = left["Excitatory_Cells"]
    rate = cells.rate(200, 1000)
    intervals = [np.diff(np.sort(cells.times[cells.neurons == n])) for n in range(cells.size)]
    irregular = float(np.mean([np.std(i) / np.mean(i) for i in intervals if len(i) > 3]))
    yield "rate 1…60 Hz", round(rate, 1), 1 < rate < 60
    yield "irregular: CV > 0.3", round(irregular, 2), irregular > 0.3


def _sparse(left: Any) -> Iterator[Finding]:
    # 18.2 mV on the average, a deviation of some 0.3 mV and a threshold at 20 mV: few spikes.
    rate = left["E_pop"].rate(200, 1000)
    yield "few spikes: 0.01…1 Hz", round(rate, 2), 0.01 < rate < 1


def _curve(left: Any) -> Iterator[Finding]:
    distance, change = np.asarray(left.names["delta_t"], float), np.asarray(left.names["delta_w"], float)
    for name, side, tau in (("potentiation", distance < 0, 16.7), ("depression", distance > 0, 33.7)):
        near = side & (np.abs(distance) <= 40)
        slope = np.polyfit(np.abs(distance[near]), np.log(np.abs(change[near])), 1)[0]
        sign = 1 if name == "potentiation" else -1
        holds = abs(-1 / slope - tau) < 0.1 * tau and np.all(sign * change[near] > 0)
        yield f"{name} falls with {tau} ms", round(-1 / slope, 1), holds


def _pairing(left: Any) -> Iterator[Finding]:
    names = left.names
    post = left[str(names["post_pop"].label)]
    trained = names["start_pairing"] + names["isi"] * names["n_stim_pairing"] + names["start_test_post_pairing"]
    length = names["isi"] * names["n_stim_test"]
    before = post.count(names["start_test_pre_pairing"], names["start_test_pre_pairing"] + length)
    after = post.count(trained, trained + length)
    yield "answers after pairing, not before", f"{before} → {after}", after > 5 * max(before, 4)


def _structural(left: Any) -> Iterator[Finding]:
    rows = np.asarray(left.names["pre_weights"][-1])
    side = int(np.sqrt(left.names["pop_size"]))
    source, target = (np.array(np.divmod(rows[:, column].astype(int), side)) for column in (0, 1))
    apart = np.abs(source - target)
    apart = np.hypot(*np.minimum(apart, side - apart))
    yield "synapses form", len(rows), len(rows) > 200
    yield "of neighbours: mean distance < 1", round(float(apart.mean()), 2), apart.mean() < 1


def _reward(left: Any) -> Iterator[Finding]:
    posts = [each for label, each in left.networks[-1].items() if label.startswith("post")]
    at = [sum(each.rate(*span) for each in posts) / len(posts) for span in ((0, 2000), (4200, 6000), (8200, 12000))]
    yield (
        "rate rises with reward, falls with punishment",
        [round(rate, 1) for rate in at],
        at[1] > 2 * at[0] and (at[2] < at[1] / 2),
    )


def _currents(left: Any) -> Iterator[Finding]:
    (v,) = (each.samples["v"] for each in left.networks[-1].values())
    plateaus = [float(v[step, cell]) for step, cell in ((395, 0), (205, 1), (245, 1), (405, 1))]
    expected = [-60.0, -61.0, -59.0, -67.0]
    near = np.allclose(plateaus, expected, atol=0.25)
    yield f"plateaus {expected} mV", np.round(plateaus, 2).tolist(), near
    wave = v[150:450, 2]
    yield "sine about -64 mV", round(float(wave.mean()), 2), abs(wave.mean() + 64) < 0.1 and np.ptp(wave) > 2
    yield "noise about -60 mV", round(float(v[150:450, 3].mean()), 2), abs(v[150:450, 3].mean() + 60) < 0.5


def _delta(left: Any) -> Iterator[Finding]:
    def input_of(name: str) -> np.ndarray:
        return np.asarray(left.names[name].segments[0].filter(name="gsyn_exc")[0].magnitude)[:, 0]

    delta, decaying = input_of("stoc_data"), input_of("exp_data")
    steps = np.flatnonzero(delta)
    yield (
        "delta: 10 steps of 1.5 nA",
        f"{len(steps)} of {set(np.round(delta[steps], 2).tolist())}",
        len(steps) == 10 and np.allclose(delta[steps], 1.5, atol=0.01),
    )
    step = int(np.argmax(decaying > 1))
    ratio = float(decaying[step + 1] / decaying[step])
    yield "exponential: falls to 0.819 in a ms", round(ratio, 3), abs(ratio - np.exp(-1 / 5)) < 0.002


def _vogels(left: Any) -> Iterator[Finding]:
    static, plastic = (network["excit_pop"].rate(800, 1000) for network in left.networks[-2:])
    yield "rate falls with plasticity", f"{static:.1f} → {plastic:.1f} Hz", plastic < 0.9 * static


def _adapting(left: Any) -> Iterator[Finding]:
    (cells,) = (each for each in left.networks[-1].values() if len(each.times))
    intervals = [np.diff(np.sort(cells.times[cells.neurons == n])) for n in range(cells.size)]
    first = float(np.mean([i[0] for i in intervals if len(i) > 4]))
    last = float(np.mean([i[-1] for i in intervals if len(i) > 4]))
    yield "intervals grow", f"{first:.1f} → {last:.1f} ms", last > 1.3 * first


def _follows(spans: list[tuple[float, float]]) -> Callable[[Any], Iterator[Finding]]:
    def check(left: Any) -> Iterator[Finding]:
        rates = [left["Excitatory"].rate(*span) for span in spans]
        none, high, low, middle = rates
        holds = high > middle > low and low > 0.9 * none
        yield "rate follows input 0, 50, 10, 20 Hz", [round(rate, 1) for rate in rates], holds

    return check


def _wave(left: Any) -> Iterator[Finding]:
    for label, step in (("pop_forward", 1), ("pop_backward", -1)):
        cells = left[label]
        ends = cells.neurons == (cells.size - 1 if step == 1 else 0)
        last = int(ends.sum())
        yield (
            f"{label}: 300 spikes, 5 waves to the end",
            f"{len(cells.times)}, {last}",
            (len(cells.times) == 300 and last == 5),
        )


def _notebook(left: Any) -> Iterator[Finding]:
    spikes = sum(len(each.times) for network in left.networks for each in network.values())
    yield "networks ran and fired", f"{len(left.networks)} networks, {spikes} spikes", spikes > 0


def _reset(left: Any) -> Iterator[Finding]:
    segments = [np.asarray(s.filter(name="v")[0].magnitude)[:, 0] for s in left.names["v"].segments]
    first = [float(segment[0]) for segment in segments]
    yield "v begins at -64, -62, -63", first, first == [-64.0, -62.0, -63.0]
    yield "one sample a ms", [len(segment) for segment in segments], [len(s) for s in segments] == [15, 15, 30]
    yield "v set at 15 ms is -61", float(segments[2][15]), float(segments[2][15]) == -61.0


def _voltages(left: Any) -> Iterator[Finding]:
    found = {label: each.samples["v"] for label, each in left.networks[-1].items() if "v" in each.samples}
    yield (
        "100 samples of 3 neurons of 4 kinds",
        [v.shape for v in found.values()],
        ([v.shape for v in found.values()] == [(100, 3)] * 4),
    )
    tops = {label: float(v.max()) for label, v in found.items()}
    holds = all(-100 < float(v.min()) and float(v.max()) < 40 for v in found.values()) and len(set(tops.values())) == 4
    yield "each of its own, from -100 to 40 mV", {label: round(top, 1) for label, top in tops.items()}, holds


def _gate(left: Any) -> Iterator[Finding]:
    inputs = [set(left.names[name]) for name in ("spike_times_1_2", "spike_times_3", "spike_times_4")]
    both, any_of = sorted(set.intersection(*inputs)), sorted(set.union(*inputs))
    for name, after, times in (
        ("inh_spikes_classic", 1, any_of), ("and_spikes_classic", 2, both), ("and_spikes_fast", 1, both),
    ):  # fmt: skip
        found = [float(time) for time in left.names[name][0]]
        yield f"{name}: {[t + after for t in times]}", found, found == [t + after for t in times]


def _recall(left: Any) -> Iterator[Finding]:
    cells, given = left["PCLayer"], left.names["DGLSpikes"]
    patterns = [[n for n, times in enumerate(given) if times[0] == first] for first in {times[0] for times in given}]
    cues = sorted((next(given[n][5] for n in pattern if len(given[n]) > 5), pattern) for pattern in patterns)
    before: set[int] = set()
    for begin, pattern in cues:
        cued = [n for n in pattern if len(given[n]) > 5]
        during = (cells.times >= begin) & (cells.times < begin + 8)
        answer = set(cells.neurons[during].tolist())
        # What was recalled before goes on oscillating for a while.
        holds = set(pattern) <= answer and answer - set(pattern) <= before
        yield f"cue {cued} at {begin} recalls {pattern}", sorted(answer), holds
        before = answer


_EXAMPLES, _TESTS = "PyNNExamples/examples/", "spynnaker_integration_tests/"
_LIVE = _EXAMPLES + "external_devices_examples/live_examples/"

TARGETS = {
    target.path.rpartition("/")[2]: target
    for target in [
        Target(_EXAMPLES + "synfire_if_curr_exp.py", _synfire),
        Target(_EXAMPLES + "va_benchmark.py", _balanced),
        Target(_EXAMPLES + "pynnBrunnel.py", _sparse),
        Target(_EXAMPLES + "stdp_curve.py", _curve),
        Target(_EXAMPLES + "stdp_example.py", _pairing),
        Target(_EXAMPLES + "structural_plasticity_without_stdp_2d.py", _structural),
        Target(_EXAMPLES + "stdp_neuromodulated_example.py", _reward),
        Target(_EXAMPLES + "current_injection_example.py", _currents),
        Target(_EXAMPLES + "if_curr_delta.py", _delta),
        Target(_EXAMPLES + "extra_models_examples/vogels_2011.py", _vogels),
        Target(_EXAMPLES + "extra_models_examples/IF_curr_exp_ca2_adaptive.py", _adapting),
        Target(
            "PyNNExamples/balanced_random/balanced_random.py",
            _follows([(0, 1000), (1000, 2000), (2000, 3000), (3000, 4000)]),
        ),
        Target(_LIVE + "spike_io.py", _wave),
        Target(_LIVE + "balanced_random_live_rate.py", _follows([(0, 950), (1050, 1950), (2050, 2950), (3050, 5000)])),
        Target("01.RunningPyNNSimulations/RunningPyNNSimulationsOnSpiNNaker.ipynb", _notebook),
        Target(_TESTS + "test_change_neuron_parameters_between_runs/test_set_and_reset.py"),
        Target(_TESTS + "test_change_neuron_parameters_between_runs/test_set_toffset.py"),
        Target(_TESTS + "test_multi_call_examples/test_reset_run.py"),
        Target(_TESTS + "test_multi_call_examples/test_reset_new_pop.py"),
        Target(_TESTS + "test_views/test_views_data.py"),
        Target(_TESTS + "test_connectors/test_connectors.py"),
        Target(_TESTS + "test_stdp/test_STDP_pair_additive.py"),
        Target(_TESTS + "test_stdp/test_STDP_record_weights.py"),
        Target(_TESTS + "test_local_only/test_conv_even.py"),
        Target(_TESTS + "test_selective_recording/test_sampling.py"),
        Target("my_testing/simple/simple_run_reset.py", _reset),
        Target("compare_voltages.py", _voltages),
        Target("tests/neural_and/test_simple_and.py", _gate),
        Target("CA3_oscilatory.py", _recall),
    ]
}
