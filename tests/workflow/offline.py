"""The validator of run crates, without network.

It asks the web for one document, the JSON-LD context of RO-Crate 1.1. Its cache is filled with that (CC0, as the document
itself says; it came with rocrate 0.10), and it runs with ``offline=True``, which forbids it to ask for anything else.
"""

import io
from pathlib import Path

import requests
from requests_cache import CachedSession
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.services import validate
from urllib3 import HTTPResponse

CONTEXT = Path(__file__).parents[1] / "standards/ro-crate-1.1-context.jsonld"
ADDRESS = "https://w3id.org/ro/crate/1.1/context"


def filled(place):
    """A cache of the validator with the one document that it asks for."""
    head = {"Content-Type": "application/ld+json"}
    answer = requests.Response()
    answer.status_code, answer.url, answer.headers = 200, ADDRESS, requests.structures.CaseInsensitiveDict(head)
    answer.request = requests.Request("GET", ADDRESS).prepare()
    body = CONTEXT.read_bytes()
    answer._content = body
    answer.raw = HTTPResponse(body=io.BytesIO(body), headers=head, status=200, preload_content=False)
    with CachedSession(str(place), backend="sqlite", expire_after=-1) as session:
        session.cache.save_response(answer)
    return place


def issues(folder, profile, cache, severity=Severity.REQUIRED):
    """Checks that the crate of a folder fails."""
    settings = ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier=profile,
        requirement_severity=severity,
        offline=True,
        cache_path=cache,
    )
    return {issue.check.identifier for issue in validate(settings).get_issues()}
