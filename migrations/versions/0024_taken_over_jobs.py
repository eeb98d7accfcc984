"""A job that another worker has taken over says so, for as long as it is not put back into the queue."""

from collections.abc import Sequence

from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute(_FUNCTION)
    op.execute(_TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER tg_note_takeover ON jobs.pgqueuer")
    op.execute("DROP FUNCTION jobs.note_takeover()")


_FUNCTION = """
CREATE FUNCTION jobs.note_takeover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'queued' THEN
        NEW.headers := NEW.headers - 'taken_over' - 'begun';
    ELSE
        NEW.headers := CASE jsonb_typeof(NEW.headers) WHEN 'object' THEN NEW.headers ELSE '{}' END
            || '{"taken_over": true}';
    END IF;
    RETURN NEW;
END
$$
"""
_TRIGGER = """
CREATE TRIGGER tg_note_takeover BEFORE UPDATE ON jobs.pgqueuer FOR EACH ROW
    WHEN (NEW.status = 'queued' AND OLD.headers ? 'taken_over'
          OR NEW.status = 'picked' AND OLD.status = 'picked'
             AND NEW.queue_manager_id IS DISTINCT FROM OLD.queue_manager_id)
    EXECUTE FUNCTION jobs.note_takeover()
"""
