"""Who doesn't want to be asked."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from xenia.schema import run_script

ID = "2026-11-22T09:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Answers to offers"


async def forwards() -> MigrationManager:
    """Create the table."""
    manager = MigrationManager(migration_id=ID, app_name="xenia", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    """Run the script beside this folder."""
    await run_script(Path(__file__).parent.parent / "snoozes.sql")
