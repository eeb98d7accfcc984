"""Extensions of installed packages: each is loaded and started apart, and one that fails is named and left out."""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.extensions import Extensions, ExtensionsRefused, ExtensionState, load_extensions
from domain.extensions import Extension, ExtensionFault, RecordWrite, WriteKind
from tests.support.extensions import ENTRIES, install_extensions

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """`install("greetings", …)` puts these on the path."""

    def put(*names: str) -> None:
        install_extensions(tmp_path, *names)
        monkeypatch.syspath_prepend(str(tmp_path))

    yield put
    for module in ENTRIES.values():
        sys.modules.pop(module, None)


def states(extensions: Extensions) -> dict[str, ExtensionState]:
    """What became of each."""
    return {each.name: each.state for each in extensions.installed}


def test_what_is_installed_is_loaded_with_its_version(install: Install) -> None:
    install("greetings")

    extensions = Extensions(load_extensions([], []))

    [each] = extensions.installed
    assert (each.name, each.version, each.state, each.is_required) == ("greetings", "1.2", ExtensionState.ACTIVE, False)
    assert sorted(extensions.functions)[:3] == ["add", "again", "count.records"]
    assert [hook.name for hook in extensions.hooks_around(WriteKind.CREATE)] == ["before_create"]
    assert extensions.hooks_around(WriteKind.DELETE) == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("broken-import", "It cannot be loaded: RuntimeError('no configuration')"),
        ("odd", "Its entry point leads to a object, not to an Extension."),
        ("misnamed", "It calls itself 'another'."),
        ("untyped", "lacks the type of value."),
    ],
)
def test_one_that_fails_is_named_and_the_others_go_on(
    install: Install, name: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    install(name, "greetings")

    extensions = Extensions(load_extensions([], []))

    assert states(extensions) == {name: ExtensionState.FAILED, "greetings": ExtensionState.ACTIVE}
    assert said in str(next(each.error for each in extensions.installed if each.name == name))
    assert f"the extension {name} failed, and is left out" in caplog.text


def test_of_two_functions_with_one_name_the_second_s_extension_fails(install: Install) -> None:
    install("greetings", "rival")

    extensions = Extensions(load_extensions([], []))

    assert states(extensions) == {"greetings": ExtensionState.ACTIVE, "rival": ExtensionState.FAILED}
    assert extensions.functions["greet"].extension == "greetings"


def test_a_disabled_one_is_not_even_imported(install: Install) -> None:
    install("greetings", "broken-import")

    extensions = Extensions(load_extensions(["greetings"], []))

    assert states(extensions)["greetings"] is ExtensionState.DISABLED
    assert "greetings" not in sys.modules
    assert extensions.functions == {}


@pytest.mark.parametrize(
    ("disabled", "required", "said"),
    [
        ([], ["broken-import"], "'broken-import' is required, and failed: It cannot be loaded: RuntimeError"),
        ([], ["absent"], "'absent' is required, and not installed (entry points: broken-import, greetings)"),
        (["greetings"], ["greetings"], "'greetings' is both required and disabled"),
    ],
)
def test_without_a_required_one_there_is_nothing(
    install: Install, disabled: list[str], required: list[str], said: str
) -> None:
    install("broken-import", "greetings")

    with pytest.raises(ExtensionsRefused) as refused:
        load_extensions(disabled, required)

    assert said in str(refused.value)


async def test_they_are_started_before_and_stopped_behind(install: Install) -> None:
    install("greetings")
    extensions = Extensions(load_extensions([], []))
    module = sys.modules["greetings"]

    async with extensions.running():
        assert module.STARTED == ["started"]

    assert module.STARTED == ["started", "stopped"]


async def test_one_that_does_not_start_brings_nothing(install: Install) -> None:
    install("broken-start", "greetings")
    extensions = Extensions(load_extensions([], []))

    async with extensions.running():
        found = states(extensions)
        names = set(extensions.functions)
        hooks = extensions.hooks_around(WriteKind.CREATE)

    assert found == {"broken-start": ExtensionState.FAILED, "greetings": ExtensionState.ACTIVE}
    assert extensions.installed[0].error == "It did not start: ConnectionError('the company is away')"
    assert extensions.installed[0].version == "7.0"
    assert "unreachable" not in names
    assert "greet" in names
    assert [hook.extension for hook in hooks] == ["greetings"]


async def test_one_that_takes_too_long_to_start_is_left_out() -> None:
    extension = Extension("slow")

    @extension.on_startup
    async def start() -> None:
        await asyncio.sleep(60)

    extensions = Extensions(Extensions.of(extension).installed, startup_seconds=0.05)

    async with extensions.running():
        assert states(extensions) == {"slow": ExtensionState.FAILED}


async def test_a_required_one_that_does_not_start_ends_it_all(install: Install) -> None:
    install("greetings", "needed")
    extensions = Extensions(load_extensions([], []))

    with pytest.raises(ExtensionsRefused, match="'needed' is required, and failed: It did not start"):
        async with extensions.running():
            raise AssertionError

    assert sys.modules["greetings"].STARTED == ["started", "stopped"]


async def test_threads_are_bounded_and_a_stuck_one_keeps_its_place() -> None:
    extensions, gate, count = Extensions(threads=1), threading.Event(), list[int]()

    def stuck() -> None:
        gate.wait(10)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await extensions.call(stuck)
    waiting = asyncio.create_task(extensions.call(count.append, 1))
    await asyncio.sleep(0.05)
    assert count == []
    gate.set()
    await waiting

    assert count == [1]


async def one(_: object) -> int:
    """A body that fits."""
    return 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: Extension("Upper Case"),
        lambda: Extension("x").function("no spaces")(one),
        lambda: Extension("x").function(timeout=0)(one),
        lambda: Extension("x").function()(lambda: 1),
    ],
)
def test_what_cannot_be_registered_is_told_at_once(make: Callable[[], object]) -> None:
    with pytest.raises(ExtensionFault):
        make()


def test_decorators_need_their_parentheses() -> None:
    extension = Extension("x")

    async def hook(_: RecordWrite) -> None: ...

    with pytest.raises(ExtensionFault, match="needs its parentheses"):
        extension.before_create(hook)  # type: ignore[arg-type]
    with pytest.raises(ExtensionFault, match="needs its parentheses"):
        extension.function(hook)  # type: ignore[arg-type]
