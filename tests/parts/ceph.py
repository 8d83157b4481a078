"""A throw-away Ceph RADOS Gateway on loopback: a real S3 server that checks signatures and expiry.

From Debian's packages radosgw, ceph-mon, ceph-osd and ceph-common; about 12 s and 240 MB, all of it in one folder and
in memory.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.parts.free_port import LOOPBACK, free_port

PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "ceph-authtool", "monmaptool")
START_SECONDS = 90.0
_CONFIG = """
[global]
fsid = {fsid}
mon_initial_members = a
mon_host = [v2:127.0.0.1:{v2},v1:127.0.0.1:{v1}]
public_network = 127.0.0.0/8
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
auth_allow_insecure_global_id_reclaim = false
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_class_load_list = *
osd_class_default_list = *
run_dir = {folder}/run
admin_socket = {folder}/run/$name.asok
log_file = {folder}/$name.log
[mon.a]
mon_data = {folder}/mon
[osd.0]
osd_data = {folder}/osd
[client.admin]
keyring = {folder}/keyring
[client.rgw.a]
keyring = {folder}/rgw/keyring
rgw_data = {folder}/rgw
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_crypt_require_ssl = false
rgw_crypt_s3_kms_backend = testing
rgw_crypt_s3_kms_encryption_keys = media=YmluCmJvb3N0CmJvb3N0LWJ1aWxkCmNlcGguY29uZgo=
"""


class CephMissing(Exception):
    """The programs are not installed; the message names them."""


@dataclass(frozen=True)
class Ceph:
    """A running gateway."""

    endpoint: str
    access_key: str = "AKTESTS"
    secret_key: str = "SKTESTS"


@contextmanager
def running_ceph(folder: Path) -> Iterator[Ceph]:
    """Start everything in `folder`, which is made; ended by process id. Raises CephMissing."""
    if missing := [name for name in PROGRAMS if shutil.which(name) is None]:
        raise CephMissing(
            f"apt-get install radosgw ceph-mon ceph-osd ceph-common ({', '.join(missing)} missing)"
        )
    processes: list[subprocess.Popen[bytes]] = []
    try:
        yield _started(folder, processes)
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait(10)


def _started(folder: Path, processes: list[subprocess.Popen[bytes]]) -> Ceph:
    for name in ("mon", "osd", "run", "rgw"):
        (folder / name).mkdir(parents=True)
    v2, v1, port = free_port(), free_port(), free_port()
    fsid, config, keyring = str(uuid.uuid4()), folder / "ceph.conf", folder / "keyring"
    config.write_text(_CONFIG.format(fsid=fsid, folder=folder, v2=v2, v1=v1, port=port))

    def run(*command: str) -> None:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=START_SECONDS, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')[-1000:]}")

    def start(*command: str) -> None:
        with (folder / f"{command[0]}.out").open("ab") as output:
            processes.append(subprocess.Popen(command, cwd=folder, stdout=output, stderr=output))

    def ceph(*words: str) -> None:
        run("ceph", "-c", str(config), *words)

    run(
        "ceph-authtool",
        str(keyring),
        "--create-keyring",
        "--gen-key",
        "-n",
        "mon.",
        "--cap",
        "mon",
        "allow *",
    )
    caps = [word for part in ("mon", "osd", "mgr") for word in ("--cap", part, "allow *")]
    run("ceph-authtool", str(keyring), "--gen-key", "-n", "client.admin", *caps)
    run(
        "monmaptool", "--create", "--addv", "a", f"[v2:127.0.0.1:{v2},v1:127.0.0.1:{v1}]", "--fsid", fsid,
        str(folder / "monmap"),
    )  # fmt: skip
    mon = ("ceph-mon", "-c", str(config), "-i", "a")
    run(*mon, "--mkfs", "--monmap", str(folder / "monmap"), "--keyring", str(keyring))
    start(*mon, "-f")
    ceph(
        "auth",
        "get-or-create",
        "osd.0",
        "mon",
        "allow profile osd",
        "osd",
        "allow *",
        "-o",
        f"{folder}/osd/keyring",
    )
    osd_id = str(uuid.uuid4())
    ceph("osd", "new", osd_id)
    osd = ("ceph-osd", "-c", str(config), "-i", "0")
    run(*osd, "--mkfs", "--osd-uuid", osd_id)
    start(*osd, "-f")
    ceph(
        "auth", "get-or-create", "client.rgw.a", "mon", "allow rwx", "osd", "allow rwx", "-o", f"{folder}/rgw/keyring"
    )  # fmt: skip
    start("radosgw", "-c", str(config), "-n", "client.rgw.a", "-f")
    _await(port)
    made = Ceph(f"http://{LOOPBACK}:{port}")
    run(
        "radosgw-admin", "-c", str(config), "user", "create", "--uid", "tests", "--display-name", "tests",
        "--access-key", made.access_key, "--secret-key", made.secret_key,
    )  # fmt: skip
    return made


def _await(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection((LOOPBACK, port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError("the gateway did not start") from None
            time.sleep(0.1)
