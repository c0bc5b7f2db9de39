"""The answers to the offer of a passkey go to the table that all offers share."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from xenia.api import run_script

ID = "2026-11-22T09:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "One table for all offers"


async def forwards() -> MigrationManager:
    """Move the answers."""
    manager = MigrationManager(migration_id=ID, app_name="xenia_passkeys", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    """Run the script beside this folder."""
    await run_script(Path(__file__).parent.parent / "shared.sql")
