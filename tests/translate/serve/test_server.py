"""Limits, back-pressure, stopping, guarding, and what the operator sees."""

import json
import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.translate.serve.conftest import ARABIC, ENGLISH, Serve, Served
from tests.translate.web.conftest import until
from translate.serve.documents import AT_ONCE

BODY = {"texts": [ARABIC]}


def later(served: Served, body: Any = BODY) -> "Future[httpx.Response]":
    """A request in a thread of its own."""
    pool = ThreadPoolExecutor(1)
    future = pool.submit(served.post, "/v1/translate", body)
    pool.shutdown(wait=False)
    return future


def test_what_is_too_large_is_refused(small: Served) -> None:
    answer = small.post("/v1/translate", {"texts": ["و" * 2000]})
    assert answer.status_code == 413
    assert answer.json()["detail"] == "at most 2000 bytes can be sent at once"
    file = {"file": ("a.txt", b"x" * 5000)}
    assert small.post("/v2/document", data={"target_lang": "EN"}, files=file).status_code == 413
    assert small.post("/v1/translate", {"texts": ["x"] * 4}).status_code == 400


def test_a_body_without_a_length_is_counted(small: Served) -> None:
    headers = {"Content-Type": "application/json"}
    answer = small.post(
        "/v1/translate", content=iter([b'{"texts": ["', b"x" * 3000, b'"]}']), headers=headers
    )
    assert answer.status_code == 413


def test_more_than_the_server_takes_is_told_to_come_back(small: Served) -> None:
    small.engine.free.clear()
    first, second = later(small), later(small)
    until(lambda: small.site.in_flight == 2)
    refused = small.post("/v1/translate", BODY)
    small.engine.free.set()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert {first.result().status_code, second.result().status_code} == {200}


def test_what_takes_too_long_is_given_up(small: Served) -> None:
    small.engine.free.clear()
    answer = small.post("/v1/translate", BODY)
    small.engine.free.set()
    assert answer.status_code == 503
    assert "1 s" in answer.json()["detail"]
    assert small.site.in_flight == 0


def test_a_client_that_goes_frees_its_work(served: Served) -> None:
    served.engine.free.clear()
    blocking = later(served)
    assert served.engine.entered.wait(30)
    sentences = " ".join([ARABIC] * 100)
    with pytest.raises(httpx.ReadTimeout):
        served.post("/v1/translate", {"texts": [sentences]}, timeout=0.5)
    until(lambda: served.site.in_flight == 1)
    served.engine.free.set()
    assert blocking.result().status_code == 200
    until(lambda: served.site.batcher.waiting == 0)
    assert sum(len(call) for call in served.engine.calls) < 100


def test_one_who_stops_finishes_what_it_has_and_takes_nothing_new(served: Served) -> None:
    served.engine.free.clear()
    working = later(served)
    assert served.engine.entered.wait(30)
    served.server.should_exit = True
    until(lambda: served.site.stopping)
    refused = served.post("/v1/translate", BODY)
    ready = served.get("/ready")
    alive = served.get("/health")
    served.engine.free.set()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert (ready.status_code, alive.status_code) == (503, 200)
    assert working.result().json()["translations"][0]["text"] == ENGLISH


def test_only_names_of_this_machine_are_answered_to(served: Served, serve: Serve) -> None:
    headers = {"Host": "evil.example"}
    assert served.get("/health", headers=headers).status_code == 403
    assert serve(hosts=None).get("/health", headers=headers).status_code == 200


def test_a_page_of_another_site_changes_nothing(served: Served) -> None:
    body = {"name": "x", "terms": []}
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert served.post("/v1/glossaries", body, headers=headers).status_code == 403
    assert served.get("/v1/glossaries").json() == {"glossaries": []}


def test_what_fails_inside_is_told_by_its_kind_alone(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    answer = served.post("/v1/translate", {"texts": ["كسر"]})
    assert answer.status_code == 500
    assert answer.json() == {"message": "Internal server error"}
    assert "ValueError" in caplog.text
    assert "كسر" not in caplog.text
    assert served.post("/v1/translate", BODY).status_code == 200


@pytest.mark.parametrize("path", ["/", "/v2/", "/v2/write/rephrase", "/suggest", "/translate/"])
def test_other_addresses_are_not_there(served: Served, path: str) -> None:
    assert served.post(path, BODY).status_code == 404
    assert served.get("/v1/translate").status_code == 405


def test_the_log_has_no_texts(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "translate.serve.requests")
    served.post("/v1/translate", BODY)
    served.get("/v1/glossaries/secret")
    until(lambda: len(caplog.messages) == 2)
    first, second = map(json.loads, caplog.messages)
    assert (first["route"], first["status"], first["characters"]) == (
        "/v1/translate", 200, len(ARABIC),
    )  # fmt: skip
    assert (second["route"], second["status"]) == ("/v1/glossaries/{id}", 404)
    assert "secret" not in caplog.text
    assert ARABIC.encode("unicode_escape").decode() not in caplog.text


def test_a_route_is_told_as_it_was_asked(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    """Also where several interfaces share what answers."""
    caplog.set_level(logging.INFO, "translate.serve.requests")
    served.ask("DELETE", "/v1/glossaries/x")
    served.ask("DELETE", "/v2/glossaries/x")
    served.ask("DELETE", "/v3/glossaries/x")
    served.get("/openapi.json")
    served.get("/spec")
    served.get("/nowhere")
    until(lambda: len(caplog.messages) == 6)
    assert [json.loads(line)["route"] for line in caplog.messages] == [
        "/v1/glossaries/{id}", "/v2/glossaries/{id}", "/v3/glossaries/{id}", "/openapi.json", "/spec", "",
    ]  # fmt: skip


def test_few_large_bodies_are_read_at_a_time(
    small: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("translate.serve.gate._UPLOADS", 0)
    file = {"file": ("a.txt", b"x" * 2500)}
    assert small.post("/v2/document", data={"target_lang": "EN"}, files=file).status_code == 429
    assert small.get("/v1/glossaries").status_code == 200


def test_odd_methods_make_no_figures_of_their_own(served: Served) -> None:
    assert served.ask("BREW", "/health").status_code == 405
    until(lambda: 'method="other"' in served.get("/metrics").text)
    assert "BREW" not in served.get("/metrics").text


def test_a_mistake_of_the_server_is_counted_as_one(served: Served) -> None:
    served.post("/v1/translate", {"texts": ["كسر"]})
    figures = served.get("/metrics").text
    assert 'route="/v1/translate",status="500"} 1.0' in figures


def test_a_document_that_nobody_waits_for_makes_room(served: Served) -> None:
    served.engine.free.clear()
    file = {"file": ("a.txt", ARABIC.encode())}
    with pytest.raises(httpx.ReadTimeout):
        served.post(
            "/translate_file", data={"source": "ar", "target": "en"}, files=file, timeout=0.5
        )
    until(lambda: not served.site.documents._sent)
    served.engine.free.set()


def test_neither_does_one_that_waits_for_its_turn(served: Served) -> None:
    served.engine.free.clear()
    file = {"file": ("a.txt", ARABIC.encode())}
    for _ in range(AT_ONCE):
        served.post("/v2/document", data={"target_lang": "EN"}, files=file)
    with pytest.raises(httpx.ReadTimeout):
        served.post(
            "/translate_file", data={"source": "ar", "target": "en"}, files=file, timeout=0.5
        )
    until(lambda: len(served.site.documents._sent) == AT_ONCE)
    served.engine.free.set()


def test_figures(served: Served) -> None:
    served.post("/v1/translate", BODY)
    figures = {
        'dragoman_requests_total{method="POST",route="/v1/translate",status="200"} 1.0',
        f"dragoman_source_characters_total {float(len(ARABIC))}",
        "dragoman_batch_segments_count 1.0",
        "dragoman_requests_in_flight 0.0",
    }

    def told() -> set[str]:
        return figures & set(served.get("/metrics").text.splitlines())

    until(lambda: told() == figures)  # they are counted when the answer is on its way
    assert "process_resident_memory_bytes" in served.get("/metrics").text


def test_many_clients_at_once_each_get_their_own(served: Served) -> None:
    words = {"زار": "Visited", "الوفد": "delegation", "موسكو": "Moscow", "عاد": "Returned"}
    wanted = list(words.items()) * 10
    with ThreadPoolExecutor(20) as pool:
        answers = pool.map(lambda pair: served.post("/v1/translate", {"texts": [pair[0]]}), wanted)
    got = [answer.json()["translations"][0]["text"] for answer in answers]
    assert got == [english for _, english in wanted]
    assert len(served.engine.calls) <= len(wanted)


def test_documents_that_were_not_fetched_make_the_server_full(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("translate.serve.documents.MOST", 1)

    def send() -> httpx.Response:
        file = {"file": ("a.txt", ARABIC.encode())}
        return served.post("/v2/document", data={"target_lang": "EN"}, files=file)

    sent = send().json()
    assert send().status_code == 429
    path, key = f"/v2/document/{sent['document_id']}", {"document_key": sent["document_key"]}
    until(lambda: served.post(f"{path}/result", key).status_code == 200)
    assert send().status_code == 200
    assert served.post(path, key).status_code == 404


def test_no_thread_outlives_a_server(serve: Serve) -> None:
    served = serve()
    served.server.should_exit = True
    until(lambda: not served.site.batcher.alive)
    until(lambda: not any(t.name.startswith("decoding-") for t in threading.enumerate()))
