"""The calls of each key, and the function that counts a call if it is allowed.

The tables are unlogged: nothing waits for the disk, and after a crash of the server the count may start again. Each
statement accepts what is there already, since the tables were created without Alembic before.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEYS = """
CREATE UNLOGGED TABLE IF NOT EXISTS debitoor_pacing_keys (
    name text PRIMARY KEY, counted bigint NOT NULL DEFAULT 0, paused_until timestamptz
)
"""
_CALLS = """
CREATE UNLOGGED TABLE IF NOT EXISTS debitoor_pacing_calls (
    name text, number bigint, at timestamptz NOT NULL, PRIMARY KEY (name, number)
)
"""
_COUNT = """
CREATE OR REPLACE FUNCTION debitoor_pacing_count(
    _name text, _calls bigint[], _seconds double precision[], _more integer,
    OUT wait double precision, OUT asked boolean
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    known debitoor_pacing_keys%ROWTYPE;
    moment timestamptz;
    latest timestamptz;
BEGIN
    SELECT * INTO known FROM debitoor_pacing_keys WHERE name = _name FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO debitoor_pacing_keys (name) VALUES (_name) ON CONFLICT DO NOTHING;
        SELECT * INTO known FROM debitoor_pacing_keys WHERE name = _name FOR UPDATE;
    END IF;
    moment := clock_timestamp();  -- not now(): that was before the lock was held
    SELECT at INTO latest FROM debitoor_pacing_calls WHERE name = _name AND number = known.counted;
    IF latest > moment + interval '1 second' THEN  -- the server's clock was set back
        DELETE FROM debitoor_pacing_calls WHERE name = _name;
        UPDATE debitoor_pacing_keys SET paused_until = NULL WHERE name = _name;
        known.paused_until := NULL;
    END IF;
    wait := extract(epoch FROM known.paused_until - moment);
    asked := coalesce(wait > 0, false);
    IF asked THEN RETURN; END IF;
    SELECT coalesce(max(extract(epoch FROM calls.at - moment) + windows.seconds), 0) INTO wait
        FROM unnest(_calls, _seconds) AS windows (calls, seconds)
        JOIN debitoor_pacing_calls calls ON calls.name = _name AND calls.number = known.counted - windows.calls + _more;
    IF wait > 0 THEN RETURN; END IF;
    INSERT INTO debitoor_pacing_calls SELECT _name, known.counted + new, moment FROM generate_series(1, _more) new;
    UPDATE debitoor_pacing_keys SET counted = known.counted + _more WHERE name = _name;
    IF known.counted % 500 < _more THEN
        DELETE FROM debitoor_pacing_calls
            WHERE name = _name AND at < moment - make_interval(secs => _seconds[array_upper(_seconds, 1)]);
    END IF;
END $$
"""


def upgrade() -> None:
    """Create the tables and the function."""
    for statement in (_KEYS, _CALLS, _COUNT):
        op.execute(statement)
