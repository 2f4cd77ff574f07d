"""sPyNNaker's connectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.random import RandomDistribution

from pyNN import connectors as pynn_connectors

from ..errors import UnsupportedError
from ..pynn import connectors, simulator
from ..pynn.connectors import EngineConnector
from .exceptions import SpynnakerException, SynapticConfigurationException
from .synapses import evaluated


def _quiet(base: type, name: str = "") -> type:
    """The same connector, which takes `verbose` and leaves it."""

    def begin(self: Any, *values: Any, verbose: bool = False, **given: Any) -> None:
        for name in ("weights", "delays"):
            if name in given:
                raise UnsupportedError(name, "this is the API of PyNN 0.7", "since 0.8 it belongs to the synapse_type")
        if len(values) > len(order):
            values = values[: len(order)]
        given.update(zip(order, values, strict=False))
        base.__init__(self, **given)

    name = name or base.__name__
    order = _ORDER.get(name, ())
    return type(name, (base,), {"__init__": begin, "__doc__": base.__doc__})


_ORDER = {
    "AllToAllConnector": ("allow_self_connections", "safe"),
    "ArrayConnector": ("array", "safe"),
    "CSAConnector": ("cset", "safe"),
    "DistanceDependentProbabilityConnector": ("d_expression", "allow_self_connections"),
    "FixedNumberPostConnector": ("n",),
    "FixedNumberPreConnector": ("n",),
    "FixedProbabilityConnector": ("p_connect", "allow_self_connections", "safe"),
    "SmallWorldConnector": ("degree", "rewiring", "allow_self_connections", "n_connections", "rng"),
}

AllToAllConnector = _quiet(connectors.AllToAllConnector)
OneToOneConnector = _quiet(connectors.OneToOneConnector)
FixedProbabilityConnector = _quiet(connectors.FixedProbabilityConnector)


class _Enough:
    """Says at the projection when there are too few cells to take `n` different ones of."""

    side: str

    def checked(self, projection: Any) -> None:
        """Throws `SpynnakerException`."""
        cells = getattr(projection, self.side)
        there = cells.size - (projection.pre is projection.post and not self.allow_self_connections)  # type: ignore[attr-defined]
        if not self.with_replacement and isinstance(self.n, int) and self.n > there:  # type: ignore[attr-defined]
            raise SpynnakerException(
                f"{type(self).__name__} will not work when with_replacement=False and n > {there}, the neurons that "
                f"there are to be taken of {cells.label}"
            )


class _Post(_Enough, connectors.FixedNumberPostConnector):
    side = "post"


class _Pre(_Enough, connectors.FixedNumberPreConnector):
    side = "pre"


FixedNumberPostConnector = _quiet(_Post, "FixedNumberPostConnector")
FixedNumberPreConnector = _quiet(_Pre, "FixedNumberPreConnector")
ArrayConnector = _quiet(connectors.ArrayConnector)
SmallWorldConnector = _quiet(connectors.SmallWorldConnector)


class CSAConnector(connectors.CSAConnector):
    """Connections of a set in the connection-set algebra."""

    def __init__(self, cset: Any, safe: bool = True, callback: Any = None, verbose: bool = False) -> None:
        super().__init__(cset, safe=safe, callback=callback)

    def show_connection_set(self, n_pre_neurons: int, n_post_neurons: int) -> None:
        """Draws the set."""
        import csa

        csa.show(self.cset, n_pre_neurons, n_post_neurons)


class DistanceDependentProbabilityConnector(connectors.DistanceDependentProbabilityConnector):
    """Each pair with a chance that depends on its distance."""

    def __init__(self, d_expression: str, allow_self_connections: bool = True, n_connections: Any = None,
                 rng: Any = None, safe: bool = True, verbose: bool = False, callback: Any = None) -> None:  # fmt: skip
        if n_connections is not None:
            raise NotImplementedError("n_connections is not implemented for DistanceDependentProbabilityConnector")
        super().__init__(d_expression, allow_self_connections, rng=rng, safe=safe, callback=callback)


class _Made(EngineConnector, pynn_connectors.Connector):
    """A connector that PyNN does not have, and the engine has."""

    parameter_names: tuple[str, ...] = ()
    kind: str

    def __init__(self, safe: bool = True, callback: Any = None, rng: Any = None, **values: Any) -> None:
        super().__init__(None, safe, callback)
        self.arguments = {name: value for name, value in values.items() if value is not None}
        self.parameter_names = tuple(values)
        self._given_seed = connectors._with_seed(rng)
        for name, value in values.items():
            setattr(self, name, value)

    def rule(self, projection: Any) -> dict[str, Any] | None:
        return {"type": self.kind, **self.arguments}

    def rows(self, projection: Any) -> tuple[np.ndarray, ...] | None:
        """Pairs drawn here, for weights and delays that the topology has no words for."""
        pairs = self.pairs(projection)
        if pairs is None:
            raise UnsupportedError(
                f"{type(self).__name__} with weights or delays by distance, list or exponential_clipped",
                "the machine makes these connections itself", "numbers and the other distributions are taken",
            )  # fmt: skip
        return np.divmod(pairs, projection.post.size)

    def pairs(self, projection: Any) -> np.ndarray | None:
        """Numbers of pairs, target by target within each source; nothing where only the machine makes them."""
        return None

    def known(self, projection: Any) -> tuple[np.ndarray, ...] | None:
        return None

    def _allowed(self, projection: Any) -> np.ndarray:
        pre, post = projection.pre, projection.post
        pairs = np.arange(pre.size * post.size)
        if pre is post and not getattr(self, "allow_self_connections", True):
            pairs = pairs[pairs // post.size != pairs % post.size]
        return pairs

    def _generator(self) -> Any:
        seed = self.seed()
        return simulator.state.rng.rng if seed is None else np.random.default_rng(seed)


class FixedTotalNumberConnector(_Made):
    """`n` pairs in all."""

    kind = "FixedTotalNumber"

    def __init__(self, n: int, allow_self_connections: bool = True, with_replacement: bool = True, rng: Any = None,
                 safe: bool = True, verbose: bool = False, callback: Any = None) -> None:  # fmt: skip
        super().__init__(safe, callback, rng, n=int(n), allow_self_connections=bool(allow_self_connections),
                         with_replacement=bool(with_replacement))  # fmt: skip

    def estimate(self, projection: Any) -> float:
        return float(self.n)

    def pairs(self, projection: Any) -> np.ndarray | None:
        return np.sort(self._generator().choice(self._allowed(projection), self.n, replace=self.with_replacement))

    def checked(self, projection: Any) -> None:
        """Throws `SpynnakerException` when there are fewer pairs than are to be taken."""
        pairs = projection.pre.size * projection.post.size
        pairs -= projection.pre.size if projection.pre is projection.post and not self.allow_self_connections else 0
        if not self.with_replacement and self.n > pairs:
            raise SpynnakerException(
                f"{type(self).__name__} will not work when with_replacement is False and n > {pairs}, the pairs of "
                f"{projection.pre.label} and {projection.post.label}"
            )


class MultapseConnector(FixedTotalNumberConnector):
    """The same by its other name."""


class AllButMeConnector(_Made):
    """Every pair of a group but those of a neuron with itself."""

    kind = "AllButMe"

    def __init__(self, n_neurons_per_group: int | None = None, weights: Any = None, safe: bool = True,
                 verbose: bool = False, callback: Any = None) -> None:  # fmt: skip
        flat = None if weights is None else [float(w) for w in np.ravel(weights)]
        super().__init__(safe, callback, n_neurons_per_group=n_neurons_per_group, weights=flat)


class OneToOneOffsetConnector(_Made):
    """Each source with the target some places further on in its group."""

    kind = "OneToOneOffset"

    def __init__(self, offset: int, wrap: bool = False, n_neurons_per_group: int | None = None, safe: bool = True,
                 verbose: bool = False, callback: Any = None) -> None:  # fmt: skip
        super().__init__(safe, callback, offset=int(offset), wrap=bool(wrap), n_neurons_per_group=n_neurons_per_group)


class IndexBasedProbabilityConnector(_Made):
    """Each pair with a chance that depends on its indices i and j."""

    kind = "IndexBasedProbability"

    def __init__(self, index_expression: str, allow_self_connections: bool = True, rng: Any = None, safe: bool = True,
                 callback: Any = None, verbose: bool = False) -> None:  # fmt: skip
        super().__init__(safe, callback, rng, index_expression=str(index_expression),
                         allow_self_connections=bool(allow_self_connections))  # fmt: skip

    def pairs(self, projection: Any) -> np.ndarray | None:
        pairs = self._allowed(projection)
        source, target = np.divmod(pairs, projection.post.size)
        chance = evaluated(self.index_expression, i=source.astype(float), j=target.astype(float))
        return pairs[self._generator().random(len(pairs)) < chance]


def _pair(value: Any) -> list[int] | None:
    if value is None:
        return None
    if np.isscalar(value):
        return [int(value), int(value)]
    pair = [int(each) for each in value]
    return pair if len(pair) == 2 else [pair[0], 1]


class KernelConnector(_Made):
    """Through a kernel between two grids."""

    kind = "Kernel"

    def __init__(self, shape_pre: Any, shape_post: Any, shape_kernel: Any, weight_kernel: Any = None,
                 delay_kernel: Any = None, shape_common: Any = None, pre_sample_steps_in_post: Any = None,
                 pre_start_coords_in_post: Any = None, post_sample_steps_in_pre: Any = None,
                 post_start_coords_in_pre: Any = None, safe: bool = True, space: Any = None, verbose: bool = False,
                 callback: Any = None) -> None:  # fmt: skip
        for name, kernel in (("weight", weight_kernel), ("delay", delay_kernel)):
            if kernel is not None and np.shape(kernel) != tuple(shape_kernel):
                raise SynapticConfigurationException(f"{name} kernel of shape {np.shape(kernel)}, not {shape_kernel}")
        super().__init__(
            safe, callback, shape_pre=_pair(shape_pre), shape_post=_pair(shape_post),
            shape_kernel=_pair(shape_kernel), weight_kernel=_grid(weight_kernel), delay_kernel=_grid(delay_kernel),
            shape_common=_pair(shape_common), pre_sample_steps_in_post=_pair(pre_sample_steps_in_post),
            pre_start_coords_in_post=_pair(pre_start_coords_in_post),
            post_sample_steps_in_pre=_pair(post_sample_steps_in_pre),
            post_start_coords_in_pre=_pair(post_start_coords_in_pre),
        )  # fmt: skip


def _grid(values: Any) -> list[list[float]] | None:
    return None if values is None else np.asarray(values, dtype=float).tolist()


class ConvolutionConnector(_Made):
    """Through a kernel between two populations of rows and columns, weights by the kernel."""

    kind = "Convolution"
    shaped = True

    def __init__(self, kernel_weights: Any, kernel_shape: Any = None, strides: Any = None, padding: Any = None,
                 pool_shape: Any = None, pool_stride: Any = None, positive_receptor_type: str = "excitatory",
                 negative_receptor_type: str = "inhibitory", safe: bool = True, verbose: bool = False,
                 callback: Any = None, filter_edges: bool = True) -> None:  # fmt: skip
        kernel = self._kernel(kernel_weights, kernel_shape)
        if padding is True:
            padding = [side // 2 for side in kernel.shape]
        elif padding is False:
            padding = None
        super().__init__(
            safe, callback, kernel_weights=kernel.tolist(), strides=_pair(strides), padding=_pair(padding),
            pool_shape=_pair(pool_shape), pool_stride=_pair(pool_stride),
            positive_receptor_type=positive_receptor_type, negative_receptor_type=negative_receptor_type,
        )  # fmt: skip
        self._kernel_shape = kernel.shape

    @staticmethod
    def _kernel(weights: Any, shape: Any) -> np.ndarray:
        if isinstance(weights, RandomDistribution) or np.ndim(weights) < 2:
            size = _pair(shape)
            if size is None:
                raise SynapticConfigurationException("kernel_shape must be provided")
            if isinstance(weights, RandomDistribution):
                weights = weights.next(size[0] * size[1])
            return np.broadcast_to(np.asarray(weights, float), size[0] * size[1]).reshape(size)
        return np.asarray(weights, dtype=float)

    def get_post_shape(self, shape: Any) -> tuple[int, ...]:
        """Rows and columns of the target, for those of the source."""
        sides = np.asarray(shape)
        pooled = self.pool_stride or self.pool_shape
        if pooled:
            sides = sides // np.asarray(pooled)
        sides = sides - (np.asarray(self._kernel_shape) - 1) + 2 * np.asarray(self.padding or [0, 0])
        sides = sides // np.asarray(self.strides or [1, 1])
        return tuple(int(side) for side in np.maximum(sides, 1))


class PoolDenseConnector(_Made):
    """Every source to every target, by the source's place after pooling."""

    kind = "PoolDense"
    shaped = True

    def __init__(self, weights: Any, pool_shape: Any = None, pool_stride: Any = None,
                 positive_receptor_type: str = "excitatory", negative_receptor_type: str = "inhibitory",
                 safe: bool = True, verbose: bool = False, callback: Any = None) -> None:  # fmt: skip
        self._given = weights
        super().__init__(
            safe, callback, weights=weights, pool_shape=_pair(pool_shape), pool_stride=_pair(pool_stride),
            positive_receptor_type=positive_receptor_type, negative_receptor_type=negative_receptor_type,
        )  # fmt: skip

    def rule(self, projection: Any) -> dict[str, Any] | None:
        shape = projection.pre.shape() or (projection.pre.size,)
        places = int(np.prod(self.get_post_pool_shape(shape, self.pool_shape, self.pool_stride)))
        size = places * projection.post.size
        weights = self._given.next(size) if isinstance(self._given, RandomDistribution) else self._given
        table = np.broadcast_to(np.asarray(weights, float).reshape(-1) if np.ndim(weights) else float(weights), size)
        return {"type": self.kind, **self.arguments, "weights": table.reshape(places, projection.post.size).tolist()}

    @staticmethod
    def get_post_pool_shape(shape: Any, pool_shape: Any = None, pool_stride: Any = None) -> tuple[int, ...]:
        """Rows and columns after pooling."""
        sides = np.asarray(shape)
        stride = _pair(pool_stride) or _pair(pool_shape)
        if stride is None:
            return tuple(int(side) for side in sides)
        pool = np.asarray(_pair(pool_shape) or stride)
        return tuple(int(side) for side in (sides - (pool - 1) + np.asarray(stride) - 1) // np.asarray(stride))


class FromListConnector(connectors.FromListConnector):
    """A row for each connection: source, target, and perhaps weight and delay."""

    def __init__(self, conn_list: Any, column_names: Any = None, *, safe: bool = True, verbose: bool = False,
                 callback: Any = None) -> None:  # fmt: skip
        table = np.asarray(conn_list if conn_list is not None else [], dtype=float)
        if len(table) == 0:
            table = np.empty((0, 2))
        names = column_names
        if names is None and table.shape[1] == 3:
            names = ("weight",)
        if names is not None:
            names = tuple(name for name in names if name not in ("i", "j"))
        super().__init__(table, names, safe=safe, callback=callback)
        if len(table) == 0:
            self.conn_list = table


class FromFileConnector(FromListConnector):
    """The same rows out of a text file."""

    def __init__(self, file: Any, distributed: bool = False, safe: bool = True, callback: Any = None,
                 verbose: bool = False) -> None:  # fmt: skip
        names = None
        if isinstance(file, str):
            with open(file) as lines:
                for line in lines:
                    if line.startswith("#") and "columns" in line:
                        names = [word.strip(" \"'[]()\n") for word in line.partition("=")[2].split(",")]
            table = np.loadtxt(file, ndmin=2)
        else:
            table = np.asarray(file.read())
            names = file.get_metadata().get("columns")
        super().__init__(table, names, safe=safe, callback=callback)
