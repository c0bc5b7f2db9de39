"""A decision says where it came from, and what became of it."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from xenia.api import run_script

ID = "2026-11-22T13:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Address, browser and outcome of a decision"


async def forwards() -> MigrationManager:
    """Add the columns."""
    manager = MigrationManager(migration_id=ID, app_name="xenia_risk", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    """Run the script beside this folder."""
    await run_script(Path(__file__).parent.parent / "became.sql")
