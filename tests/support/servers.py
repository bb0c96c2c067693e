"""Find the real servers that tests need, and make them ready: `python -m tests.support.servers`.

`make test` runs this before pytest, so that builds and installations happen once and never inside a test.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import httpx

from tests.support.processes import Program

ROOT = Path(__file__).resolve().parents[2]
BUILD_INFLUXD = ROOT / "tools" / "influxd" / "build.sh"
BUILD_TOXIPROXY = ROOT / "tools" / "toxiproxy" / "build.sh"


@dataclass(frozen=True)
class Found:
    """A way to run a server, or (neither `program` nor `url`) why there is none. `how` is one line for people."""

    how: str
    program: Program | None = None
    url: str = ""

    @property
    def missing(self) -> bool:
        """Whether there is no such server here."""
        return self.program is None and not self.url


def cache_folder() -> Path:
    """Return where built servers are kept: the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "quanyan" / "bin"


def in_ci() -> bool:
    """Return whether a missing server is a failure rather than a skip."""
    return os.environ.get("CI", "").lower() == "true"


@cache
def influxdb() -> Found:
    """InfluxDB 2: INFLUXDB_URL, else `influxd` on PATH or in the cache, else a container."""
    if url := os.environ.get("INFLUXDB_URL"):
        return _external_influxdb(url)
    for folders in (os.environ.get("PATH", ""), str(cache_folder())):
        if path := shutil.which("influxd", path=folders):
            return Found(f"{path}", Program(Path(path).parent))
    return _container("influxdb:2.9", "no influxd on PATH or in the cache; `make influxd` builds it with Go and Cargo")


@cache
def mosquitto() -> Found:
    """Mosquitto: PATH (with /usr/sbin, where Debian puts it), else a container."""
    if path := shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"):
        return Found(path, Program(Path(path).parent))
    return _container("eclipse-mosquitto:2", "no mosquitto on PATH")


@cache
def postgresql() -> Found:
    """PostgreSQL: PATH, else the newest of /usr/lib/postgresql, else a container."""
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]), reverse=True
    )
    if on_path := shutil.which("postgres"):
        candidates.insert(0, Path(on_path).resolve())
    for path in candidates:
        if (path.parent / "initdb").exists():
            return Found(str(path), Program(path.parent))
    return _container("postgres:17", "no postgres with initdb on PATH or in /usr/lib/postgresql")


def telegraf() -> str:
    """Return the path of Telegraf: the one that `make telegraf` built, so that its parts and version are known.

    Raises:
        SystemExit: it was not built.
    """
    if path := shutil.which("telegraf", path=str(cache_folder())):
        return path
    raise SystemExit("no telegraf in the cache; `make telegraf` builds it with Go")


@cache
def toxiproxy() -> Found:
    """Toxiproxy: PATH, else the cache."""
    if path := shutil.which("toxiproxy-server", path=f"{os.environ.get('PATH', '')}:{cache_folder()}"):
        return Found(path, Program(Path(path).parent))
    return Found("no toxiproxy-server on PATH or in the cache; `make toxiproxy` builds it with Go")


@cache
def compiler() -> Found:
    """A C compiler, for the disk that fails: PATH."""
    for name in ("cc", "gcc", "clang"):
        if path := shutil.which(name):
            return Found(path, Program(Path(path).parent))
    return Found("no C compiler on PATH")


@cache
def faketime() -> Found:
    """The library of libfaketime for programs with threads, where Debian puts it."""
    for path in sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")):
        return Found(str(path), Program(path.parent))
    return Found("no libfaketimeMT.so.1 below /usr/lib")


CHROMIUM_FLAGS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
"""What a headless Chromium needs to draw maps without a graphics card, and to run as root."""


@cache
def chromium() -> Found:
    """Chromium: PATH. One that a test library would download is not used."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return Found(path, Program(Path(path).parent))
    return Found("no chromium on PATH")


@cache
def alertmanager() -> Found:
    """Alertmanager: PATH, by Debian's name or its own, else a container."""
    for name in ("prometheus-alertmanager", "alertmanager"):
        if path := shutil.which(name):
            return Found(path, Program(Path(path).parent))
    return _container("prom/alertmanager:v0.28.1", "no prometheus-alertmanager or alertmanager on PATH")


@cache
def promtool() -> Found:
    """Prometheus' own tool, which judges metrics and alert rules: PATH."""
    if path := shutil.which("promtool"):
        return Found(path, Program(Path(path).parent))
    return Found("no promtool on PATH; it comes with Prometheus")


@cache
def shared_data() -> Found:
    """The recorded data: the folder `data` in QUANYAN_SHARED, or in `shared` beside the repository."""
    folder = Path(os.environ.get("QUANYAN_SHARED") or ROOT.parent / "shared") / "data"
    if folder.is_dir():
        return Found(str(folder), url=folder.as_uri())
    return Found(f"no folder {folder}; set QUANYAN_SHARED to the folder that holds `data`")


def native() -> Found:
    """The compiled hot path, as `make install` builds it."""
    if spec := find_spec("quanyan_native"):
        return Found("quanyan_native", url=str(spec.origin))
    return Found("quanyan_native is not built; `make install` does where Cargo and a C compiler are")


SERVERS: dict[str, tuple[str, Callable[[], Found]]] = {
    "influx": ("InfluxDB 2", influxdb),
    "broker": ("Mosquitto", mosquitto),
    "postgres": ("PostgreSQL", postgresql),
    "browser": ("Chromium", chromium),
    "alertmanager": ("Alertmanager", alertmanager),
    "promtool": ("promtool", promtool),
    "compiler": ("C compiler", compiler),
    "native": ("compiled hot path", native),
    "faketime": ("libfaketime", faketime),
    "toxiproxy": ("Toxiproxy", toxiproxy),
    "shared": ("recorded data", shared_data),
}
"""By pytest marker: the name for people, and how it is found."""


PACKAGES = {
    mosquitto: ("mosquitto",),
    postgresql: ("postgresql",),
    chromium: ("chromium", "fonts-noto-cjk"),
    alertmanager: ("prometheus-alertmanager",),
    promtool: ("prometheus",),
    compiler: ("gcc", "libc6-dev"),
    faketime: ("libfaketime",),
}
"""By finder: the Debian packages that bring the server."""


def _external_influxdb(url: str) -> Found:
    missing = [name for name in ("INFLUXDB_TOKEN", "INFLUXDB_ORG") if not os.environ.get(name)]
    if missing:
        return Found(f"INFLUXDB_URL is set, but {' and '.join(missing)} not")
    with contextlib.suppress(httpx.HTTPError):
        if httpx.get(f"{url.rstrip('/')}/health", timeout=5).is_success:
            return Found(f"INFLUXDB_URL={url}", url=url)
    return Found(f"INFLUXDB_URL={url} does not answer /health")


@cache
def _docker_answers() -> bool:
    if not shutil.which("docker"):
        return False
    with contextlib.suppress(subprocess.TimeoutExpired):
        return subprocess.run(["docker", "version"], capture_output=True, timeout=20, check=False).returncode == 0
    return False


def _container(image: str, otherwise: str) -> Found:
    if _docker_answers():
        return Found(f"container {image}", Program(None, image))
    return Found(f"{otherwise}; no Docker answers")


def _run(command: Sequence[str]) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, check=False, stdout=sys.stderr).returncode == 0


def _apt_install(*packages: str) -> None:
    """Install Debian packages, when we may."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
        _ = _run(install) or (_run(["apt-get", "update", "-q"]) and _run(install))


def _build_influxd() -> None:
    """Build, or bring up to date, the cached server. Does nothing when another one comes first."""
    on_path = shutil.which("influxd")
    if not os.environ.get("INFLUXDB_URL") and not on_path and shutil.which("go") and shutil.which("cargo"):
        _run(["bash", str(BUILD_INFLUXD)])


def _make_ready(find: Callable[[], Found]) -> None:
    """Do the slow things that a test must not do."""
    if find is influxdb:
        _build_influxd()
        influxdb.cache_clear()
    if find is toxiproxy and toxiproxy().missing and shutil.which("go"):
        _run(["bash", str(BUILD_TOXIPROXY)])
        toxiproxy.cache_clear()
    for finder, packages in PACKAGES.items():
        if find is finder and not _installed(finder()):
            _apt_install(*packages)
            finder.cache_clear()
    program = find().program
    if program is not None and program.image:
        _run(["docker", "pull", "--quiet", program.image])


def _installed(found: Found) -> bool:
    return found.program is not None and not found.program.image


def main() -> int:
    """Make every server ready and say, one line each, what is used. In CI a missing one is a failure."""
    lacking = 0
    for title, find in SERVERS.values():
        _make_ready(find)
        found = find()
        lacking += found.missing
        print(f"{title}: {'MISSING: ' if found.missing else ''}{found.how}")  # noqa: T201 - the output of a command
    return 1 if lacking and in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
