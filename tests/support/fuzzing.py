"""Schemathesis: operations of every root field by chance, sent to a served application, and what came back."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation

from tests.support.aim import aimed
from tests.support.fuzzed_values import register
from tests.support.odd_values import NOT_OUR_WORDS

OF_A_TABLE: Final = re.compile(r"ecord|ield|Table|aggregate")
"""Root fields that are about a table and what is in it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to be, and what `RIGHT` stands for: values by the names of the arguments."""

    token: str
    values: Mapping[str, Sequence[str]]


@dataclass
class Found:
    """How many answers there were of each root field and kind (`data`, or the code of the first error), and faults."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def add(self, operation: str, document: str, status: int, body: Any) -> None:
        """One more answer."""
        errors = body.get("errors", [])
        codes = [error["extensions"]["code"] for error in errors]
        self.answers[operation, codes[0] if codes else "data"] += 1
        said = str([(error["message"], error["extensions"].get("errors")) for error in errors])
        is_fault = status >= 500 or {"INTERNAL_ERROR", "UNAVAILABLE"} & set(codes) or NOT_OUR_WORDS.search(said)
        if is_fault or (not errors and body.get("data") is None):
            self.faults.append((f"{status} {body}"[:1000], document))


class Fuzzer:
    """Blocks while it works: the application is to run in another thread."""

    def __init__(self, url: str, token: str) -> None:
        register()
        self._session = requests.Session()
        self._schema = schemathesis.graphql.from_url(url, headers=_headers(token))

    def operations(self) -> list[APIOperation]:
        """One of each root field of queries and mutations: first those of tables, at their end what deletes one."""
        found = [result.ok() for result in self._schema.get_all_operations()]
        return sorted(found, key=lambda each: (not OF_A_TABLE.search(each.label), each.label == "Mutation.deleteTable"))

    def round(
        self, target_of: Callable[[str], Target], found: Found, *, number: int, examples: int, mode: GenerationMode
    ) -> None:
        """Send so many examples of each operation, thrice as many of those of records.

        `target_of` is asked with the name of each, such as `Query.me`, before. The number decides which examples, as
        they are before they are aimed.
        """
        for operation in self.operations():
            times = 3 if "ecord" in operation.label else 1
            target = target_of(operation.label)
            self._send_examples(operation, target, found, _chosen(number, examples * times), mode)

    def _send_examples(
        self,
        operation: APIOperation,
        target: Target,
        found: Found,
        chosen: Callable[[Callable[..., None]], Callable[..., None]],
        mode: GenerationMode,
    ) -> None:
        @chosen
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: schemathesis.Case) -> None:
            case.body = aimed(case.body, target.values)
            response = case.call(session=self._session, headers=_headers(target.token))
            found.add(operation.label, case.body, response.status_code, response.json())

        send()


def _chosen(number: int, examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    limits = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(number)(limits(test))


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
