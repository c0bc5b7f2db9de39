"""The views of this plugin, as data. ``options`` is what the browser's interface wants; a page's script, or a native application, hands it over."""

from __future__ import annotations

from xenia.api import Action, Field, FieldKind, Journey, StepView, text
from xenia_passkeys.models import PASSKEY
from xenia_passkeys.options import Options

LATER, NEVER, UNABLE = "later", "never", "unable"


def ask_view(kind: str, options: Options, journey: Journey, *, autofill: bool) -> StepView:
    """Asks for a signature. Whoever came here without an identifier gets a way back to the other methods."""
    words = _words(kind)
    alone = journey.claimed is None and journey.user_id is None
    return StepView(
        step=kind,
        title=text(f"{words}.ask.title"),
        lead=text(f"{words}.ask.lead"),
        fields=(_answer(),),
        actions=(Action(label=text(f"{words}.ask.submit"), icon="passkey"),),
        alternatives=(Action(label=text("passkeys.another"), name="change"),) if alone else (),
        template="passkeys/ask.html",
        data={"options": options, "autofill": autofill},
    )


def create_view(kind: str, options: Options) -> StepView:
    """Asks for a new credential."""
    words = _words(kind)
    return StepView(
        step=kind,
        title=text(f"{words}.create.title"),
        lead=text(f"{words}.create.lead"),
        fields=(_answer(),),
        actions=(Action(label=text(f"{words}.create.submit"), icon="passkey"),),
        template="passkeys/create.html",
        data={"options": options},
    )


def upgrade_view(options: Options, automatic: Options) -> StepView:
    """Offers a passkey after a password. ``automatic`` may be used without asking, where the browser does so."""
    return StepView(
        step="passkey_upgrade",
        title=text("passkeys.upgrade.title"),
        lead=text("passkeys.upgrade.lead"),
        fields=(_answer(),),
        actions=(Action(label=text("passkeys.create.submit"), icon="passkey"),),
        alternatives=(
            Action(label=text("passkeys.upgrade.later"), name=LATER),
            Action(label=text("passkeys.upgrade.never"), name=NEVER),
        ),
        template="passkeys/create.html",
        data={"options": options, "automatic": automatic},
    )


def _words(kind: str) -> str:
    return "passkeys" if kind == PASSKEY else "passkeys.security_key"


def _answer() -> Field:
    return Field(name="credential", label=text("passkeys.label"), kind=FieldKind.HIDDEN)
