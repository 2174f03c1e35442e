"""What Airflow gets as a plugin: the Synchronisation page, its API and its web app, who goes first, and our values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

from debitoor_provider.ui import PREFIX, ROUTE

if TYPE_CHECKING:
    from airflow.sdk.definitions.deadline import BaseDeadlineReference
    from airflow.task.priority_strategy import PriorityWeightStrategy


class DebitoorPlugin(AirflowPlugin):
    """Adds *Synchronisation* to Airflow's navigation, and the rule by which a backfill waits for the others."""

    name = "debitoor"

    @classmethod
    def on_load(cls, *_: Any, **__: Any) -> None:
        """Let tasks read the records of both services from XCom, in every process and without configuration."""
        from debitoor_provider.runs.values import allow_values

        allow_values()

    # Every process of Airflow loads the plugins; only those which need one of these ask for it.
    @property
    def listeners(self) -> list[Any]:
        """What a scheduler loads for its tasks."""
        from debitoor_provider.policies import preload

        return [preload]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        """The page's API."""
        from debitoor_provider.ui.app import app

        return [{"app": app, "url_prefix": PREFIX, "name": "Synchronisation"}]

    @property
    def react_apps(self) -> list[dict[str, Any]]:
        """The page's web app; a new version has a new address, so that browsers keep it for good."""
        from debitoor_provider.ui.assets import VERSION

        return [
            {
                "name": "Synchronisation",
                "bundle_url": f"{PREFIX.lstrip('/')}/static/{VERSION}/app.js",
                "destination": "nav",
                "url_route": ROUTE,
                "nav_top_level": True,
                "icon": f"{PREFIX.lstrip('/')}/static/{VERSION}/icon.svg",
                "icon_dark_mode": f"{PREFIX.lstrip('/')}/static/{VERSION}/icon-dark.svg",
            }
        ]

    @property
    def deadline_references(self) -> list[type[BaseDeadlineReference]]:
        """From when on a run has its time."""
        from debitoor_provider.policies.deadline import RunMade

        return [RunMade]

    @property
    def priority_weight_strategies(self) -> list[type[PriorityWeightStrategy]]:
        """The order of tasks that wait for a slot."""
        from debitoor_provider.policies.priority import DueFirst

        return [DueFirst]
