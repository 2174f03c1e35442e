"""Statistics for SQLite's planner, which every upgrade writes from here on; see ``database/statistics.py``."""

from __future__ import annotations

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change nothing."""
