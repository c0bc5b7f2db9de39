"""Which new passwords are taken."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from xenia.context import Context
from xenia.credentials.models import NewCredential
from xenia.messages import Text, text
from xenia.tenants.models import SignInSettings
from xenia.testing.app import App
from xenia.testing.people import PASSWORD, a_journey, a_person, visiting
from xenia.users.models import User
from xenia_password.policy import Policy, normalised
from xenia_password.settings import PasswordSettings
from xenia_password.words import words_of_journey

FIFTEEN = "violet hums lad"


@pytest.fixture
def policy(app: App) -> Policy:
    return Policy(app.kernel)


async def problem_of(policy: Policy, app: App, user: User | None, password: str, words: Sequence[str] = ()) -> str:
    """The id of what is wrong."""
    found = await policy.problem(visiting(app), user.id if user else None, password, words)
    return found.id if found else ""


async def test_alone_it_takes_fifteen_characters(app: App, policy: Policy, ada: User) -> None:
    assert await problem_of(policy, app, ada, FIFTEEN) == ""
    assert await problem_of(policy, app, ada, FIFTEEN[:-1]) == "password.too_short"


async def test_beside_a_second_factor_eight_are_enough(app: App, policy: Policy, ada: User) -> None:
    app_ = NewCredential(plugin="totp", kind="totp", data=b"SEED", second=True)
    await app.kernel.credentials.add(app.context, ada.id, app_)
    assert await problem_of(policy, app, ada, "x9Tq!mZ2") == ""
    assert await problem_of(policy, app, ada, "x9Tq!mZ") == "password.too_short"


async def test_a_tenant_that_requires_two_factors_asks_a_newcomer_for_eight(app: App, policy: Policy) -> None:
    await app.kernel.config.put(app.context, SignInSettings, SignInSettings(required_acr="aal2"))
    assert await problem_of(policy, app, None, "x9Tq!mZ2") == ""


async def test_a_tenant_may_ask_for_less_but_never_below_eight(app: App, policy: Policy) -> None:
    await app.kernel.config.put(app.context, PasswordSettings, PasswordSettings(min_length_alone=8))
    assert await problem_of(policy, app, None, "x9Tq!mZ2") == ""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"min_length_alone": 7}, PasswordSettings)


async def test_no_kind_of_character_is_asked_for(app: App, policy: Policy) -> None:
    assert await problem_of(policy, app, None, "nur kleine buchstaben und leerzeichen") == ""


async def test_long_and_foreign_passwords_are_taken(app: App, policy: Policy) -> None:
    assert await problem_of(policy, app, None, "🦊 " + "löwe räumt über höfe " * 11) == ""
    assert await problem_of(policy, app, None, "x" * 257) == "password.too_long"


async def test_length_is_counted_in_code_points_of_the_form_that_is_hashed(app: App, policy: Policy) -> None:
    fourteen = "zélé fjördwœrm"
    decomposed = "ze\u0301le\u0301 fjo\u0308rdwœrm"
    assert (len(fourteen), len(decomposed)) == (14, 17)
    assert await problem_of(policy, app, None, decomposed) == "password.too_short"


@pytest.mark.parametrize("password", ["passwordpassword", "qwertyuiopasdfghjkl", "111111111111111111"])
async def test_common_ones_are_refused_unless_the_tenant_says_so(app: App, policy: Policy, password: str) -> None:
    assert await problem_of(policy, app, None, password) == "password.common"
    await app.kernel.config.put(app.context, PasswordSettings, PasswordSettings(common=False, context_words=False))
    assert await problem_of(policy, app, None, password) == ""


async def test_names_of_the_person_and_the_tenant_are_refused(app: App, policy: Policy) -> None:
    user = await a_person(app, "marchpane@engine.example", name="Ada Quillfeather")
    words = await words_of_journey(app.kernel, visiting(app), a_journey(app, user, email="marchpane@engine.example"))
    assert {"marchpane", "engine", "quillfeather", "adaquillfeather", "acme", "stores"} <= set(words)
    assert await problem_of(policy, app, user, "Marchpane.Quillfeather.1843", words) == "password.context"
    assert await problem_of(policy, app, user, "acme-stores-byron", words) == "password.context"
    assert await problem_of(policy, app, user, PASSWORD, words) == ""


async def test_a_check_of_another_plugin_is_asked_too(app: App, policy: Policy) -> None:
    class Leaked:
        name = "leaked"

        async def check(self, context: Context, password: str, words: Sequence[str]) -> Text | None:
            return text("leaked.found") if password == PASSWORD else None

    app.kernel.registry.password_checks.add("password", "leaked", Leaked())
    assert await problem_of(policy, app, None, PASSWORD) == "leaked.found"


def test_compatible_forms_become_one() -> None:
    assert normalised("ﬁne\u212b") == normalised("fine\u00c5")
