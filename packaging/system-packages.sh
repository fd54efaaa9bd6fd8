#!/usr/bin/env bash
# Installs what Countersign needs from the system, on Debian and its relatives, when it may; else says what to install.
# Exit 0: everything is there. Exit 1: something is missing and was not installed.
set -eu

python="${PYTHON:-python3}"

missing=()   # Debian packages
reasons=()   # the same for people

need() { # need PACKAGE REASON
    missing+=("$1")
    reasons+=("  $1: $2")
}

# What Qt's libraries link or load on Linux, and the two faces of the window, each as a Debian package.
find_window_packages() {
    command -v "$python" >/dev/null || return 0
    "$python" - <<'CHECK' || true
import ctypes, pathlib, sys
LIBRARIES = {
    "libglib2.0-0": "libglib-2.0.so.0", "libgl1": "libGL.so.1", "libegl1": "libEGL.so.1",
    "libfontconfig1": "libfontconfig.so.1", "libfreetype6": "libfreetype.so.6", "libx11-6": "libX11.so.6",
    "libxkbcommon0": "libxkbcommon.so.0", "libdbus-1-3": "libdbus-1.so.3", "libx11-xcb1": "libX11-xcb.so.1",
    "libxcb-cursor0": "libxcb-cursor.so.0", "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1", "libxcb-image0": "libxcb-image.so.0",
    "libxcb-render-util0": "libxcb-render-util.so.0", "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1", "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}
FACES = {"fonts-inter": "Inter-Regular.*", "fonts-jetbrains-mono": "JetBrainsMono-Regular.*"}
if sys.platform == "linux":
    for package, library in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            print(package)
    for package, pattern in FACES.items():
        if not any(pathlib.Path("/usr/share/fonts").rglob(pattern)):
            print(package)
CHECK
}

find_missing() {
    missing=()
    reasons=()
    command -v make >/dev/null || need make "runs the targets"
    if ! command -v "$python" >/dev/null; then
        need python3 "runs the program (3.11 or newer)"
        need python3-venv "keeps its packages in .venv"
    else
        "$python" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv "keeps its packages in .venv"
        # PyInstaller copies the shared library of Python into the frozen program that a test builds.
        "$python" - <<'CHECK' || need "libpython$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" \
            "goes into the frozen program that a test builds"
import ctypes.util, pathlib, sys, sysconfig
name = "python%d.%d" % sys.version_info[:2]
folder = sysconfig.get_config_var("LIBDIR") or "/nowhere"
found = ctypes.util.find_library(name) or list(pathlib.Path(folder).glob(f"lib{name}.so*"))
sys.exit(0 if found else 1)
CHECK
    fi
    for package in $(find_window_packages); do
        case "$package" in
            fonts-*) may_install && need "$package" "faces of the window; without them it takes others" || true ;;
            *) need "$package" "the window's library links or loads it" ;;
        esac
    done
    command -v objdump >/dev/null || need binutils "PyInstaller reads programs with it"
    # The tests drive the window on a screen of its own, and look at the package, with these.
    command -v Xvfb >/dev/null || need xvfb "a screen without a display, for tests and pictures of the window"
    command -v openbox >/dev/null || need openbox "the window manager of that screen"
    command -v xdotool >/dev/null || need xdotool "types and clicks there"
    command -v import >/dev/null || need imagemagick "takes pictures there"
    command -v pdftotext >/dev/null || need poppler-utils "reads in a test what can be copied out of a PDF"
    command -v desktop-file-validate >/dev/null || need desktop-file-utils "checks the desktop entry"
    command -v appstreamcli >/dev/null || need appstream "checks the AppStream data"
    command -v dbus-daemon >/dev/null || need dbus-daemon "the session's message bus, for the next"
    command -v gnome-keyring-daemon >/dev/null || need gnome-keyring "a real keyring to keep half of a key in"
    command -v strace >/dev/null || need strace "tests let system calls fail with it"
    command -v node >/dev/null || need nodejs "starts npm; the tests bring the newer node that they need"
    command -v npm >/dev/null || need npm "fetches the JavaScript oracles of tests/interop"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

may_install() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" = 0 ] && return 0
    command -v sudo >/dev/null || return 1
    # Without a terminal a password question would hang or fail, so only sudo that asks nothing is used then.
    sudo -n true 2>/dev/null || [ -t 0 ]
}

explain() {
    echo "make setup needs these packages (Debian names):" >&2
    printf '%s\n' "${reasons[@]}" >&2
    echo "Install them as root, then run make setup again:" >&2
    echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
}

# Twice, because what Python lacks can only be asked once Python is there.
for _ in 1 2; do
    find_missing
    [ "${#missing[@]}" -gt 0 ] || break
    may_install || break
    echo "Installing ${missing[*]} by apt-get; this can take a minute."
    # apt names every file that it unpacks, in thousands of lines; errors still come on stderr.
    as_root apt-get update -q >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
done

find_missing
if [ "${#missing[@]}" -gt 0 ]; then
    explain
    exit 1
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$("$python" --version) is too old: Countersign needs Python 3.11 or newer." >&2
    echo "Name another one: make setup PYTHON=python3.11" >&2
    exit 1
fi
