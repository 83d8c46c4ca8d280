#!/usr/bin/env bash
# Builds a preset, all of it or the targets named: tools/build.sh [release|dev|tsan|fuzz] [TARGET...]
set -euo pipefail
preset=${1:-release}
[ $# = 0 ] || shift
folder=build/$preset
case $preset in
  release | dev | tsan | fuzz) ;;
  *) echo "build: '$preset' is none of release, dev (ASan+UBSan), tsan, fuzz" >&2 && exit 2 ;;
esac
mkdir -p build  # a fresh checkout has none, and the configuring is logged there
if [ ! -f "$folder/build.ninja" ] || [ CMakePresets.json -nt "$folder/build.ninja" ]; then
  if ! cmake --preset "$preset" -DWEIR_DEPS="$WEIR_DEPS" >"$folder.configure" 2>&1; then
    cat "$folder.configure" >&2
    rm -f "$folder/CMakeCache.txt"  # so that what was missing is looked for anew
    exit 1
  fi
fi
# What one checkout compiled, the others need not: the paths do not count.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
echo "build: $preset${*:+, $*}"
nice cmake --build "$folder" ${1:+--target "$@"}
