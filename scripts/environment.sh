# shellcheck shell=bash
# The project's own environment, .venv in the project's root. The commands in this folder set
# "root", source this file and call `prepare EXTRA...`; before that, `use NAME` chooses another
# folder than .venv. Messages go to standard error: standard output belongs to the program that
# runs afterwards.

: "${root:?}"

use() {
    name=$1
    venv=$root/$name
    log=$venv/install.log
    # One file for each installed set, holding all that the set was installed from. "unfinished"
    # is there while an install is under way, so also after one that was killed.
    stamps=$venv/stamps
}
use .venv

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
fail() { say "$*"; exit 1; }

# PYTHON: its version as "3.11", or nothing if it does not run.
version_of() { "$1" -ESc 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || :; }
supported() { case $1 in 3.11 | 3.12 | 3.13) ;; *) return 1 ;; esac; }

# What the environment is now, and what an up-to-date stamp in it says.
inspect() {
    version=$(version_of "$venv/bin/python")
    wanted="Python $version
$(<"$root/pyproject.toml")
$(<"$root/scripts/constraints.txt")"
}

# Whether the environment can be kept, up to date or not: it runs, was not moved, no install in it was cut
# short, and it has the Python that the user asks for, if any.
usable() {
    supported "$version" && [[ ! -e $stamps/unfinished ]] &&
        [[ ! -e $stamps/root || $(<"$stamps/root") == "$root" ]] &&
        [[ -z ${PYTHON-} || $(version_of "$PYTHON") == "$version" ]]
}

installed() {
    local set
    for set in workbench "$@"; do
        [[ -f $stamps/$set && $(<"$stamps/$set") == "$wanted" ]] || return 1
    done
}

# Sets "python" to the interpreter that makes or mends the environment.
find_python() {
    local need found
    if [[ -n ${PYTHON-} ]]; then
        found=$(version_of "$PYTHON")
        supported "$found" ||
            fail "PYTHON=$PYTHON must be Python 3.11, 3.12 or 3.13, not ${found:-broken}"
        python=$PYTHON
    elif usable; then
        python=$venv/bin/python
    else
        # Better one that can make an environment; else make_venv helps.
        for need in 'import venv, ensurepip' ''; do
            for python in python3 python3.13 python3.12 python3.11; do
                supported "$(version_of "$python")" && "$python" -c "$need" 2>/dev/null && return
            done
        done
        found=$(version_of python3)
        fail "needs Python 3.11, 3.12 or 3.13 (python3 is ${found:-missing}): install one" \
            "(Debian, Ubuntu: apt-get install python3-venv) or set PYTHON=/path/to/python"
    fi
}

# Waits until no other start is installing. Python locks, since flock(1) is not everywhere; the
# lock belongs to descriptor 9, so it ends with this shell and its children.
lock() {
    local waiting="${0##*/}: waiting for another start to finish installing"
    exec 9<>"$root/pyproject.toml"
    "$python" -c '
import fcntl, sys
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print(sys.argv[1], file=sys.stderr)
    fcntl.flock(9, fcntl.LOCK_EX)
' "$waiting" || fail "cannot lock $root/pyproject.toml"
}

can_apt() { [[ $EUID == 0 ]] && command -v apt-get >/dev/null; }

apt_install() {
    say "installing Debian packages: $* (log: $log)"
    # Descriptor 9 closed: a service that a package starts must not keep the lock.
    {
        apt-get update &&
            DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
                -o DPkg::Lock::Timeout=120 "$@"
    } >>"$log" 2>&1 </dev/null 9>&-
}

make_venv() {
    local package
    package=python$(version_of "$python")-venv
    mkdir -p "$venv" || fail "cannot make $venv"
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        can_apt || fail "$python lacks its venv module; type: sudo apt-get install $package"
        apt_install "$package" || fail "apt-get could not install $package (log: $log)"
    fi
    say "making $name with Python ${package//[!0-9.]/}"
    # Without pip this takes no time, and what is cut short afterwards leaves its mark.
    "$python" -m venv --clear --without-pip "$venv" || fail "cannot make $venv"
}

# Not to meet the user's settings for an install outside an environment.
pip() {
    PIP_USER=0 "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@" >>"$log" 2>&1
}

install_with_pip() {
    { "$venv/bin/python" -c 'import pip' 2>/dev/null ||
        "$venv/bin/python" -m ensurepip --default-pip >>"$log" 2>&1; } || return
    # The build tool comes from the constraints too, so an up-to-date environment needs no network.
    pip install --constraint "$root/scripts/constraints.txt" setuptools || return
    pip install --constraint "$root/scripts/constraints.txt" --no-build-isolation --editable "$1"
}

install() {
    local extras status=0
    extras=$(IFS=,; printf '%s' "$*")
    mkdir -p "$stamps"
    : >"$stamps/unfinished"
    : >"$log"
    printf '%s\n' "$root" >"$stamps/root"
    say "installing the project${extras:+ and its extras $extras} into $name;" \
        "the first time takes minutes (log: $log)"
    install_with_pip "$root${extras:+[$extras]}" || status=$?
    rm -rf "$root"/*.egg-info
    if ((status)); then
        # pip puts everything back when it fails by itself, but not when it is killed.
        ((status > 128)) || rm -f "$stamps/unfinished"
        if grep -qE 'connection broken|Failed to establish|Max retries|timed out' "$log"; then
            fail "the package index cannot be reached: check the network (log: $log)"
        fi
        fail "install failed: $(grep -m1 '^ERROR' "$log" || tail -n 1 "$log") (log: $log)"
    fi
    inspect
    for extras in workbench "$@"; do
        printf '%s\n' "$wanted" >"$stamps/$extras"
    done
    rm -f "$stamps/unfinished" "$stamps/qt-missing"
}

# The Debian packages of the system libraries that Qt asks for and the loader does not find.
# Debian names a library's package after its soname; GLib is the one exception here.
missing_qt_packages() {
    local qt
    command -v ldd >/dev/null || return 0
    for qt in "$venv"/lib/python3*/site-packages/PyQt6; do
        LC_ALL=C ldd "$qt"/Qt{Core,Gui,Widgets,OpenGL,OpenGLWidgets,Svg,Test}.abi3.so \
            "$qt"/Qt6/plugins/{platforms/libqxcb,platforms/libqoffscreen}.so \
            "$qt"/Qt6/plugins/xcbglintegrations/*.so
    done 2>/dev/null | grep ' => not found' | grep -oE 'lib[^ ]+\.so\.[0-9]+' | grep -v '^libQt6' |
        tr '[:upper:]' '[:lower:]' |
        sed -E 's/lib(glib|gthread)-2\.0\.so\./libglib2.0-/; s/([0-9])\.so\./\1-/; s/\.so\.//' |
        sort -u | paste -sd ' ' -
}

# Looks for Qt's system libraries once; again only while a display waits for a window that lacks
# them. Never fatal: without them everything but the window works.
check_qt() {
    local packages record=$stamps/qt-missing
    [[ ${OSTYPE-} == linux* ]] || return 0
    [[ -e $record && ( ! -s $record || -z ${DISPLAY-}${WAYLAND_DISPLAY-} ) ]] && return
    packages=$(missing_qt_packages)
    if [[ -n $packages ]] && can_apt; then
        # With Mesa's drivers the 3-D view has OpenGL without a GPU too.
        # shellcheck disable=SC2086  # a list of names
        apt_install $packages libgl1-mesa-dri || say "apt-get failed; see $log"
        packages=$(missing_qt_packages)
    fi
    [[ -z $packages ]] ||
        say "the window needs system libraries; type: sudo apt-get install $packages"
    printf '%s' "$packages" 2>/dev/null >"$record" || :
}

# EXTRA...: makes the environment hold the project with these extras; nearly free when it already does.
prepare() {
    unset PYTHONHOME PYTHONPATH
    inspect
    if ! { usable && installed "$@"; }; then
        find_python
        [[ -w $root ]] || fail "$name is missing or out of date, and $root is not writable"
        lock
        # An interrupted pip ends like a failed one, but leaves half of a package behind.
        trap 'say interrupted; exit 130' INT
        inspect
        if ! { usable && installed "$@"; }; then
            usable || make_venv
            install "$@"
            check_qt
            say ready
        fi
        trap - INT
        exec 9>&-
    fi
    check_qt
}
