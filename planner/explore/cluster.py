"""Jobs on a cluster: the workers of a Dask scheduler that is there already; the loss of any is survived."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from planner.errors import Fault, MachineFault
from planner.explore.jobs import Done, attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Work = Callable[[Any, Any], Any]

PATIENCE = 30
"""Longest wait for the scheduler to answer, and for a first worker [s]."""
EXTRA = "install the extra: pip install 'wellbeing-planner[cluster]'"
GONE = "what is done is kept, here and on the cluster: the same command goes on from there"


def on_cluster(
    address: str, work: Work, parcel: object, jobs: Sequence[Any], *, name: str, versions: dict[str, str]
) -> Iterator[Done]:
    """Do jobs on the workers of a cluster, and tell each as it ends.

    What a job returns stays on the cluster, under the name of the job, until it has been fetched: whoever
    asks for the same jobs again, after a crash too, gets what is there and waits for what is not.

    Parameters
    ----------
    address
        Of the scheduler, such as `tcp://10.0.0.7:8786`.
    work
        What is done with the parcel and each job: a function of a module that the workers have too.
    parcel
        What all jobs need; it is sent once, and workers hand it on to one another.
    jobs
        What each is given.
    name
        Names the parcel: jobs of the same name, parcel and content are the same.
    versions
        Versions that the workers must have.

    Raises
    ------
    MachineFault
        When there is no scheduler, no worker, or one with other versions.
    """
    with _client(address) as client:
        _refuse_others(client, versions)
        held = client.submit(_held, parcel, key=f"planner-parcel-{name}", pure=False)
        known, futures = set(client.list_datasets()), {}
        for number, job in enumerate(jobs):
            key = f"planner-{name}-{hashlib.sha256(repr(job).encode()).hexdigest()[:16]}"
            if key in known:
                future = client.get_dataset(key)
            else:
                future = client.submit(_attempted, work, held, job, key=key, pure=False)
                client.publish_dataset(future, name=key)
            futures[future] = number
        yield from _ended(client, futures)


def _held(parcel: Any) -> Any:  # noqa: ANN401 - whatever all jobs need
    """The parcel, as something that the cluster keeps and can make again when a worker is lost."""
    return parcel


def _attempted(work: Work, parcel: Any, job: Any) -> tuple[Any, tuple[Fault, ...], float, int]:  # noqa: ANN401
    """What a job returns, or why it failed, and how long it took [s]; on a worker."""
    import time  # noqa: PLC0415 - as it is sent to a worker

    begun = time.monotonic()
    result, faults, code = attempt(lambda one: work(parcel, one), job)
    return result, faults, time.monotonic() - begun, code


def _ended(client: Any, futures: dict[Any, int]) -> Iterator[Done]:  # noqa: ANN401 - of a library that may be missing
    from distributed import as_completed  # noqa: PLC0415 - of the extra

    for future in as_completed(futures, loop=client.loop):  # type: ignore[no-untyped-call]
        number = futures.pop(future)
        yield _done(number, future)
        client.unpublish_dataset(future.key)
        future.release()


def _done(number: int, future: Any) -> Done:  # noqa: ANN401 - as above
    if future.status == "finished":
        return Done(number, *future.result())
    if future.status != "error":
        raise MachineFault(Fault("the cluster gave a job up", hint=GONE))
    error = future.exception()
    if type(error).__name__ == "KilledWorker":
        hint = "memory of the workers may not suffice: give each more, or ask a smaller question"
        fault = Fault("worker after worker was lost while doing this", hint=hint)
    else:
        fault = Fault(f"the worker says {type(error).__name__}: {error}")
    return Done(number, faults=(fault,), code=MachineFault.exit_code)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """A client of the scheduler; what goes wrong is told in words."""
    try:
        from distributed import Client  # noqa: PLC0415 - of the extra
        from distributed.comm.core import CommClosedError  # noqa: PLC0415 - as above
    except ImportError:
        raise MachineFault(Fault("Dask is not installed", "--cluster", EXTRA)) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        hint = "start one with `dask scheduler`, and name its address, such as tcp://10.0.0.7:8786"
        message = f"no scheduler answers at `{address}` ({type(error).__name__})"
        raise MachineFault(Fault(message, "--cluster", hint)) from None
    try:
        yield client
    except CommClosedError:
        raise MachineFault(Fault("the scheduler does not answer any more", address, GONE)) from None
    finally:
        with suppress(Exception):
            client.close()  # type: ignore[no-untyped-call]


def _refuse_others(client: Any, versions: dict[str, str]) -> None:  # noqa: ANN401 - as above
    """Refuse a cluster without workers, and workers whose answers could differ."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        hint = "start some with `dask worker ADDRESS --nthreads 1`"
        raise MachineFault(Fault("the cluster has no workers", "--cluster", hint)) from None
    told = client.run(_versions, on_error="return")
    faults = [
        Fault(
            f"has {_listed(found)}, and this machine {_listed(versions)}",
            str(worker),
            "install the same there",
        )
        for worker, found in told.items()
        if found != versions
    ]
    if faults:
        raise MachineFault(faults)


def _versions() -> dict[str, str]:
    """Versions of a worker."""
    from planner.store import solver_versions  # noqa: PLC0415 - as it is sent to a worker

    return solver_versions()


def _listed(versions: Any) -> str:  # noqa: ANN401 - or what kept a worker from telling
    if not isinstance(versions, dict):
        return f"no planner that runs ({versions})"
    return ", ".join(f"{name} {version}" for name, version in versions.items())
