"""A node whose certificate changes while the window is open: said loudly, and accepted by a person alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from room import cramped, nameless
from tls_front import Authority, TlsFront, new_key
from window_help import Run, until

from signer_app.core.config import read_profile
from signer_app.signers.keystore.client import open_keystore
from signer_app.ui.notices.reading import read_facts
from signer_app.ui.pages.nodes import NodesPage
from signer_app.ui.pages.nodes.certificates import CertificateDialog
from signer_app.ui.pages.nodes.dialogs import ProxyDialog
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import HashGrid
from signer_app.ui.words import node_pill
from signer_app.ui.words import nodes as words
from signer_app.workspace import Workspace, create_workspace

NETWORK = "xrpl:63456"


def state_of(page: NodesPage, name: str) -> str:
    table = page.tables[NETWORK].facts
    return table.lines[table.keys.index(name)][1].text


async def shown(window: MainWindow) -> CertificateDialog:
    await until(lambda: isinstance(window.dialogs.current, CertificateDialog))
    dialog = window.dialogs.current
    assert isinstance(dialog, CertificateDialog)
    return dialog


async def asked(window: MainWindow, page: NodesPage) -> None:
    page.ask_now()
    await settled(window)


def test_a_changed_certificate_is_shown_whole_and_accepted_by_a_person(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme, tmp_path: Path
) -> None:
    authority, key = Authority("Northern"), new_key()
    front = TlsFront(offices.ledger.endpoints[0]["http"], authority.issue(tmp_path / "a.pem", key))
    with offices.open("alice") as opened:
        opened.nodes.remove("node-0")
        opened.nodes.add(
            read_profile({"id": "north", "operator": "northern", "network": NETWORK, "url": front.url,
                          "roles": ["read", "submit"], "ca": authority.pem})
        )  # fmt: skip

    async def body() -> None:
        async with window_of(offices.folder("alice"), passphrase_of("alice"), settings, "nodes") as window:
            page = window.page
            assert isinstance(page, NodesPage)
            ok, changed = words.STATES["ok"][0], words.STATES["certificate-changed"][0]
            assert state_of(page, "north") == ok
            assert (await recorded(window))["recorded_at"]
            assert page.certificate.reason == words.CHOOSE_SECURE
            page.tables[NETWORK].selectRow(page.tables[NETWORK].facts.keys.index("north"))
            page.certificate.click()
            calm = await shown(window)
            assert [grid.digits for grid in calm.findChildren(HashGrid)] == [
                (await recorded(window))["sha256"],
                *(node["authorities"][0] for node in page._nodes if node["id"] == "north"),
            ]
            assert calm.accept_it.reason == words.HELD_ALREADY
            calm.reject()
            front.use(authority.issue(tmp_path / "b.pem", new_key()))
            await asked(window, page)
            assert state_of(page, "north") == changed
            assert page.tables[NETWORK].facts.lines[-1][1].tone == "danger"
            assert page.banner_keys == ("certificate.north",)
            assert cramped(page) == []
            assert nameless(page) == []
            assert node_pill.CERTIFICATE in window.header.nodes.accessibleName()
            facts = await window.session.call(read_facts)
            assert [named.id for named in facts.certificates] == ["north"]
            before = await recorded(window)
            page.show_certificate("north")
            dialog = await shown(window)
            digests = [grid.digits for grid in dialog.findChildren(HashGrid)][:2]
            assert digests[0] == before["sha256"]
            dialog.compare.input.setText(":".join(digests[1].upper()[i : i + 2] for i in range(0, 64, 2)))
            assert dialog.compare.grid.different == "", "as openssl prints it"
            dialog.compare.input.setText(digests[0])
            assert dialog.compare.grid.different
            dialog.reject()
            await asked(window, page)
            assert (state_of(page, "north"), await recorded(window)) == (changed, before)
            # The node changes once more while the dialog is open: what was shown is not what it shows.
            page.show_certificate("north")
            dialog = await shown(window)
            front.use(authority.issue(tmp_path / "c.pem", new_key()))
            ask = await window.session.call(lambda workspace: workspace.nodes.examiner())
            await asyncio.to_thread(ask)
            dialog.accept_it.click()
            await settled(window)
            assert (state_of(page, "north"), await recorded(window)) == (changed, before)
            await asked(window, page)
            page.show_certificate("north")
            (await shown(window)).accept_it.click()
            await settled(window)
            assert state_of(page, "north") == ok
            assert page.banner_keys == ()
            assert (await recorded(window))["sha256"] not in (before["sha256"], digests[1])
            assert (await window.session.call(read_facts)).certificates == ()

    with front:
        run(body())


async def recorded(window: MainWindow) -> dict[str, str]:
    described = await window.session.call(lambda workspace: workspace.nodes.describe())
    nodes = described["nodes"]
    assert isinstance(nodes, list)
    (found,) = [node["certificate"] for node in nodes if isinstance(node, dict) and node["id"] == "north"]
    assert isinstance(found, dict)
    return {name: str(value) for name, value in found.items()}


@pytest.mark.parametrize("hold", ["key", "authority"])
def test_what_a_node_is_held_to_can_be_changed(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme, hold: str
) -> None:
    other = {"key": "authority", "authority": "key"}[hold]
    with offices.open("alice") as opened:
        opened.nodes.add(
            read_profile({"id": "far", "operator": "far", "network": NETWORK, "roles": ["read"],
                          "url": "https://localhost:9/", "hold": hold})
        )  # fmt: skip

    async def body() -> None:
        async with window_of(offices.folder("alice"), passphrase_of("alice"), settings, "nodes") as window:
            page = window.page
            assert isinstance(page, NodesPage)
            page.show_certificate("far")
            dialog = await shown(window)
            assert dialog.hold.currentData() == hold
            dialog.hold.setCurrentIndex(dialog.hold.findData(other))
            assert dialog.accept_it.reason == ""
            dialog.accept_it.click()
            await settled(window)
            described = await window.session.call(lambda workspace: workspace.nodes.describe())
            nodes = described["nodes"]
            assert isinstance(nodes, list)
            assert isinstance(nodes[-1], dict)
            assert (nodes[-1]["id"], nodes[-1]["hold"]) == ("far", other)

    run(body())


def test_the_proxy_is_said_and_changed_and_in_practice_there_is_none(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme, tmp_path: Path
) -> None:
    folder = tmp_path / "real"
    secret = bytearray(b"fen-ladder-ocean-41-quartz")
    create_workspace(
        folder, network_class="testnet", org="acme", person="dana", roles=(), passphrase=bytearray(secret),
        create_keystore=lambda keys, kdf: open_keystore(keys, passphrase=bytearray(secret), create=kdf),
    )  # fmt: skip
    with Workspace.open(folder, passphrase=bytearray(secret)) as opened:
        opened.nodes.add(
            read_profile({"id": "here", "operator": "own", "network": "xrpl:1", "url": "http://127.0.0.1:9/"})
        )

    async def practice() -> None:
        async with window_of(offices.folder("alice"), passphrase_of("alice"), settings, "nodes") as window:
            page = window.page
            assert isinstance(page, NodesPage)
            assert page.change_way.reason == words.PRACTICE_WAY

    async def real() -> None:
        async with window_of(folder, bytes(secret), settings, "nodes") as window:
            page = window.page
            assert isinstance(page, NodesPage)
            assert page.way.text() == words.DIRECTLY
            page.change_way.click()
            await until(lambda: isinstance(window.dialogs.current, ProxyDialog))
            dialog = window.dialogs.current
            assert isinstance(dialog, ProxyDialog)
            dialog.address.setText("http://user:secret@proxy:1")
            dialog.save.click()
            assert not dialog.message.isHidden()
            assert window.dialogs.current is dialog
            dialog.address.setText("socks5://127.0.0.1:9050")
            dialog.save.click()
            await settled(window)
            assert page.way.text() == words.through("socks5://127.0.0.1:9050")
            kept = await window.session.call(lambda workspace: workspace.nodes.config)
            assert kept.proxy == "socks5://127.0.0.1:9050"
            assert cramped(page) == []
            assert nameless(page) == []

    run(practice())
    run(real())


def test_on_the_command_line_too(offices: Offices) -> None:
    assert offices.do("bob", "nodes", "proxy").result == {"proxy": None}
    assert offices.do("bob", "nodes", "proxy", "http://proxy.example:3128").refused == (2, "USAGE")
    assert offices.do("bob", "nodes", "proxy", "none").result == {"proxy": None}
    assert offices.do("bob", "nodes", "list").result["proxy"] is None
