"""How often somebody may guess, told by an injected clock."""

from __future__ import annotations

from mobile_api.failed_attempts import MemoryFailedAttempts
from server.desk.sign_in_limits import SignInLimits

HOUR, DAY = 3600, 86_400


class Desk:
    """Types wrong passwords, waits as told, and counts how many were looked at."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.unlocked_at = 0.0
        self.limits = SignInLimits(MemoryFailedAttempts(), lambda: self.now)

    def wait(self, login: str = "admin", sender: str = "192.0.2.1", browser: str = "") -> int:
        return self.limits.enter(login, sender, browser, self.unlocked_at)

    def guesses_within(
        self, seconds: float, login: str = "admin", sender: str = "192.0.2.1", browser: str = ""
    ) -> int:
        """How many a guesser gets through who never gives up and waits exactly as long as told."""
        end, looked_at = self.now + seconds, 0
        while self.now < end:
            told = self.wait(login, sender, browser)
            looked_at += not told
            self.now += told
        return looked_at


def test_the_wait_doubles_with_each_wrong_password_and_ends_at_fifteen_minutes() -> None:
    desk, waits = Desk(), []
    for _ in range(16):
        told = desk.wait()
        waits.append(told)
        if told:
            desk.now += told
            assert desk.wait() == 0

    assert [desk_wait for desk_wait in waits if desk_wait] == [
        10,
        20,
        40,
        80,
        160,
        320,
        640,
        900,
        900,
        900,
        900,
    ]


def test_one_address_guesses_at_one_name_about_a_hundred_times_a_day() -> None:
    assert Desk().guesses_within(DAY) <= 110


def test_a_known_browser_guesses_no_more_often_than_a_stranger() -> None:
    assert Desk().guesses_within(DAY, browser="b") <= 110


def test_a_thousand_addresses_together_guess_at_one_name_fifty_times_an_hour() -> None:
    desk, looked_at = Desk(), 0
    for second in range(HOUR):
        desk.now += 1
        looked_at += not desk.wait(sender=f"192.0.2.{second % 1000}")

    assert looked_at == 50


def test_a_known_browser_stays_open_while_a_thousand_addresses_guess() -> None:
    desk = Desk()
    for guess in range(1000):
        desk.now += 1
        desk.wait(sender=f"192.0.2.{guess}")

    assert desk.wait(sender="192.0.2.9999") > 0, "a strange browser waits"
    assert desk.wait(sender="192.0.2.9999", browser="the one at my desk") == 0


def test_other_names_are_open_where_one_is_guessed_at() -> None:
    desk = Desk()
    for _ in range(6):
        desk.wait()

    assert desk.wait() > 0
    assert desk.wait("intake") == 0


def test_one_address_that_tries_many_names_waits() -> None:
    desk = Desk()
    looked_at = sum(desk.wait(f"name {guess}") == 0 for guess in range(100))

    assert looked_at == 20


def test_a_right_password_makes_good_for_the_wrong_ones() -> None:
    desk = Desk()
    for _ in range(5):
        assert desk.wait() == 0
    desk.limits.forgive("admin", "192.0.2.1", "")

    assert [desk.wait() for _ in range(4)] == [0] * 4


def test_right_passwords_of_an_own_account_do_not_pay_for_guesses_at_others() -> None:
    desk, looked_at = Desk(), 0
    for guess in range(60):
        if not desk.wait("mine"):
            desk.limits.forgive("mine", "192.0.2.1", "")
        looked_at += not desk.wait(f"name {guess}")

    assert looked_at == 20


def test_unlocking_opens_the_name_at_once_and_for_ten_minutes_to_strange_browsers() -> None:
    desk = Desk()
    for guess in range(1000):
        desk.now += 1
        desk.wait(sender=f"192.0.2.{guess % 100}")
    assert desk.wait() > 0

    desk.unlocked_at = desk.now
    desk.now += 1
    for guess in range(100):
        desk.wait(sender=f"198.51.100.{guess}")

    assert desk.wait() == 0
    desk.now += 600
    assert desk.wait(sender="203.0.113.1") > 0


def test_an_hour_of_quiet_is_enough() -> None:
    desk = Desk()
    for _ in range(20):
        desk.wait()
        desk.now += 300

    desk.now += HOUR
    assert [desk.wait() for _ in range(5)] == [0] * 5
