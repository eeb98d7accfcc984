"""Alembic's environment and the versions of the catalog's tables; users' own tables are not its business."""
