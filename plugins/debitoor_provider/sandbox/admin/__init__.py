"""The admin API: what tests, scripts and the page use to set up, disturb and inspect the sandbox."""

from __future__ import annotations
