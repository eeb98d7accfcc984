"""Attacks that are whole requests, sent one after the other: what is costly to read, to check, or to answer."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count
from random import Random

import orjson

from bench.attacks.wire import Target, asked
from bench.requests import send

MEGABYTE = 1_000_000
HUNDRED_KB = 99_000
"""Just below what a document may have in characters."""
RECORDS = "query Q%d($t: ID!, $f: RecordFilter, $a: String) { records(tableId: $t, filter: $f, after: $a%s) { %s } }"

Requests = Callable[[Target], Iterator[bytes]]


def doubling(target: Target) -> Iterator[bytes]:
    """Fragments that double, 20 levels, each time in another document."""
    levels = "".join(f"fragment F{n} on User {{ ...F{n + 1} ...F{n + 1} }} " for n in range(20))
    for number in count():
        yield asked(target, number, f"query Q{number} {{ me {{ ...F0 }} }} {levels} fragment F20 on User {{ id }}")


def large_documents(target: Target) -> Iterator[bytes]:
    """Braces, repeated fields, aliases, strings, directives and comments, of 1 MB and of just less than is taken."""
    for number in count():
        size = (MEGABYTE - 2_000, HUNDRED_KB)[number % 2]
        yield asked(target, number, _long(number, size))


def _long(number: int, size: int) -> str:
    head = f"query Q{number} "
    fills = [
        ("{", ""),
        ("{ me { id ", "}}"),
        ("{ __typename ", "}"),
        ('{ record(id: "', '") { id } }'),
        ("{ me ", "{ id } }"),
        ("{ me { id } } # ", ""),
        ("{ a: __typename ", "}"),
    ]
    unit = ["{", "id ", f"a{number}: __typename ", "x", "@include(if: true) ", "#\n", "\ufeff "][number % 7]
    before, after = fills[number % 7]
    return head + before + unit * ((size - 60) // len(unit.encode())) + after


def deep_json(target: Target) -> Iterator[bytes]:
    """Arrays and objects in each other, and beside each other, by the hundred thousand."""
    half = MEGABYTE // 2 - 1_000
    bodies = [
        b'{"query":"{a}","variables":' + b"[" * half + b"]" * half + b"}",
        b'{"query":"{a}","variables":' + b'{"a":' * (half // 5) + b"1" + b"}" * (half // 5) + b"}",
        b'{"query":"{ __typename }","variables":{"a":[' + b"[]," * (MEGABYTE // 3 - 1_000) + b"[]]}}",
        b'{"query":"{ __typename }","variables":{"a":[' + b"{}," * (MEGABYTE // 3 - 1_000) + b"{}]}}",
        b"[" * (MEGABYTE - 1_000),
    ]
    yield from _bodies(target, bodies)


def garbage(target: Target) -> Iterator[bytes]:
    """Bodies of nearly 1 MB that are no JSON, or JSON that says nothing: bytes, long numbers, many numbers, names."""
    chance = Random(5)
    numbers = b",".join(b"%d" % (n % 10) for n in range(MEGABYTE // 2 - 1_000))
    names = b",".join(b'"%d":1' % n for n in range(85_000))
    bodies = [
        chance.randbytes(MEGABYTE),
        b'{"query":"{ __typename }","variables":{"a":%b}}' % (b"9" * (MEGABYTE - 2_000)),
        b'{"query":"{ __typename }","variables":{"a":[%b]}}' % numbers,
        b'{"query":"{ __typename }","variables":{%b}}' % names,
        b'{"query":"{ __typename }","variables":{"a":"%b"}}' % (b"\\u0041" * (MEGABYTE // 6 - 1_000)),
        b'{"query":"{ __typename }","variables":{"a":"%b"}}' % (b"\\ud800" * (MEGABYTE // 6 - 1_000)),
        b'{"query":"{ __typename }","variables":{"a":"%b"}}' % (b"\\" * (MEGABYTE - 2_000)),
        b'{"query":"{ __typename }","variables":{"a":"%b%b"}}' % (b"1" * 200, b'\\"' * (MEGABYTE // 2 - 2_000)),
    ]
    yield from _bodies(target, bodies)


def _bodies(target: Target, bodies: list[bytes]) -> Iterator[bytes]:
    heads = [f"Authorization: Bearer {token}\r\n" for token in target.tokens]
    made = [send("POST", "/graphql", body, heads[n % len(heads)]) for n, body in enumerate(bodies)]
    for number in count():
        yield made[number % len(made)]


def overlapping(target: Target) -> Iterator[bytes]:
    """Fields of one name that have to be compared in pairs, and fragments that are spread beside each other."""
    for number in count():
        same = "me { id name } " * 330
        documents = [f"query Q{number} {{ {same} }}", _spreading(number, 180), _spreading(number, 65)]
        yield asked(target, number, documents[number % 3])


def _spreading(number: int, count: int) -> str:
    fragments = "".join(f"fragment F{n} on User {{ id name email }} " for n in range(count))
    return f"query Q{number} {{ me {{ {' '.join(f'...F{n}' for n in range(count))} }} }} {fragments}"


def introspection(target: Target) -> Iterator[bytes]:
    """The schema by way of itself, as deep and as often as is taken."""
    for number in count():
        for depth in (3, 6, 12):
            inner = "name"
            for level in range(depth):
                inner = f"name {'fields { type' if level % 2 else 'possibleTypes'} {{ {inner} }} {'}' * (level % 2)}"
            beside = " ".join(f"t{n}: types {{ {inner} }}" for n in range(12))
            yield asked(target, number, f"query Q{number}x{depth} {{ __schema {{ {beside} }} }}")


def circles(target: Target) -> Iterator[bytes]:
    """The tables and fields of a base by way of themselves: answers of as many values as are taken, and of more."""
    leaf = "id name type options isPrimary canWrite"
    rounds = "table { fields { %s } views { fields { %s } } }"
    deep = rounds % (rounds % (leaf, leaf), rounds % (leaf, leaf))
    for number in count():
        inner = (leaf, f"{leaf} {rounds % (leaf, leaf)}", f"{leaf} {deep}")[number % 3]
        beside = " ".join(f"t{n}: tables {{ fields {{ {inner} }} }}" for n in range(1 + number % 4))
        yield asked(target, number, f'query Q{number % 50} {{ base(id: "{target.base}") {{ {beside} }} }}')


def filters(target: Target) -> Iterator[bytes]:
    """LIKE over all text, huge lists, as many conditions as are taken, and those in each other."""
    wild = "%_" * 2_000
    like = [
        {"field": "Name", "operator": operator, "value": wild + str(n)}
        for n in range(160)
        for operator in ("CONTAINS", "ICONTAINS", "ENDS_WITH")
    ]
    deep: object = {"field": "Name", "operator": "CONTAINS", "value": "e"}
    for _ in range(60):
        deep = {"not": {"or": [deep]}}
    shapes = [
        {"or": [{"field": "Name", "operator": "ICONTAINS", "value": f"{n}%_%a"} for n in range(490)]},
        {"or": like[:60]},
        {"field": "Price", "operator": "IN", "value": list(range(120_000))},
        {"field": "Name", "operator": "IN", "value": [f"name {n}" for n in range(60_000)]},
        {"field": "$id", "operator": "NOT_IN", "value": [str(n) for n in range(100_000)]},
        deep,
    ]
    for number in count():
        variables = {"t": target.table, "f": shapes[number % len(shapes)]}
        yield asked(target, number, RECORDS % (0, "", "totalCount nodes { id }"), variables)


def costly(target: Target) -> Iterator[bytes]:
    """The largest pages, beside each other and in each other, up to the cost that a request and a minute may have."""
    for number in count():
        page = f'records(tableId: "{target.table}", first: 1000, search: "%d") {{ totalCount nodes {{ id fields }} }}'
        pages = " ".join(f"p{n}: {page % n}" for n in range(15))
        yield asked(target, number, f"{{ {pages} }}")
        inner = "table { records(first: 280) { nodes { id } } }"
        nested = f'{{ records(tableId: "{target.table}", first: 280) {{ nodes {{ {inner} }} }} }}'
        yield asked(target, number + 1, nested)


def logins(target: Target) -> Iterator[bytes]:
    """Sign-ins with wrong passwords, as many in a request as are taken."""
    for number in count():
        roots = " ".join(
            f'l{n}: login(input: {{email: "nobody{n}@example.com", password: "wrong {number} {n}"}}) {{ expiresIn }}'
            for n in range(20)
        )
        yield asked(target, number, f"mutation {{ {roots} }}")


def persisted(target: Target) -> Iterator[bytes]:
    """Documents that are persisted and never asked for again."""
    for number in count():
        document = f"query P{number} {{ me {{ id }} }} # {'x' * 50_000}"
        hashed = {"version": 1, "sha256Hash": sha256(document.encode()).hexdigest()}
        body = orjson.dumps({"query": document, "extensions": {"persistedQuery": hashed}})
        token = target.tokens[number % len(target.tokens)]
        yield send("POST", "/graphql", body, f"Authorization: Bearer {token}\r\n")


def new_shapes(target: Target) -> Iterator[bytes]:
    """Operations that nobody has sent before: names, selections, filters, orders, and so statements."""
    names = ["Name", "Price", "Quantity", "In stock", "Introduced", "Counted at", "Status", "Contact"]
    chance = Random(6)
    for number in count():
        shown = chance.sample(names, 5)
        order = ", ".join(f'{{field: "{name}"}}' for name in chance.sample(names, 3))
        cells = " ".join(f'c{n}: value(field: "{name}")' for n, name in enumerate(shown))
        conditions = [
            {"field": chance.choice(names[:1]), "operator": chance.choice(["CONTAINS", "NEQ", "GT"]), "value": str(n)}
            for n in range(chance.randint(1, 200))
        ]
        variables = {"t": target.table, "f": {"or": conditions}}
        document = RECORDS % (number, f", first: 1, orderBy: [{order}]", f"nodes {{ id {cells} }}")
        yield asked(target, number, document, variables)


def odd_values(target: Target) -> Iterator[bytes]:
    """Cursors of hundreds of kilobytes, numbers of any size, halves of surrogate pairs, NUL."""
    for number in count():
        values = ["A" * 900_000, "\x00" * 100_000, "é" * 300_000, "W10="]
        yield asked(target, number, RECORDS % (1, "", "nodes { id }"), {"t": target.table, "a": values[number % 4]})
        numbers = [1e308, -1e308, 2**63, 5e-324, -(2**63), "9" * 90_000, "1e999999999", "\x00"]
        condition = {"field": "Price", "operator": "GT", "value": numbers[number % 8]}
        yield asked(target, number, RECORDS % (2, "", "nodes { id }"), {"t": target.table, "f": condition})
        literal = ("9" * 5_000, "1e" + "9" * 50, '"\\\\ud800"', "-" + "9" * 400)[number % 4]
        yield asked(target, number, f'{{ records(tableId: "{target.table}", first: {literal}) {{ nodes {{ id }} }} }}')
