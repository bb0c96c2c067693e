"""APScheduler at the edge: it only wakes what is due. A late run is run, never skipped; missed runs become one."""

from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler


class Schedule:
    """Recurring jobs in one background thread pool. Each job must be quick and must not raise."""

    def __init__(self) -> None:
        """Make an empty schedule."""
        # The defaults would silently drop a run that is more than one second late.
        defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults=defaults)

    def every(self, seconds: float, name: str, job: Callable[[], object]) -> None:
        """Run `job` every so many seconds of the wall clock."""
        self._scheduler.add_job(job, "interval", seconds=seconds, id=name, name=name)

    def start(self) -> None:
        """Start the thread."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop; a running job is waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
