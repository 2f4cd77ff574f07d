"""Constants that scripts take from sPyNNaker."""

SPIKE_PARTITION_ID = "SPIKE"
MAX_SUPPORTED_DELAY_TICS = 16
WEIGHT_FLOAT_TO_FIXED_SCALE = 16.0
SPIKES = "spikes"
V = "v"
GSYN_EXC = "gsyn_exc"
GSYN_INH = "gsyn_inh"
REWIRING = "rewiring"
