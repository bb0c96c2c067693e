"""Where a channel may connect to: named hosts only, and inside the own network only when the configuration says so."""

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.errors import ConfigError, Problem


class Forbidden(Exception):
    """The address may not be connected to; the message says why and names no secret."""


@dataclass(frozen=True, slots=True)
class Egress:
    """`hosts`: the names (or addresses) that may be connected to. `private`: also inside private networks."""

    hosts: frozenset[str]
    private: bool = False

    def resolve(self, url: str) -> str:
        """Return the address to connect to: the one that was judged, so that a second look-up cannot give another.

        Raises:
            Forbidden: the host is not on the list, or stands for an address that may not be connected to.
            OSError: the name cannot be resolved.
        """
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if host not in self.hosts:
            raise Forbidden(f"host {host!r} is not on the list of allowed hosts")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for address in found:
            if not self.private and not ipaddress.ip_address(str(address).partition("%")[0]).is_global:
                raise Forbidden(f"host {host!r} stands for an address inside a private network")
        return str(found[0])


def checked_url(url: str, egress: Egress, field: str) -> str:
    """Return the URL.

    Raises:
        ConfigError: it is no http(s) URL, plain http to the outside, carries a password, or its host is not allowed.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        raise ConfigError([Problem("channels", 0, field, "is no URL")]) from None
    reason = None
    if parts.scheme not in {"http", "https"} or not host:
        reason = "must be an http or https URL"
    elif parts.username or parts.password:
        reason = "must not carry a user or a password; use the key for secrets"
    elif parts.scheme == "http" and not egress.private:
        reason = "must be https, unless private = true"
    elif host not in egress.hosts:
        reason = f"host {host!r} is not among allowed_hosts"
    if reason is not None:
        raise ConfigError([Problem("channels", 0, field, reason)])
    return url


def hosts(names: Collection[str]) -> frozenset[str]:
    """Return host names as they are compared."""
    return frozenset(name.lower() for name in names)
