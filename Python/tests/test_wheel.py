"""A wheel with the program in it, and what `doctor` says of libraries that a machine lacks."""

import base64
import hashlib
import importlib.machinery
import importlib.util
import zipfile
from pathlib import Path

import pytest

from spinnsim import __main__, binary

SCRIPT = Path(__file__).resolve().parents[2] / "Scripts" / "build-wheel"


def builder():
    loader = importlib.machinery.SourceFileLoader("build_wheel", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("build_wheel", loader))
    loader.exec_module(module)
    return module


def test_a_pure_wheel_becomes_one_with_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pure = tmp_path / "spinnsim-9.9-py3-none-any.whl"
    with zipfile.ZipFile(pure, "w") as file:
        file.writestr("spinnsim/__init__.py", "")
        file.writestr("spinnsim-9.9.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr("spinnsim-9.9.dist-info/RECORD", "spinnsim/__init__.py,,\n")
    program, library = tmp_path / "built", tmp_path / "libswiftCore.so"
    program.write_bytes(b"program")
    library.write_bytes(b"library")
    module = builder()
    monkeypatch.setattr(module, "libraries", lambda _: ([library], []))
    wheel = module.with_program(pure, program, tmp_path / "out")
    assert wheel.name.startswith("spinnsim-9.9-py3-none-linux_")
    with zipfile.ZipFile(wheel) as file:
        entry = file.getinfo("spinnsim/_bin/spinnsim")
        assert file.read(entry) == b"program" and entry.external_attr >> 16 & 0o777 == 0o755
        assert file.read("spinnsim/_bin/libswiftCore.so") == b"library"
        text = file.read("spinnsim-9.9.dist-info/WHEEL").decode()
        assert "Root-Is-Purelib: false" in text and f"Tag: {wheel.stem.split('-', 2)[2]}" in text
        rows = [line.split(",") for line in file.read("spinnsim-9.9.dist-info/RECORD").decode().split()]
        assert sorted(name for name, _, _ in rows) == sorted(file.namelist())
        for name, digest, size in rows[:-1]:
            data = file.read(name)
            found = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            assert (digest, size) == (f"sha256={found}", str(len(data)))


def test_libraries_are_those_of_swift_and_those_the_program_names():
    swift, system = builder().libraries(binary.find())
    assert not {path.name for path in swift} & {path.name for path in system}
    assert any(path.name.startswith("libmpi.so") for path in system)


def test_the_doctor_names_what_is_lacking(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    assert binary.lacking(binary.find()) == {} and __main__.doctor() == 0
    monkeypatch.setattr(binary, "lacking", lambda _: {"libmetis.so.5": "libmetis5", "libodd.so": ""})
    assert __main__.doctor() == 1
    said = capsys.readouterr().out
    assert (
        "it needs libmetis.so.5: apt-get install libmetis5" in said and "it needs libodd.so, which is not here" in said
    )
