"""The Synchronisation page as an Airflow plugin: its API and its web app."""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from debitoor_provider.ui import PREFIX, ROUTE


class DebitoorPlugin(AirflowPlugin):
    """Adds *Synchronisation* to Airflow's navigation."""

    name = "debitoor"

    # Every process of Airflow loads the plugins; only the API server asks for these.
    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The page's API."""
        from debitoor_provider.ui.app import app

        return [{"app": app, "url_prefix": PREFIX, "name": "Synchronisation"}]

    @property
    def react_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
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
