"""A file that was made to break what opens it ends its own process, and nothing else."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random
from types import SimpleNamespace

import av
import msgspec
import pytest
from PIL import Image

from media.inspection.fault import FAULTS
from media.inspection.limits import GLANCE, Limits
from media.renditions import process
from media.renditions.process import Processes, ProcessFailed, ProcessStopped
from media.renditions.task import FORMS, Expected, Rendition, Report, Task
from tests.media.films import clip
from tests.media.photos import photo
from tests.media.rendering import ALL_OF_A_CLIP, ALL_OF_A_PHOTO, render
from tests.security.effort import TIMES

LONGEST_SECONDS = 20.0
ROOT = Path(__file__).resolve().parents[2]


def limited(**some: float) -> Limits:
    return msgspec.structs.replace(GLANCE, **some)


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def heavy(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A clip whose proxy takes seconds."""
    path = tmp_path_factory.mktemp("heavy") / "heavy.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        noise = [Image.effect_noise((1920, 1080), 80) for _ in range(2)]
        frames = [av.VideoFrame.from_image(one).reformat(format="yuv420p") for one in noise]
        for number in range(120):
            frame = frames[number % 2]
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


def test_what_needs_more_memory_than_any_photo_is_told_by_name(tmp_path: Path) -> None:
    Image.new("RGB", (9000, 9000)).save(tmp_path / "wide.png")

    report = render(tmp_path, (tmp_path / "wide.png").read_bytes(), limits=limited(memory_bytes=250 << 20))

    assert report == Report(fault="too_costly")


def test_what_needs_more_of_the_processor_is_ended_and_told_by_name(tmp_path: Path, heavy: bytes) -> None:
    report = render(tmp_path, heavy, Expected.CLIP, (Rendition.PROXY,), limits=limited(cpu_seconds=1))

    assert report == Report(fault="too_costly")


def test_what_writes_more_than_it_may_is_told_by_name(tmp_path: Path, heavy: bytes) -> None:
    report = render(tmp_path, heavy, Expected.CLIP, (Rendition.PROXY,), limits=limited(output_bytes=20_000))

    assert report == Report(fault="too_costly")
    assert (tmp_path / "proxy.mp4").stat().st_size <= 20_000


def test_what_takes_too_long_is_killed_and_may_be_tried_again(tmp_path: Path, heavy: bytes) -> None:
    with pytest.raises(ProcessFailed, match="not done after"):
        render(tmp_path, heavy, Expected.CLIP, (Rendition.PROXY,), limits=limited(wall_seconds=0.3))


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_says_that_the_file_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(process, "_START", f"import os; os.kill(os.getpid(), {number})")

    assert render(tmp_path, photo()) == Report(fault="damaged")


@pytest.mark.parametrize(
    "end",
    ["import os; os.kill(os.getpid(), 9)", "raise OSError('the disk is full')", "pass"],
    ids=["killed", "failed", "silent"],
)
def test_an_end_that_is_not_the_files_fault_is_to_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(process, "_START", end)

    with pytest.raises(ProcessFailed):
        render(tmp_path, photo())


def test_a_report_behind_a_link_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_bytes(msgspec.json.encode(Report(fault="empty")))
    monkeypatch.setattr(process, "_START", f"import os; os.symlink({str(elsewhere)!r}, 'report.json')")

    with pytest.raises(ProcessFailed):
        render(tmp_path, photo())


def test_it_knows_nothing_of_the_servers_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_SECRET", "known to the server alone")
    tell = "import os; open('told', 'w').write(repr(dict(os.environ)))"
    monkeypatch.setattr(process, "_START", tell)

    with pytest.raises(ProcessFailed):
        render(tmp_path, photo())

    assert "DOORSTEP" not in (tmp_path / "told").read_text()


def test_it_reaches_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if subprocess.run(["unshare", "-Un", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets no process give its network up")
    with socket.create_server(("127.0.0.1", 0)) as server:
        call = f"""
            import sys; sys.path.insert(0, sys.argv[1])
            from media.inspection.limits import GLANCE
            from media.renditions.confine import confine
            import socket
            confine(GLANCE)
            try:
                socket.create_connection(("127.0.0.1", {server.getsockname()[1]}), 2)
            except OSError as error:
                open("told", "w").write(str(error))
        """
        monkeypatch.setattr(process, "_START", textwrap.dedent(call))
        with pytest.raises(ProcessFailed):
            render(tmp_path, photo())

    assert "unreachable" in (tmp_path / "told").read_text()


def test_closing_ends_what_runs_and_starts_nothing_more(tmp_path: Path, heavy: bytes) -> None:
    (tmp_path / "source").write_bytes(heavy)
    processes, ended = Processes(), []
    task = Task(expected=Expected.CLIP, makes=(Rendition.PROXY,), limits=GLANCE)

    def run() -> None:
        with (tmp_path / "source").open("rb") as file:
            try:
                processes.run(task, file.fileno(), tmp_path)
            except ProcessStopped as stopped:
                ended.append(stopped)

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: (tmp_path / "proxy.mp4").exists())
    processes.close()
    thread.join(LONGEST_SECONDS)

    assert len(ended) == 1
    run()
    assert len(ended) == 2


def test_it_dies_with_the_server(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x")
    serve = f"""
        import sys; sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from media.inspection.limits import GLANCE
        from media.renditions import process
        from media.renditions.task import Expected, Task
        process._START = (
            "import sys; sys.path.insert(0, sys.argv[1]); import os, time; "
            "from media.renditions.confine import confine; from media.inspection.limits import GLANCE; "
            "confine(GLANCE); open('pid', 'w').write(str(os.getpid())); os.rename('pid', 'known'); time.sleep(60)"
        )
        with open("source", "rb") as file:
            process.Processes().run(Task(expected=Expected.PHOTO, makes=(), limits=GLANCE), file.fileno(), Path.cwd())
    """
    server = subprocess.Popen([sys.executable, "-c", textwrap.dedent(serve)], cwd=tmp_path)
    try:
        until((tmp_path / "known").exists)
        child = int((tmp_path / "known").read_text())
    finally:
        server.kill()
        server.wait()

    until(lambda: not _is_alive(child))


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


SAMPLES = Path(__file__).parent / "samples"
CORPUS = {
    "JPEG": SimpleNamespace(data=photo(), expected=Expected.PHOTO),
    "PNG": SimpleNamespace(data=photo("PNG"), expected=Expected.PHOTO),
    "WebP": SimpleNamespace(data=photo("WEBP"), expected=Expected.PHOTO),
    "HEIC": SimpleNamespace(data=(SAMPLES / "turned.heic").read_bytes(), expected=Expected.PHOTO),
    "MP4": SimpleNamespace(data=clip(sound=True), expected=Expected.CLIP),
    "MOV": SimpleNamespace(data=clip("mov", "libx265"), expected=Expected.CLIP),
    "WebM": SimpleNamespace(data=clip("webm", "libvpx-vp9"), expected=Expected.CLIP),
}
EACH = 8 * TIMES


@pytest.mark.parametrize("form", CORPUS)
def test_no_damage_does_more_than_name_a_fault_and_no_file_appears_elsewhere(
    tmp_path: Path, form: str
) -> None:
    sample, dice = CORPUS[form], Random(form)
    makes = ALL_OF_A_PHOTO if sample.expected is Expected.PHOTO else (*ALL_OF_A_CLIP, Rendition.PROXY)
    names = {made.file for made in FORMS.values()} | {"task.json", "report.json", "errors.txt", "source"}
    faults = set()
    for number in range(EACH):
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        report = render(folder, damaged(sample.data, dice), sample.expected, makes)

        assert (report.fault in FAULTS) is (report.found is None), f"number {number}: {report}"
        assert {path.name for path in folder.iterdir()} <= names
        assert [path.name for path in tmp_path.iterdir()] == ["work"]
        faults.add(report.fault)
    assert faults - {None}, "damage that harms nothing proves nothing"


def damaged(data: bytes, dice: Random) -> bytes:
    """One of the ways in which bytes go wrong, or are made wrong."""
    way, at = dice.randrange(5), dice.randrange(len(data))
    if way == 0:
        return data[:at]
    if way == 1:
        return data[:at] + dice.randbytes(dice.randint(1, 64)) + data[at:]
    if way == 2:
        return data[:at] + data[at + dice.randint(1, 64) :]
    changed = bytearray(data)
    # Headers decide more than pixels do.
    near = len(data) if way == 3 else min(len(data), 600)
    for _ in range(dice.randint(1, 40)):
        changed[dice.randrange(near)] = dice.choice((0, 0x7F, 0x80, 0xFF, dice.randrange(256)))
    return bytes(changed)
