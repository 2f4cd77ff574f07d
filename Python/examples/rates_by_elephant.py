"""Rates, irregularity and correlation of any run, with Elephant: rates_by_elephant.py RESULTS POPULATION."""

import sys

import numpy as np
import quantities as pq
from elephant.conversion import BinnedSpikeTrain
from elephant.spike_train_correlation import correlation_coefficient
from elephant.statistics import cv, isi, mean_firing_rate

import spinnsim

results = spinnsim.load(sys.argv[1])
trains = results.block(sys.argv[2]).segments[0].spiketrains
rates = np.array([mean_firing_rate(train).rescale("Hz").magnitude for train in trains])
irregular = [cv(isi(train).magnitude) for train in trains if len(train) > 3]
active = [train for train in trains if len(train) > 3][:100]
correlation = correlation_coefficient(BinnedSpikeTrain(active, bin_size=5 * pq.ms))
pairs = correlation[np.triu_indices(len(active), 1)]
print(f"{rates.mean():.2f} Hz, CV {np.mean(irregular):.2f}, correlation {pairs.mean():.4f}")
