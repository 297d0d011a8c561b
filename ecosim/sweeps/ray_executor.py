"""Ray as an ordinary executor: a small cluster of its own on this machine, or the user's cluster by its address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from typing import Any

from ecosim.errors import UserError


def call(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do the work; a function of this module, so that every worker can import it."""
    return work(*arguments)


class RayExecutor(Executor):
    """Hands calls to Ray, each once: trying again is for the sweep to decide.

    ``workers`` calls at a time on this machine, or on the cluster at ``address`` as many as it has room for;
    ``options`` go to `ray.init`. A Ray that is already connected is used as it is and left running.
    """

    def __init__(self, workers: int, address: str = "", options: Mapping[str, Any] | None = None) -> None:
        import ray

        self._ray, self._mine = ray, not ray.is_initialized()
        if self._mine:
            where = {"address": address} if address else {"num_cpus": workers, "include_dashboard": False}
            try:
                ray.init(**{"log_to_driver": False, "logging_level": "error", **where, **dict(options or {})})
            except (ConnectionError, ValueError, TypeError, RuntimeError) as error:
                told = str(error).splitlines()[0] if str(error) else repr(error)
                raise UserError(
                    f"executor=ray: it does not start with {where | dict(options or {})} ({told})"
                ) from None
        self._call = ray.remote(max_retries=0, num_cpus=1)(call)
        self._refs: dict[Future[Any], Any] = {}

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Return a future of the call; a worker that dies makes it fail with Ray's own error."""
        reference = self._call.remote(work, *arguments, **named)
        future: Future[Any] = reference.future()
        self._refs[future] = reference
        future.add_done_callback(lambda done: self._refs.pop(done, None))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End what is under way, and Ray too if it was started here."""
        for reference in list(self._refs.values()):
            self._ray.cancel(reference, force=True)
        if self._mine:
            self._ray.shutdown()
