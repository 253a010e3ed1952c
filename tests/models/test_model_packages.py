"""Model packages: found by name or path, and used only when every byte is what the manifest says."""

import hashlib
import json
import shutil
import sys

import pytest

from slantwise_models import package
from slantwise_models.package import FILES, MANIFEST, VARIABLE, ModelError


@pytest.fixture
def folder(tiny_package, tmp_path):
    """Return a copy of the tiny package, to be damaged."""
    return shutil.copytree(tiny_package, tmp_path / "model")


@pytest.fixture
def install(tiny_package, tmp_path, monkeypatch):
    """Return a function that installs the tiny package under a name, as pip would."""

    def installed(name, *, sealed=True):
        site, module = tmp_path / name, name.replace("-", "_")
        shutil.copytree(tiny_package, site / module)
        (site / module / "__init__.py").touch()
        if not sealed:
            (site / module / MANIFEST).unlink()
        described = site / f"{module}-0.0.1.dist-info"
        described.mkdir()
        (described / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.1\n")
        (described / "entry_points.txt").write_text(f"[{package.GROUP}]\n{name} = {module}\n")
        monkeypatch.syspath_prepend(str(site))
        return site / module

    return installed


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    """Let no model of the surroundings be taken for ours."""
    monkeypatch.delenv(VARIABLE, raising=False)


def test_a_sealed_folder_is_loaded(folder):
    model = package.load(str(folder))
    assert (model.folder, model.name, model.version) == (folder, "slantwise-tiny", "0.0.1")
    assert model.config == json.loads((folder / "config.json").read_text("utf-8"))
    assert model.metrics == json.loads((folder / "metrics.json").read_text("utf-8"))


def test_the_digest_is_that_of_the_manifest_which_holds_those_of_the_files(folder):
    manifest = (folder / MANIFEST).read_bytes()
    assert package.load(str(folder)).digest == f"sha256:{hashlib.sha256(manifest).hexdigest()}"
    assert json.loads(manifest)["files"] == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES
    }


def test_sealing_again_changes_nothing(folder):
    before = (folder / MANIFEST).read_bytes()
    package.seal(folder)
    assert (folder / MANIFEST).read_bytes() == before


@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_found(folder, name, where):
    content = bytearray((folder / name).read_bytes())
    at = {"first": 0, "middle": len(content) // 2, "last": -1}[where]
    content[at] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError) as caught:
        package.load(str(folder))
    assert str(folder) in str(caught.value)
    assert f"changed ['{name}']" in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        package.load(str(folder))


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_the_manifest_leaves_out_is_named(folder, name):
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    del manifest["files"][name]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match=rf"not listed \['{name}'\]"):
        package.load(str(folder))


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"3",
        b"[]",
        b"{}",
        b'{"files": null}',
        b'{"files": 3}',
        b'{"files": []}',
        b'{"files": "x"}',
    ],
)
def test_a_bad_manifest_is_refused(folder, manifest):
    (folder / MANIFEST).write_bytes(manifest)
    with pytest.raises(ModelError) as caught:
        package.load(str(folder))
    assert str(folder) in str(caught.value)


def test_a_folder_without_a_manifest_is_no_model(folder):
    (folder / MANIFEST).unlink()
    with pytest.raises(ModelError, match=MANIFEST):
        package.load(str(folder))


@pytest.mark.parametrize("name", ["no-such-model", "./no/such/folder", "\u00e9"])
def test_an_unknown_model_is_told_with_the_known_ones(install, name):
    install("tiny-one")
    install("tiny-two")
    with pytest.raises(ModelError) as caught:
        package.load(name)
    assert repr(name) in str(caught.value)
    assert "tiny-one" in str(caught.value)
    assert "tiny-two" in str(caught.value)


def test_an_installed_package_is_found_by_name(install):
    folder = install("tiny-model")
    assert package.installed()["tiny-model"] == folder
    assert package.find("tiny-model") == folder
    assert package.load("tiny-model").name == "slantwise-tiny"


def test_an_installed_package_without_its_files_is_told(install):
    folder = install("tiny-hollow", sealed=False)
    with pytest.raises(ModelError) as caught:
        package.load("tiny-hollow")
    assert str(folder) in str(caught.value)


def test_finding_a_package_does_not_run_it(install):
    folder = install("tiny-idle")
    (folder / "__init__.py").write_text("raise SystemExit('run')\n")
    package.load("tiny-idle")
    assert "tiny_idle" not in sys.modules


def test_the_variable_names_the_model_unless_one_is_given(install, folder, monkeypatch):
    named = install("tiny-model")
    monkeypatch.setenv(VARIABLE, "tiny-model")
    assert package.find() == named
    assert package.find(str(folder)) == folder
    monkeypatch.setenv(VARIABLE, str(folder))
    assert package.find() == folder
    assert package.find("") == folder


def test_without_anything_said_the_default_model_is_meant(install, monkeypatch):
    monkeypatch.setattr(package, "DEFAULT", "tiny-default")
    folder = install("tiny-default")
    assert package.find() == folder
    monkeypatch.setenv(VARIABLE, "")
    assert package.find() == folder


def test_the_shipped_model_is_what_it_says(shipped):
    model = package.load(shipped)
    assert model.name == shipped
    assert model.config["languages"][0] == "en"
    assert model.metrics["calibration"]
