"""What the uplink takes from the site file, and from where secrets are kept."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from edge_gateway.site import load_site
from edge_gateway.uplink import UplinkSettings
from edge_gateway.uplink.settings import SecretError

SITE = """\
site: {id: qicai, name: Q}
gateway: {id: gw1}
lines: [{id: a, type: tcp, host: 127.0.0.1}]
boards: [{id: e1, program: parking_lane, line: a, unit: 1, dev_id: 1}]
"""


def settings(folder: Path, uplink: str) -> UplinkSettings | None:
    path = folder / "site.yaml"
    path.write_text(SITE + (f"uplink: {{{uplink}}}\n" if uplink else ""), encoding="utf-8")
    return UplinkSettings.of(load_site(path))


def test_topics_and_ids_follow_from_the_site(tmp_path: Path) -> None:
    found = settings(tmp_path, 'broker: "mqtt://10.0.0.5:1884", topic_prefix: town/edge')
    assert found is not None
    assert (found.host, found.port, found.client_id, found.tls) == ("10.0.0.5", 1884, "qicai-gw1", None)
    assert found.journal_topic == "town/edge/qicai/gw1/journal"
    assert found.status_topic == "town/edge/qicai/gw1/status"
    assert found.base_name == "qicai/gw1/"
    assert settings(tmp_path, "") is None


def test_secrets_come_from_a_file_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("hunter2\n")
    found = settings(tmp_path, 'broker: "mqtt://h", username: u, password: {file: secret}')
    assert found is not None
    assert (found.username, found.password, found.port) == ("u", "hunter2", 1883)
    monkeypatch.setenv("EDGE_SECRET", "sesame")
    found = settings(tmp_path, 'broker: "mqtt://h", password: {env: EDGE_SECRET}')
    assert found is not None
    assert found.password == "sesame"
    monkeypatch.delenv("EDGE_SECRET")
    with pytest.raises(SecretError, match="EDGE_SECRET is not set"):
        settings(tmp_path, 'broker: "mqtt://h", password: {env: EDGE_SECRET}')
    with pytest.raises(SecretError, match="gone"):
        settings(tmp_path, 'broker: "mqtt://h", password: {file: gone}')


def test_tls_is_checked_against_the_given_authority(tmp_path: Path) -> None:
    found = settings(tmp_path, 'broker: "mqtts://h"')
    assert found is not None
    assert found.tls is not None
    assert (found.port, found.tls.check_hostname) == (8883, True)
    with pytest.raises(OSError, match="No such file"):
        settings(tmp_path, 'broker: "mqtts://h", tls: {ca_file: gone.pem}')


@pytest.mark.parametrize("broken", ["services", "core"])
def test_a_process_that_cannot_start_says_why_in_one_line(broken: str, tmp_path: Path) -> None:
    import sys

    text = SITE + 'uplink: {broker: "mqtt://h", password: {env: NOT_THERE_AT_ALL}}\n'
    if broken == "core":
        (tmp_path / "run").write_text("this is in the way")
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", f"edge_gateway.{broken}", str(tmp_path / "site.yaml")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 71
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "can't start" in done.stderr
