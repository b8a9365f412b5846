import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from test_cli import ENVIRONMENT

from assistant.settings import Settings

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
# Answers one question over HTTP, as the serving image does, where some distributions are not installed.
SERVING = """
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

missing = set(sys.argv[2].split())
gone = {module for module, owners in packages_distributions().items() if missing & {owner.lower() for owner in owners}}

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in gone:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
import assistant.cli, assistant.operating, assistant.serving
from fastapi.testclient import TestClient
from assistant.service.app import create_app
from assistant.settings import Settings

with TestClient(create_app(Settings(index=Path(sys.argv[1])))) as client:
    print(len(gone), client.post("/v1/answers", json={"question": "When was the Act enacted?"}).json()["answer"])
"""


def building() -> list[str]:
    """The distributions that the serving image goes without."""
    found = re.search(r'^ENV BUILDING="(.*)"$', DOCKERFILE, re.MULTILINE)
    assert found
    return found[1].split()


def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage, as (word, rest)."""
    joined = re.sub(r"\\\n", "", re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    read: dict[str, list[tuple[str, str]]] = {}
    for line in filter(str.strip, joined.splitlines()):
        word, rest = line.split(maxsplit=1)
        if word == "FROM":
            instructions = read[rest.split()[-1]] = []
        instructions.append((word, rest))
    return read


def compose() -> Any:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def test_a_linter_finds_nothing_in_the_dockerfile() -> None:
    linter = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("no hadolint here")
    done = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_serving_does_without_what_only_building_needs(index_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVING, str(index_folder), " ".join(building())],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    gone, answer = done.stdout.split(maxsplit=1)
    assert int(gone) >= len(building())
    assert answer == "June 1992\n"


def test_what_only_building_needs_is_what_the_package_depends_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [re.match(r"[\w-]+", line)[0] for line in project["dependencies"]]  # type: ignore[index]
    assert set(building()) < set(needed)


def test_the_images_run_as_nobody_in_particular_and_report_their_health() -> None:
    read = stages()
    assert list(read) == ["base", "wheels", "index", "serve"]
    for name in ("index", "serve"):
        assert ("USER", "10001:10001") in read[name]
        assert ("ENTRYPOINT", '["chapterverse"]') in read[name]
    serve = dict(read["serve"])
    assert "/readyz" in serve["HEALTHCHECK"]
    assert serve["CMD"] == '["serve", "--host", "0.0.0.0"]'


def test_nothing_else_is_sent_to_the_builder_than_what_is_copied() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    copied = {
        name
        for instructions in stages().values()
        for word, rest in instructions
        if word == "COPY"
        for name in rest.split()[:-1]
    }
    assert sent == copied
    assert all((ROOT / name).exists() for name in copied)


def test_compose_indexes_then_serves_what_it_keeps() -> None:
    services = compose()["services"]
    index, serve = services["index"], services["chapterverse"]
    assert (index["build"]["target"], serve["build"]["target"]) == ("index", "serve")
    assert serve["depends_on"] == {"index": {"condition": "service_completed_successfully"}}
    assert "index:/app/index" in index["volumes"]
    assert {"index:/app/index:ro", "data:/app/data"} <= set(serve["volumes"])
    assert int(serve["stop_grace_period"].removesuffix("s")) > Settings().shutdown_seconds
    for service in services.values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
