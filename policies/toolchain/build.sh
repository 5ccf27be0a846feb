#!/bin/sh
# Builds the policy toolchain, the same bytes on every machine: pinned Go (go.mod), pinned modules (go.sum), no paths, no symbols.
#   build.sh           writes toolchain.wasm.br, toolchain.json, wasm_exec.js and LICENSES.txt here (the compression takes a minute)
#   build.sh FOLDER    writes toolchain.wasm and wasm_exec.js there, to compare with what is committed
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=${1:-$(mktemp -d)}
cd "$here"

want=$(sed -n 's/^toolchain //p' go.mod)
have=$(go env GOVERSION)
if [ "$have" != "$want" ]; then
  echo "build.sh: go.mod asks for $want and this is $have; with GOTOOLCHAIN=auto Go fetches the right one" >&2
  exit 3
fi

GOOS=js GOARCH=wasm CGO_ENABLED=0 GOFLAGS=-mod=readonly GOWASM='' GOEXPERIMENT='' GOAMD64='' GOWORK=off \
  go build -trimpath -buildvcs=false -ldflags='-s -w -buildid=' -o "$out/toolchain.wasm" .
cp "$(go env GOROOT)/lib/wasm/wasm_exec.js" "$out/wasm_exec.js"
[ $# -eq 0 ] || exit 0

node=$here/../../node_modules/.bin/node
[ -x "$node" ] || node=node
"$node" pack.mjs "$out/toolchain.wasm"
cp "$out/wasm_exec.js" wasm_exec.js
rm -r "$out"

# What is inside, and under which licence.
{
  echo "toolchain.wasm.br holds the Go standard library and these modules; wasm_exec.js is part of Go."
  printf '\n==== Go %s\n\n' "$have"
  cat "$(go env GOROOT)/LICENSE"
  GOOS=js GOARCH=wasm go list -deps -f '{{with .Module}}{{if .Dir}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' . | LC_ALL=C sort -u |
    while read -r path version folder; do
      [ "$folder" != "" ] || continue # this module itself
      printf '\n==== %s %s\n\n' "$path" "$version"
      find "$folder" -maxdepth 1 -type f \( -iname 'license*' -o -iname 'notice*' \) | LC_ALL=C sort | xargs cat
    done
} >LICENSES.txt
