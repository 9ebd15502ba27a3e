"""The description is valid, tells of every address, and is true of the answers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.translate.serve.conftest import Served
from translate.serve.app import ROUTES
from translate.serve.limits import Limits
from translate.serve.openapi import description


def test_it_is_valid(served: Served) -> None:
    sent = served.get("/openapi.json").json()
    OpenAPIV31SpecValidator(sent).validate()
    assert served.get("/spec").json() == sent
    assert sent["openapi"].startswith("3.1.")


def test_it_tells_of_every_address_and_no_other() -> None:
    told = {
        (path, method.upper())
        for path, operations in description(Limits())["paths"].items()
        for method in operations
    }
    there = {(one.path, method) for one in ROUTES for method in (one.methods or ()) if method != "HEAD"}  # fmt: skip
    assert told == there


def test_every_reference_leads_somewhere() -> None:
    whole = description(Limits())
    text = json.dumps(whole)
    names = whole["components"]["schemas"]
    for name in names:
        assert f'"#/components/schemas/{name}"' in text


# What JSON Schema can't say: rows of a table in a string, no source twice, kinds of files by their names, options
# that need another. There, that a request as described is taken is not asked.
CONFIGURATION = "".join(
    f"""
[[operations]]
include-path = "{path}"
checks.positive_data_acceptance.enabled = false
"""
    for path in (
        "/v1/glossaries", "/v1/glossaries/{id}", "/v2/translate", "/v2/document", "/v2/glossaries",
        "/v3/glossaries", "/v3/glossaries/{id}", "/v3/glossaries/{id}/dictionaries", "/translate_file",
    )
)  # fmt: skip


@pytest.mark.slow
def test_random_requests_find_nothing(served: Served, tmp_path: Path) -> None:
    """Schemathesis: answers are as described, what is described is taken, and nothing else."""
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION)
    run = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"), "--config-file", configuration, "run", f"{served.url}/openapi.json",
            "--max-examples", "10", "--seed", "1", "--continue-on-failure",
            "--warnings", "off", "--suppress-health-check", "all", "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
