"""Parts by actors on a Ray cluster.

One task on the driver's machine reads the files and hands out parts, actors that hold a model translate them, and the
driver gets them back in order (Ray Data: streaming, back-pressure; what a lost worker had is begun again). So only
the driver's machine needs the files, and termbases travel with the actors; the model must be on every machine.
"""

import logging
import os
import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from glossary.termbase import Termbase
from translate.batch.extras import needed
from translate.batch.run import Pending
from translate.batch.work import Done, translated
from translate.errors import EngineError, TranslateError
from translate.pipeline import Translator
from translate.types import Provenance

if TYPE_CHECKING:
    import pyarrow as pa

IN_FLIGHT = 2  # parts of an actor: one in work, one on its way
OBJECT_STORE = 256 * 2**20  # bytes, where Ray is started here; a part has one or two MiB


def by_ray(
    pending: Sequence[Pending],
    *,
    address: str | None,
    translator: Translator,
    chosen: Mapping[str, Any],
) -> Iterator[Done]:
    """In order. `chosen` is what Translator takes besides termbase and threads; `translator` the driver's own.

    address: of a running cluster; None for the one that RAY_ADDRESS names, else one that is started here and
    stopped at the end.
    """
    if not pending:
        return
    with needed("--ray", extra="ray"):
        import ray
        from ray.data import ActorPoolStrategy, DataContext
    with _connected(address):
        here = {"ray.io/node-id": ray.get_runtime_context().get_node_id()}
        context = DataContext.get_current().copy()
        context.execution_options.preserve_order = True
        context.target_max_block_size = 1  # a part is a block
        context.enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        with DataContext.current(context):
            parts = (
                ray.data.from_items([{"pending": pickle.dumps(list(pending))}])
                .map_batches(_read, batch_format="pyarrow", num_cpus=0, label_selector=here)
                .map_batches(
                    _Worker,
                    batch_size=1,
                    batch_format="pyarrow",
                    num_cpus=1,
                    compute=ActorPoolStrategy(
                        min_size=max(int(ray.cluster_resources().get("CPU", 1)), 1),
                        max_tasks_in_flight_per_actor=IN_FLIGHT,
                    ),
                    fn_constructor_args=(chosen, translator.termbase, translator.provenance),
                )
            )
        try:
            for batch in parts.iter_batches(batch_size=None, batch_format="pyarrow"):
                for done in batch.column(0).to_pylist():
                    yield pickle.loads(done)
        except ray.exceptions.RayError as error:
            raise _as_here(error) from error


@contextmanager
def _connected(address: str | None) -> Iterator[None]:
    import ray

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    quiet: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if address is None and "RAY_ADDRESS" not in os.environ:
        quiet |= {"include_dashboard": False, "object_store_memory": OBJECT_STORE}
    ray.init(address, **quiet)
    try:
        yield
    finally:
        ray.shutdown()


def _as_here(error: Any) -> TranslateError:
    """What went wrong on a machine, as if it had gone wrong here."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, TranslateError):
        return cause
    last = str(cause or error).strip().splitlines()[-1]
    return EngineError(f"a worker of Ray failed ({last}); its logs say more")


def _read(batch: "pa.Table") -> "Iterator[pa.Table]":
    """Part by part, each with the number of its job."""
    import pyarrow as pa

    (pending,) = map(pickle.loads, batch.column(0).to_pylist())
    for number, one in enumerate(pending):
        for part in one.parts():
            row = pickle.dumps((number, one.job, part))
            yield pa.table({"part": pa.array([row], pa.binary())})


class _Worker:
    """An actor with a model."""

    def __init__(self, chosen: Mapping[str, Any], termbase: Termbase, expected: Provenance) -> None:
        self._translator = Translator(**chosen, glossary=termbase, threads=1)
        if self._translator.provenance != expected:
            raise EngineError(
                f"this machine would translate with {self._translator.provenance}, but the batch is made with "
                f"{expected}; give all machines the same model and the same Dragoman"
            )

    def __call__(self, batch: "pa.Table") -> "pa.Table":
        import pyarrow as pa

        rows = [
            pickle.dumps(translated(number, job, part, self._translator))
            for number, job, part in map(pickle.loads, batch.column(0).to_pylist())
        ]
        return pa.table({"done": pa.array(rows, pa.binary())})
