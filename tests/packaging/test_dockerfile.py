"""The container image: built where a Docker engine runs; elsewhere `environment` takes the same steps."""

import json
import shutil
import subprocess

import pytest

from tests.packaging.conftest import ROOT, docker_commands


def test_image_is_slim_and_does_not_run_as_root():
    images = [line.split()[0] for line in docker_commands("FROM")]
    assert images
    assert all(image.endswith("-slim") for image in images)
    assert docker_commands("USER") == ["ser"]
    assert json.loads(docker_commands("ENTRYPOINT")[-1]) == ["ser"]


def test_everything_that_is_copied_is_in_the_build_context():
    context = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    sources = [word for line in docker_commands("COPY") if "--from" not in line for word in line.split()[:-1]]
    assert set(sources) == context
    assert all((ROOT / source).exists() for source in sources)


@pytest.mark.long
def test_image_builds_and_runs():
    if not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True).returncode:
        pytest.skip("no Docker engine: its steps are run by test_wheel.py")
    subprocess.run(["docker", "build", "--tag", "ser-test", ROOT], check=True)
    shown = subprocess.run(["docker", "run", "--rm", "ser-test"], check=True, capture_output=True, text=True)
    assert "extract" in shown.stdout
