"""The embedded broker of the trial run: amqtt (MQTT 3.1.1) on the loopback, in a thread with an event loop of its own.

For a first look only: it keeps nothing on disk. Production and tests use Mosquitto.
"""

import asyncio
import threading
from typing import Any

from amqtt.broker import Broker


class EmbeddedBroker:
    """Runs amqtt on `host:port`. `start` returns when it listens."""

    def __init__(self, host: str, port: int) -> None:
        """Bind later, in `start`; `host` must be a loopback address since anybody may publish."""
        self._config: dict[str, Any] = {
            "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}", "max_connections": 200}},
            "plugins": {
                "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True},
            },
        }
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="embedded-broker", daemon=True)

    def start(self) -> None:
        """Start the thread and wait until the broker listens.

        Raises:
            RuntimeError: it could not listen (the port is taken); the cause is attached.
        """
        self._thread.start()
        self._ready.wait(15)
        if self._error is not None or not self._ready.is_set():
            raise RuntimeError("the embedded broker could not start") from self._error

    def stop(self) -> None:
        """Close every connection and stop."""
        if self._loop is not None and self._closing is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join(10)

    def alive(self) -> bool:
        """Return whether the broker runs."""
        return self._thread.is_alive() and self._error is None

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - told to the thread that starts us
            self._error = error
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        broker = Broker(self._config)
        await broker.start()
        self._ready.set()
        await self._closing.wait()
        await broker.shutdown()
