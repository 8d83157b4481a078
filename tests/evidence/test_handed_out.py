"""Over HTTP and by command: what the desk hands out proves what was signed, to whoever has only the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.evidence.case import Outside
from domain.evidence.words import told
from server.cli.command import main
from server.db.traces import Traces
from server.evidence.proofs import Proofs
from sync.log.checkpoint import read_checkpoint
from sync.log.note import read_key
from tests.evidence import standalone
from tests.evidence.office import Office, judged
from tests.server.orders import Orders


def _state(office: Office) -> tuple[str, int]:
    note = office.checkpoint()
    return note, read_checkpoint(note)[0].size


def test_a_signed_order_is_proven_by_its_file(office: Office) -> None:
    order, id = office.signed()

    verdict = judged(office.file(order))

    (one,) = verdict.sign_offs
    assert verdict.holds() and (one.sign_off, one.status) == (id, "proven")
    assert {line.code for line in one.proven} == {"signed", "enrolled", "received", "logged", "history"}
    assert {line.code for line in verdict.proven} == {"whole"}


def test_a_file_of_one_sign_off_holds_no_other_content(office: Office) -> None:
    order, id = office.signed()

    file = office.file_of_sign_off(id)

    verdict = judged(file)
    assert verdict.holds() and verdict.sign_offs[0].status == "proven"
    assert "不制冷".encode() in office.file(order) and "不制冷".encode() not in file


def test_a_sign_off_that_cannot_be_verified_is_handed_out_as_not_proven(office: Office) -> None:
    order, _ = office.signed(signature=None)

    verdict = judged(office.file(order))

    assert not verdict.faults and not verdict.holds()
    assert "no signature by a phone" in "\n".join(told(verdict, "en"))


def test_a_checkpoint_that_was_kept_shows_that_nothing_before_it_was_changed(office: Office) -> None:
    office.signed()
    note, size = _state(office)
    order, _ = office.signed()
    key = office.live.client().get("/v1/log/key").json()["key"]

    held = Outside(held=(note,), keys=(read_key(key),))
    with_proof, without = office.file(order, held=(size,)), office.file(order)

    verdict = judged(with_proof, held)
    assert verdict.holds()
    assert {line.code for line in verdict.proven} == {"whole", "key_known", "held"}
    assert [fault.code for fault in judged(without, held).faults] == ["held"]


def test_the_log_proves_to_anybody_that_it_continues_an_earlier_state(office: Office) -> None:
    _, earlier = _state(office)
    office.signed()
    _, size = _state(office)

    asked = office.live.client().get("/v1/log/consistency", params={"earlier": earlier, "size": size})
    too_far = office.live.client().get("/v1/log/consistency", params={"earlier": 1, "size": size + 1})

    assert asked.status_code == 200 and asked.json()["size"] == earlier
    assert too_far.status_code == 400 and too_far.json()["code"] == "field_invalid"


@pytest.mark.parametrize("role", ["dispatcher", "storekeeper", "intake"])
def test_only_auditors_and_supervisors_get_files(office: Office, role: str) -> None:
    order, id = office.signed()
    for path in (f"/v1/desk/work-orders/{order}/evidence", f"/v1/desk/sign-offs/{id}/evidence"):
        assert office.desks[role].get(path).status_code == 403
        assert office.desks["supervisor"].get(path).status_code == 200
    assert office.live.client().get(path).status_code == 401


def test_an_order_that_nobody_signed_has_no_file(office: Office) -> None:
    order = Orders(office.live, office.desks).new()

    for path in (f"/v1/desk/work-orders/{order}/evidence", f"/v1/desk/sign-offs/{order}/evidence"):
        answer = office.desks["auditor"].get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "record_missing")


def _empty_contents(office: Office, order: str) -> None:
    """What an erasure does to the chain of an order: payloads and salts that hold personal values are gone."""
    database = office.live.service.store.database
    Traces(database, office.live.service.engine.rules).empty_audit(f"work_order/{order}")


def test_after_an_erasure_the_file_says_so_and_the_rest_still_holds(office: Office) -> None:
    order, id = office.signed()
    kept = office.file(order)
    _empty_contents(office, order)

    for file in (office.file(order), office.file_of_sign_off(id)):
        verdict = judged(file)
        (one,) = verdict.sign_offs
        assert verdict.holds() and one.status == "erased"
        assert {line.code for line in one.proven} == {"enrolled", "received", "logged", "history"}
        assert "王店长".encode() not in file
        assert list(told(verdict, "zh")) == list(standalone.words.told(standalone.verdict.judge(file), "zh"))
    assert judged(kept).sign_offs[0].status == "proven"


def _run(argv: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    status = main(["verify", *argv])
    return status, capsys.readouterr().out


def test_the_command_and_the_standalone_verifier_say_the_same(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order, _ = office.signed()
    file = tmp_path / "evidence.json"
    file.write_bytes(office.file(order))
    (tmp_path / "held.txt").write_text(office.checkpoint(), encoding="utf-8")
    for arguments in ([], ["--held", str(tmp_path / "held.txt")], ["--media", str(tmp_path)]):
        for language in ("en", "zh"):
            given = [str(file), "--language", language, *arguments]
            alone = subprocess.run(
                [sys.executable, "-I", "-c", _ALONE, str(standalone.FOLDER), *given],
                capture_output=True,
                text=True,
                check=False,
                env={"PYTHONUTF8": "1"},
            )
            assert (alone.returncode, alone.stdout) == _run(given, capsys)


_ALONE = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from doorstep_verify.__main__ import main
status = main(sys.argv[1:])
foreign = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
assert foreign <= {"doorstep_verify", "__main__"} | {one for one in foreign if one.startswith("_")}, foreign
sys.exit(status)
"""


def test_the_command_tells_in_a_sentence_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")

    assert _run([str(tmp_path / "other.json"), "--language", "zh"], capsys)[0] == 1
    assert main(["verify", str(tmp_path / "nothing.json")]) == 1
    assert main(["verify", str(tmp_path / "other.json"), "--key", "no key"]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_flaw_in_the_log_is_seen_by_the_reader(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a server that hands out another leaf than it logged."""
    order, _ = office.signed()
    part = Proofs.part

    def forged(*given: Any) -> Any:
        made = part(*given)
        *rest, last = made.leaves
        other = msgspec.structs.replace(last, data=last.data.replace('"received_at":"2', '"received_at":"1'))
        return msgspec.structs.replace(made, leaves=(*rest, other))

    monkeypatch.setattr(Proofs, "part", forged)

    assert {fault.code for fault in judged(office.file(order)).faults} == {"receipt", "inclusion"}
