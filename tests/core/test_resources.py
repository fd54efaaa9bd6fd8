"""Data files are found beside the package, and a missing one is said."""

from __future__ import annotations

from pathlib import Path

import pytest

import signer_app
from signer_app.core.errors import UnforeseenError
from signer_app.core.resources import package_path, program_root, resource


def test_the_root_holds_the_package() -> None:
    assert program_root() == Path(signer_app.__file__).resolve().parents[1]
    assert package_path("signer_app.core") == program_root() / "signer_app" / "core"
    assert package_path("signer_app.core", "errors.py").is_file()


def test_a_missing_file_is_named_without_its_folder() -> None:
    for call in (lambda: resource("no/such.json"), lambda: package_path("signer_app.core", "such.json")):
        with pytest.raises(UnforeseenError) as caught:
            call()
        assert caught.value.details == {"file": "such.json"}
