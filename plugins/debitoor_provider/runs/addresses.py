"""Addresses of the Synchronisation page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from airflow.sdk.configuration import conf

PAGE = "/plugin/synchronisation"
"""Where the page is, below Airflow's own address."""


def below_the_host(place: str, **asked: Any) -> str:
    """Return the address of a place of the page without its host, for links in Airflow's own pages.

    :param place: below the page, such as ``/attention``
    :param asked: its query
    """
    return urlsplit(_base()).path.rstrip("/") + PAGE + place + _query(asked)


def full_address(place: str, **asked: Any) -> str:
    """Return the address of a place of the page for those who are elsewhere; empty when Airflow's is not configured.

    :param place: below the page, such as ``/attention``
    :param asked: its query
    """
    return airflow_address(PAGE + place + _query(asked))


def airflow_address(place: str) -> str:
    """Return the address of one of Airflow's pages for those who are elsewhere; empty when it is not configured.

    :param place: below Airflow's own address
    """
    base = _base()
    return base.rstrip("/") + place if urlsplit(base).netloc else ""


def account_place(account: str) -> str:
    """Return the place of an account."""
    return f"/accounts/{quote(account, safe='')}"


def _base() -> str:
    return conf.get("api", "base_url", fallback="") or ""


def _query(asked: dict[str, Any]) -> str:
    return f"?{urlencode(asked)}" if asked else ""
