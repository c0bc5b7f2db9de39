"""Which test shows which bar: what happens, what must hold, and how often with ``make test`` and with ``make faults``."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS, ARCHITECTURE, CORE, PLUGINS = "tests/faults", "tests/architecture", "tests/core", "tests/plugins"


@dataclass(frozen=True)
class Proof:
    """A test, or a file of tests, and what it shows."""

    bar: str
    test: str
    happens: str
    holds: str
    usual: str
    full: str
    rounds: int = 0
    """How many rounds a full run counts, where it counts any."""


PROOFS = (
    Proof(
        "B1", f"{FAULTS}/test_once.py::test_a_code_is_redeemed_by_one_of_fifty",
        "50 redemptions of one authorization code, released by a barrier, 25 at each process",
        "one 200, 49 × `invalid_grant`; the winner's tokens end with the replay (RFC 9700 section 2.1.1)",
        "3", "200", 200,
    ),
    Proof(
        "B1", f"{FAULTS}/test_once.py::test_a_refresh_token_has_one_successor",
        "50 uses of one refresh token",
        "one successor (a success here is a successor); a repeat within the grace gets the same one",
        "3", "200", 200,
    ),
    Proof(
        "B1", f"{FAULTS}/test_once.py::test_a_reset_link_gives_one_password",
        "50 new passwords by one link",
        "one is set, 49 × 410; the winner's password is the one that opens",
        "2", "200", 200,
    ),
    Proof(
        "B1", f"{FAULTS}/test_once.py::test_a_second_factor_is_taken_from_one_of_fifty_journeys",
        "50 sign-ins of one person, each past the password, send the same code of an app (or of the list) at once",
        "one session, 49 × 422",
        "3 of each", "200 of each", 400,
    ),
    Proof(
        "B1", f"{FAULTS}/test_mail.py::test_a_link_lets_one_of_fifty_presses_through",
        "50 presses behind one link by mail on another device, then 50 requests of the window that waits",
        "one is let through, 49 × 410; one session",
        "3", "200", 200,
    ),
    Proof(
        "B1", f"{FAULTS}/test_mail.py::test_a_code_by_mail_begins_one_session",
        "50 times the same code by mail for one sign-in",
        "one session",
        "3", "200", 200,
    ),
    Proof(
        "B2", f"{FAULTS}/test_limits.py::test_of_two_hundred_guesses_five_are_looked_at_and_the_right_one_is_too_late",
        "199 wrong passwords for one account at once, over two processes with Valkey; the right one as soon as five were judged",
        "five are judged (a success here is a judgement), 195 × 429, the right one among these",
        "1", "200", 200,
    ),
    Proof(
        "B2", f"{FAULTS}/test_limits.py::test_of_a_thousand_codes_behind_the_right_password_five_are_looked_at",
        "1,000 wrong codes of an authenticator app at once, behind the right password, in twenty windows of one person",
        "five are judged (a success here is a judgement), the others 429, or 503 where a process sheds load; the right code is too late",
        "1", "20", 20,
    ),
    Proof(
        "B3", f"{FAULTS}/test_revocation.py",
        "a token is revoked, a session ended, a person disabled at one process; used at the other as soon as that was answered",
        "nothing is accepted",
        "20 of each", "3,334 of each", 10_002,
    ),
    Proof(
        "B4", f"{FAULTS}/test_crash.py",
        "`kill -9` of a process while people sign in and redeem codes",
        "each acknowledged sign-in has its session and its audit row, the chain verifies, no position twice, no code works twice",
        "2 kills", "200 kills",
    ),
    Proof(
        "B7", f"{ARCHITECTURE}/test_walls.py",
        "every route × every parameter × each of another tenant's identifiers, by a privileged caller; a foreign session and token at every route",
        "the same answer as for an identifier that names nothing; another tenant's tables are byte for byte what they were",
        "all routes", "all routes",
    ),
    Proof(
        "B9", f"{FAULTS}/test_no_oracle.py",
        "addresses with and without an account ask for a code by mail or text message, a link, an approval or their passkeys, try a password, "
        "register, forget a password or a name, in an order of chance",
        "the times can't be told apart: an area under the curve of 0.45 to 0.55",
        "10 of each", "500 of each",
    ),
    Proof(
        "B10", f"{CORE}/security/test_dialer.py",
        "more than 60 spellings of a host, by http, https and raw sockets; redirects, names that change their mind, environment variables",
        "a canary on loopback sees no connection",
        "all", "all",
    ),
    Proof(
        "B10", f"{PLUGINS}/test_outgoing_features.py",
        "each feature that calls out (sign-outs told to applications, keys of clients, a tenant's mail server, its range service, the console's"
        " provider) is driven with every spelling, as people configure it and as written to where it is stored; names that lead inside,"
        " redirects, and what a provider says of itself; in the settings of production",
        "a canary on all addresses of the machine, IPv4 and IPv6, sees no connection; a server that the operator listed does",
        "all", "all",
    ),
    Proof(
        "B10", f"{CORE}/security/test_addresses.py",
        "every special-purpose network, and addresses that hide one", "none counts as public", "all", "all",
    ),
    Proof(
        "B10",
        f"{ARCHITECTURE}/test_outgoing.py",
        "every module of core, plugins and pages is read for what could open a connection",
        "nothing but the guarded dialer does, where others say whereto",
        "all",
        "all",
    ),
    Proof(
        "B11", f"{CORE}/journeys/test_canaries.py",
        "passwords, codes, seeds, session secrets and addresses typed at every form of a journey",
        "found in no table, no log line and no page",
        "all", "all",
    ),
    Proof(
        "B11", f"{PLUGINS}/test_seeded_secrets.py",
        "people sign up, enrol, recover and sign in by mail, applications use codes, tokens and keys, an administrator opens the console; every"
        " secret on the way is known: those typed, issued, mailed and sealed, cookies, tokens of forms, and the keys that seal (over 30 kinds)",
        "in no spelling found in a table, the log at debug, a GET of the API or the console, an error, `xenia export`, the audit log's export, a"
        " person's data, or what `xenia doctor` says, and on no page but the one that gives it",
        "all", "all",
    ),
    Proof(
        "", f"{FAULTS}/test_valkey.py",
        "Valkey is killed, started again, or was never there",
        "configuration reaches every process by polling within 15 s; one-time things, sessions, revocations and attempts are what they were",
        "once", "once",
    ),
    Proof(
        "", f"{FAULTS}/test_database.py",
        "the database's connections are cut and refused, then taken again",
        "503 with `Retry-After` and no other answer, liveness stays, the process heals by itself",
        "once", "once",
    ),
    Proof(
        "", f"{ARCHITECTURE}/test_plugins.py::test_deleting_a_plugin_leaves_a_system_that_passes_the_cores_tests",
        "a plugin's folder and its line are deleted in a copy of the tree",
        "the rest starts, serves, and passes the core's tests",
        "some of them", "all of them",
    ),
)  # fmt: skip


def files() -> list[str]:
    """What ``make faults`` runs."""
    whole = [proof.test for proof in PROOFS if not proof.test.startswith(FAULTS)]
    return [FAULTS, *whole]
