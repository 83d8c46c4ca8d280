#!/usr/bin/env bash
# Installs what is missing of tools/dependencies.toml. Called by ./dev with the dependency folder, and
# "test" where the tests will run, "image" where an image is built; a machine that has everything is
# left alone in a few milliseconds.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
deps=$1
purpose=${2:-build}
list=$here/dependencies.toml

missing_packages() {
  local wanted
  wanted=$(sed -n '/^packages = \[/,/^\]/s/^ *"\(.*\)",$/\1/p' "$list")
  if [ "$purpose" != build ]; then
    wanted+=" $(sed -n "/^${purpose}_packages = \[/,/^\]/s/^ *\"\(.*\)\",$/\1/p" "$list")"
  fi
  # shellcheck disable=SC2086
  comm -23 <(printf '%s\n' $wanted | sort) \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | sort)
}

install_packages() {
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  echo "setup: installing ${*} with apt"
  "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=600 update >/dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 \
    install -y --no-install-recommends "$@" >/dev/null
}

release=$(sed -n 's/^release = "\(.*\)"$/\1/p' "$list")
if ! grep -qs "^VERSION_CODENAME=$release$" /etc/os-release; then
  echo "setup: this is not Debian 12 ($release); versions may differ from those Weir is tested with" >&2
fi
# shellcheck disable=SC2046
packages=$(missing_packages)
[ -z "$packages" ] || install_packages $packages

wanted=$(sha256sum <"$list")
[ "$(cat "$deps/stamp" 2>/dev/null)" = "$wanted" ] && exit 0
mkdir -p "$deps"
python3 "$here/fetch.py" "$list" "$deps"
echo "$wanted" >"$deps/stamp"
echo "setup: done"
