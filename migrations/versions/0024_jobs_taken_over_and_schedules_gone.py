"""A job that another worker has taken over says so; schedules go with what they set off."""

from collections.abc import Sequence

from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute(_NOTE_TAKEOVER)
    op.execute(_ON_TAKEOVER)
    op.execute(_FORGET_SCHEDULE)
    op.execute(_FORGET_THOSE_BEFORE)
    for kind, table in _KINDS.items():
        op.execute(
            f"CREATE TRIGGER tg_forget_schedule AFTER DELETE ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION forget_schedule('{kind}')"
        )


def downgrade() -> None:
    for table in _KINDS.values():
        op.execute(f"DROP TRIGGER tg_forget_schedule ON {table}")
    op.execute("DROP FUNCTION forget_schedule()")
    op.execute("DROP TRIGGER tg_note_takeover ON jobs.pgqueuer")
    op.execute("DROP FUNCTION jobs.note_takeover()")


_KINDS = {"automation": "automations", "timer": "timers"}
"""The tables of what schedules set off, by the kinds of schedules."""
_FORGET_SCHEDULE = """
CREATE FUNCTION forget_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM schedules WHERE kind = TG_ARGV[0] AND target_id = OLD.id;
    RETURN NULL;
END
$$
"""
_FORGET_THOSE_BEFORE = """
DELETE FROM schedules WHERE target_id NOT IN (SELECT id FROM automations UNION ALL SELECT id FROM timers)
"""
_NOTE_TAKEOVER = """
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
# What the queue is told else, that a job waits again, makes it a new one.
_ON_TAKEOVER = """
CREATE TRIGGER tg_note_takeover BEFORE UPDATE ON jobs.pgqueuer FOR EACH ROW
    WHEN (NEW.status = 'queued' AND OLD.headers ? 'taken_over'
          OR NEW.status = 'picked' AND OLD.status = 'picked'
             AND NEW.queue_manager_id IS DISTINCT FROM OLD.queue_manager_id)
    EXECUTE FUNCTION jobs.note_takeover()
"""
