#!/bin/sh
# Builds the worker into .build/edge, which wrangler.jsonc names. Wrangler runs
# this by itself before it deploys or starts.
set -eu
cd "$(dirname "$0")/../.."
out=.build/edge
mkdir -p .build
go run github.com/syumai/workers/cmd/workers-assets-gen -mode=go -o "$out"
GOOS=js GOARCH=wasm go build -trimpath -ldflags="-s -w" -o "$out/app.wasm" ./wasm/edge
