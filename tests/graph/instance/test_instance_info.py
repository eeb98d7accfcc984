"""instanceInfo"""

from dataclasses import replace

from adapters.providers.contract import ProviderConfig
from adapters.providers.github import GitHubProvider
from adapters.providers.registry import Providers
from server.settings import Settings
from tests.graph.instance.documents import INFO
from tests.support.api import Api


async def test_anybody_learns_what_a_page_for_signing_in_has_to_know(api: Api) -> None:
    assert (await api.execute(INFO)).ok["instanceInfo"] == {
        "name": "Tablegraph",
        "registration": "OPEN",
        "hasProviders": False,
        "hasPasskeys": False,
        "minPasswordLength": 8,
    }


async def test_it_says_whether_there_are_providers(api: Api) -> None:
    config = ProviderConfig("github", "GitHub", "id", "secret", "https://github.com", ("user:email",))
    api.services.oauth = replace(api.services.oauth, providers=Providers([GitHubProvider(config)]))

    assert (await api.execute("{ instanceInfo { hasProviders } }")).ok["instanceInfo"] == {"hasProviders": True}


def test_the_environment_names_the_server_and_its_zone() -> None:
    settings = Settings(instance_name="  Workshop ", time_zone="Europe/Berlin")

    assert (settings.profile.instance_name, settings.profile.time_zone) == ("Workshop", "Europe/Berlin")
