from dataclasses import replace
from hashlib import sha256

import pytest

from domain.errors import Conflict, NotFound
from domain.record import Role
from store.operational import OperationalStore
from store.operational.audit import Action
from store.operational.keys import new_key
from tests.store.operational.builders import T0, hours


def test_a_new_key_knows_only_the_hash_of_its_secret() -> None:
    key, secret = new_key("page", Role.READ, T0, hours(1))
    assert secret.startswith("qy_")
    assert len(secret) > 40
    assert key.secret_sha256 == sha256(secret.encode()).hexdigest()
    assert secret not in repr(key)
    assert (key.name, key.role, key.created_at, key.expires_at, key.revoked_at) == (
        "page",
        Role.READ,
        T0,
        hours(1),
        None,
    )


def test_a_key_is_found_by_the_hash_of_its_secret(store: OperationalStore) -> None:
    key, _ = new_key("page", Role.OPERATE, T0, hours(5))
    store.keys.add(key)
    assert store.keys.by_secret_hash(key.secret_sha256) == key
    assert store.keys.by_secret_hash("0" * 64) is None
    assert store.keys.by_secret_hash("\x00\ud800") is None


def test_names_ids_and_secrets_are_taken_once(store: OperationalStore) -> None:
    key, _ = new_key("page", Role.READ, T0)
    other, _ = new_key("other", Role.READ, T0)
    store.keys.add(key)
    for clash in (
        replace(other, id=key.id),
        replace(other, name="page"),
        replace(other, secret_sha256=key.secret_sha256),
    ):
        with pytest.raises(Conflict, match="already"):
            store.keys.add(clash)
    assert store.keys.list() == (key,)


def test_a_revoked_key_stays_listed_and_keeps_its_time(store: OperationalStore) -> None:
    first, _ = new_key("a", Role.ADMIN, T0)
    second, _ = new_key("b", Role.READ, hours(1))
    for key in (second, first):
        store.keys.add(key)
    store.keys.revoke(first.id, hours(2))
    store.keys.revoke(first.id, hours(3))
    assert store.keys.list() == (replace(first, revoked_at=hours(2)), second)
    assert store.keys.by_secret_hash(first.secret_sha256) == replace(first, revoked_at=hours(2))


def test_revoking_an_unknown_key_is_not_found(store: OperationalStore) -> None:
    with pytest.raises(NotFound, match="no key nothing"):
        store.keys.revoke("nothing", T0)


def test_every_change_of_keys_is_audited_without_secrets(store: OperationalStore) -> None:
    key, secret = new_key("page", Role.READ, T0)
    store.keys.add(key, author="王")
    store.keys.revoke(key.id, hours(1))
    added, revoked = store.audit.list()
    assert (added.author, added.action, added.at) == ("王", Action.KEY_ADDED, T0)
    assert added.detail == {"key": key.id, "name": "page", "role": "read"}
    assert (revoked.author, revoked.action, revoked.detail) == ("command line", Action.KEY_REVOKED, {"key": key.id})
    assert key.secret_sha256 not in repr((added, revoked))
    assert secret not in repr((added, revoked))
