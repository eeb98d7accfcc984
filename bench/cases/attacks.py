"""An honest client beside one attack after the other: how late its answers are, and what the server takes of memory."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from rich.console import Console

from bench.attacker import Attacker, Deed
from bench.attacks.catalog import ATTACKS
from bench.attacks.wire import Target
from bench.cases.contract import Case, Line
from bench.duel import Pace
from bench.honest import Spell, visit
from bench.percentiles import milliseconds
from bench.world import World

MAX_DELAY = 250
"""Milliseconds that 99 of 100 answers to the honest client may take."""
MAX_GROWTH = 100
"""MB, from before an attack to the most during it."""
LEAST_SECONDS = 6.0
MB = 1_000_000
AS_DELIVERED = ("TABLEGRAPH_MAX_COST_PER_MINUTE", "TABLEGRAPH_EXECUTION_TIMEOUT", "TABLEGRAPH_REPORT_COST")
"""Guards that other cases switch off."""


def attacks(world: World, pace: Pace, keys: Sequence[str] = tuple(ATTACKS)) -> Sequence[Line]:
    """Each attack for a while, on a server of its own with all guards on; the schema is shown, too."""
    seconds = max(pace.seconds, LEAST_SECONDS)
    base = world.another("attacked")
    settings = {name: value for name, value in base.environment.items() if name not in AS_DELIVERED}
    server = replace(base, environment={**settings, "TABLEGRAPH_INTROSPECTION": "true"})
    tokens, lines, most_grown = world.people, [], 0.0
    with ExitStack() as stack:
        stack.enter_context(server)
        attacker = stack.enter_context(Attacker())
        target = Target(server.port, tokens, world.parts.id, world.api.base_id)
        visit(world, server, seconds)
        for key in keys:
            server.rest()
            alone = visit(world, server, seconds / 2)
            before, postgres = server.memory()[0], world.postgres_memory()
            attacker.begin(key, target, seconds)
            beside = visit(world, server, seconds)
            deed = attacker.end()
            grown = beside.memory - before, world.postgres_memory() - postgres
            lines.append(_line(ATTACKS[key].title, alone, beside, grown, deed))
            most_grown = max(most_grown, grown[0] / MB)
            Console(stderr=True).print(f"  {lines[-1].title}: {lines[-1].ours:.0f} ms, {lines[-1].note}")
    growth = Line(
        "memory during any of them", most_grown / MAX_GROWTH, 1.0, at_most=True, unit="MB more", ours=most_grown
    )
    return [*lines, growth]


def _line(title: str, alone: Spell, beside: Spell, grown: tuple[int, int], deed: Deed) -> Line:
    late = milliseconds(beside.delays, 99)
    mb, postgres_mb = (each / MB for each in grown)
    came = ", ".join(
        f"{name} {count:,}" for name, count in sorted(deed.outcomes.items(), key=lambda each: -each[1])[:5]
    )
    faults = f" FAULTS: {dict(deed.faults)}" if deed.faults else ""
    failed = f" FAILED: {beside.failures} of {len(beside.delays)}" if beside.failures else ""
    return Line(
        title,
        late / MAX_DELAY,
        1.0,
        at_most=True,
        unit="ms p99",
        ours=late,
        bare=milliseconds(alone.delays, 99),
        note=f"{mb:+.0f} MB, PostgreSQL {postgres_mb:+.0f}; attacker {deed.cpu_seconds:.1f} s CPU;"
        f" {came}{faults}{failed}",
    )


CASES = (Case("attacks", attacks),)
