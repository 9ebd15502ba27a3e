"""Keys and usage."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.translate.serve.conftest import ARABIC, Serve, Served
from tests.translate.web.conftest import until
from translate.errors import ConfigError
from translate.serve.keys import Keyring, Usage

BODY = {"text": [ARABIC], "target_lang": "EN-US"}


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys.json")


def bearing(token: str, scheme: str = "DeepL-Auth-Key") -> dict[str, Any]:
    return {"headers": {"Authorization": f"{scheme} {token}"}}


def test_only_the_hash_is_kept(ring: Keyring) -> None:
    token = ring.add("news")
    assert token not in ring.path.read_text()
    found = ring.find(token)
    assert found is not None
    assert found.name == "news"
    assert ring.find(token[:-1]) is None
    assert ring.find("") is None
    assert ring.path.stat().st_mode & 0o777 == 0o600


def test_a_name_is_taken_once(ring: Keyring) -> None:
    ring.add("news")
    with pytest.raises(ConfigError, match="already"):
        ring.add("news")
    with pytest.raises(ConfigError, match="letters"):
        ring.add("a b")
    with pytest.raises(ConfigError, match="no key"):
        ring.remove("sports")


def test_a_broken_file_lets_nobody_in(ring: Keyring, served: Served) -> None:
    ring.path.write_text('{"name": "news"}')
    with pytest.raises(ConfigError, match=r"keys\.json"):
        _ = ring.keys
    assert served.post("/v2/translate", BODY).status_code == 400


def test_without_keys_any_will_do(served: Served) -> None:
    assert served.post("/v2/translate", BODY).status_code == 200
    assert served.post("/v2/translate", BODY, **bearing("any")).status_code == 200


def test_a_running_server_knows_keys_at_once(ring: Keyring, served: Served) -> None:
    token = ring.add("news")
    assert served.post("/v2/translate", BODY).status_code == 403
    assert served.post("/v2/translate", BODY, **bearing("wrong")).status_code == 403
    for scheme in ("DeepL-Auth-Key", "Bearer", "bearer"):
        assert served.post("/v2/translate", BODY, **bearing(token, scheme)).status_code == 200
    ring.remove("news")
    assert served.post("/v2/translate", BODY, **bearing(token)).status_code == 403
    assert served.post("/v2/translate", BODY).status_code == 403, "the last key opened the door"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/translate"),
        ("GET", "/v1/glossaries"),
        ("POST", "/v2/translate"),
        ("POST", "/v2/document"),
        ("GET", "/v2/usage"),
        ("GET", "/v3/glossaries"),
        ("POST", "/translate"),
        ("POST", "/translate_file"),
        ("POST", "/detect"),
        ("GET", "/metrics"),
    ],
)
def test_every_door_asks_for_a_key(ring: Keyring, served: Served, method: str, path: str) -> None:
    ring.add("news")
    assert served.ask(method, path).status_code == 403
    assert served.get("/health").status_code == served.get("/ready").status_code == 200


def test_libretranslates_key_is_in_the_body(ring: Keyring, served: Served) -> None:
    body = {"q": ARABIC, "source": "ar", "target": "en", "api_key": ring.add("news")}
    assert served.post("/translate", body).status_code == 200
    assert served.post("/translate", data=body).status_code == 200
    answer = served.post("/translate", body | {"api_key": "x"})
    assert (answer.status_code, list(answer.json())) == (403, ["error"])


def test_a_month_has_so_many_characters(ring: Keyring, served: Served) -> None:
    key = bearing(ring.add("news", limit=len(ARABIC) + 5))
    assert served.post("/v2/translate", BODY, **key).status_code == 200
    assert served.post("/v2/translate", BODY, **key).status_code == 456
    usage = served.get("/v2/usage", **key).json()
    assert usage == {"character_count": len(ARABIC), "character_limit": len(ARABIC) + 5}


def test_what_fails_costs_nothing(ring: Keyring, served: Served) -> None:
    key = bearing(ring.add("news"))
    body = BODY | {"text": ["كسر"]}
    assert served.post("/v2/translate", body, **key).status_code == 500
    assert served.get("/v2/usage", **key).json()["character_count"] == 0


def test_one_key_does_not_see_anothers(ring: Keyring, served: Served) -> None:
    ours, theirs = bearing(ring.add("ours")), bearing(ring.add("theirs"))
    made = served.post("/v1/glossaries", {"name": "x", "terms": []}, **ours).json()
    path = f"/v1/glossaries/{made['id']}"
    assert served.get(path, **ours).status_code == 200
    assert served.get("/v1/glossaries", **theirs).json() == {"glossaries": []}
    for method, options in (("GET", {}), ("DELETE", {}), ("PATCH", {"json": {"name": "y"}})):
        assert served.ask(method, path, **options, **theirs).status_code == 404
    body = {"texts": [ARABIC], "glossaries": [made["id"]]}
    assert served.post("/v1/translate", body, **theirs).status_code == 404
    file = {"file": ("a.txt", ARABIC.encode())}
    sent = served.post("/v2/document", data={"target_lang": "EN"}, files=file, **ours).json()
    status = (f"/v2/document/{sent['document_id']}", {"document_key": sent["document_key"]})
    assert served.post(*status, **ours).status_code == 200
    assert served.post(*status, **theirs).status_code == 404


def test_usage_is_kept_over_a_restart(ring: Keyring, serve: Serve, tmp_path: Path) -> None:
    key = bearing(ring.add("news"))
    first = serve()
    assert first.post("/v2/translate", BODY, **key).status_code == 200
    first.server.should_exit = True
    kept = tmp_path / "keys.usage.json"
    until(kept.exists)
    assert serve().get("/v2/usage", **key).json()["character_count"] == len(ARABIC)


def test_a_broken_file_of_usage_is_said(tmp_path: Path) -> None:
    path = tmp_path / "keys.usage.json"
    path.write_text(json.dumps(["x"]))
    with pytest.raises(ConfigError, match="usage"):
        Usage(path)


def test_a_key_with_odd_characters_is_only_wrong(ring: Keyring, served: Served) -> None:
    ring.add("news")
    headers = {"Authorization": b"DeepL-Auth-Key \xff"}
    assert served.post("/v2/translate", BODY, headers=headers).status_code == 403
