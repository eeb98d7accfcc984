"""`tablegraph worker`."""

from server.cli.console import output
from server.cli.options import DatabaseUrl, DataDir, SecretKey, settings_with
from server.worker import work


def worker(data_dir: DataDir = None, secret_key: SecretKey = None, database_url: DatabaseUrl = None) -> None:
    """Work in the background until Ctrl-C: automations, webhooks, functions and schedules; run as many as it takes."""
    settings = settings_with(data_dir=data_dir, secret_key=secret_key, database_url=database_url)
    work(settings, lambda: output.print("The worker takes jobs; Ctrl-C stops it."))
