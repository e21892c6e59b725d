#!/usr/bin/env bash
# Builds, checks, tests and serves Satascope. `./build.sh help` says how.
# Written for bash 3.2 (macOS) and later.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

work=.build                         # everything made on the way; safe to delete
budget=2000000                      # bytes of the page's WebAssembly as brotli, held by check: half of it decodes, the rest is the workbench, sharing and teaching
staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.6.1
gotestsum=gotest.tools/gotestsum@v1.13.0
core="sata walcore capture decode inspect learn share/seal wasm/app/bridge wasm/app/browser wasm/app/page wasm/app/scroll wasm/app/sharing wasm/app/worker" # tested as WebAssembly too
raced="livelog share"               # tested with the race detector; decode too, without its long tests
node_needed=18

usage() {
  cat <<'TEXT'
usage: ./build.sh [command]

  (none)      build the site into dist/, for any static file server, and .build/satascope with the site inside
  serve       build, then serve on http://127.0.0.1:8080 (arguments go to `satascope serve`)
  check       gofmt, vet (native and WebAssembly), staticcheck, the size of the download
  test        check, then every test: native, race detector, WebAssembly, browser
  e2e         build, then the browser tests alone, in Chromium (arguments: test files of e2e/)
  engines     build, then what every engine must do, in Chromium, Firefox and WebKit (arguments: which of chromium firefox webkit)
  bench       build, then benchmarks of the decoding, and the frame times of a million rows in Chromium (docs/testing.md)
  help        this text

Building needs Go. Tests need Node, Chromium, tshark and a C compiler too; they are installed where apt-get is there and may be used,
else it is said what to install. CHROMIUM=/path/to/browser chooses another browser, FIREFOX= another Firefox; WebKit is WebKitGTK's MiniBrowser.
TEXT
}

# ---- saying what goes on ----------------------------------------------------

say() { printf '%s\n' "$*"; }
fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# file_name TEXT: what a file can be called for it.
file_name() { printf '%s' "$1" | tr -c 'A-Za-z0-9' '_'; }

# step NAME COMMAND…: runs it, quiet when all is well, and says how long it took.
step() {
  local name=$1 start=$SECONDS log status=0
  shift
  mkdir -p "$work/log"
  log="$work/log/$(file_name "$name").txt"
  ("$@") >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" = 0 ]; then
    printf '%-34s ok  %4ds\n' "$name" "$((SECONDS - start))"
    grep -E '^(note|app\.wasm): |^note:' "$log" || true
  else
    printf '%-34s FAILED  %4ds\n' "$name" "$((SECONDS - start))"
    cat "$log"
  fi
  return "$status"
}

# ---- what is needed ----------------------------------------------------------

# version_at_least A B: whether dotted number A is at least B.
version_at_least() {
  local a b i
  for i in 1 2 3; do
    a=$(printf '%s.0.0' "$1" | cut -d. -f"$i" | sed 's/[^0-9].*//')
    b=$(printf '%s.0.0' "$2" | cut -d. -f"$i" | sed 's/[^0-9].*//')
    [ "${a:-0}" -gt "${b:-0}" ] && return 0
    [ "${a:-0}" -lt "${b:-0}" ] && return 1
  done
  return 0
}

need_go() {
  local want have
  want=$(sed -n 's/^go //p' go.mod)
  command -v go >/dev/null 2>&1 || fail "Go is not installed: install Go $want or later (https://go.dev/dl/)"
  # An old Go may fetch a newer one by itself, so ask it here, in this module.
  have=$(go env GOVERSION 2>/dev/null | sed 's/^go//') || have=
  [ -n "$have" ] || have=$(cd / && go version | sed 's/.*go version go\([0-9.]*\).*/\1/')
  # No program of this machine's paths, and the same for checks and tests: what was compiled for one serves the others.
  GOFLAGS="$(go env GOFLAGS) -trimpath"
  # Go wants to ask Git for the commit; where Git won't tell, it goes without.
  git rev-parse HEAD >/dev/null 2>&1 || GOFLAGS="$GOFLAGS -buildvcs=false"
  export GOFLAGS
  version_at_least "$have" "$want" || fail "Go $want or later is needed, this is Go $have: install a newer one (https://go.dev/dl/)"
}

have_node() {
  command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && version_at_least "$(node --version | tr -d v)" "$node_needed"
}

find_chromium() {
  local name
  if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] || fail "CHROMIUM=$CHROMIUM is not a program"
    printf '%s\n' "$CHROMIUM"
    return 0
  fi
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    type -P "$name" && return 0 # the file: one of these names is also this function's
  done
  for name in "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    [ -x "$name" ] && printf '%s\n' "$name" && return 0
  done
  return 1
}

find_firefox() {
  local name
  if [ -n "${FIREFOX:-}" ]; then
    [ -x "$FIREFOX" ] || fail "FIREFOX=$FIREFOX is not a program"
    printf '%s\n' "$FIREFOX"
    return 0
  fi
  for name in firefox-esr firefox; do
    type -P "$name" && return 0
  done
  name="/Applications/Firefox.app/Contents/MacOS/firefox"
  [ -x "$name" ] && printf '%s\n' "$name"
}

# find_minibrowser: WebKitGTK's browser for tests, which stands where its driver looks for it.
find_minibrowser() {
  local name
  for name in "${WEBKIT_BROWSER:-}" /usr/lib/*/webkit2gtk-4.1/MiniBrowser /usr/lib/webkit2gtk-4.1/MiniBrowser /usr/libexec/webkit2gtk-4.1/MiniBrowser; do
    [ -x "$name" ] && printf '%s\n' "$name" && return 0
  done
  return 1
}

have_webkit() { command -v WebKitWebDriver >/dev/null 2>&1 && command -v Xvfb >/dev/null 2>&1 && find_minibrowser >/dev/null; }

# missing lists which of the tools named are not there: node chromium firefox webkit tshark cc.
missing() {
  local tool
  for tool in "$@"; do
    case $tool in
      node) have_node || printf 'node ' ;;
      chromium) find_chromium >/dev/null || printf 'chromium ' ;;
      firefox) find_firefox >/dev/null || printf 'firefox ' ;;
      webkit) have_webkit || printf 'webkit ' ;;
      *) command -v "$tool" >/dev/null 2>&1 || printf '%s ' "$tool" ;;
    esac
  done
}

# packages MANAGER TOOL…: what the tools' packages are called there.
packages() {
  local manager=$1 tool
  shift
  for tool in "$@"; do
    case $manager:$tool in
      apt:node) printf 'nodejs npm ' ;;
      brew:node) printf 'node ' ;;
      *:node) printf 'nodejs npm ' ;;
      brew:chromium) ;; # a cask, see need
      *:chromium) printf 'chromium ' ;;
      apt:firefox) printf 'firefox-esr ' ;;
      brew:firefox) ;; # a cask, see need
      *:firefox) printf 'firefox ' ;;
      apt:webkit) printf 'webkit2gtk-driver xvfb ' ;;
      dnf:webkit) printf 'webkit2gtk4.1 webkit2gtk-driver xorg-x11-server-Xvfb ' ;;
      pacman:webkit) printf 'webkit2gtk-4.1 xorg-server-xvfb ' ;;
      brew:webkit) ;; # WebKitGTK is Linux's
      apt:tshark) printf 'tshark ' ;;
      brew:tshark) printf 'wireshark ' ;;
      *:tshark) printf 'wireshark-cli ' ;;
      apt:cc) printf 'gcc libc6-dev ' ;;
      brew:cc) ;; # of Xcode, see need
      *:cc) printf 'gcc ' ;;
    esac
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

apt_install() {
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

# need TOOL…: installs what is missing, or says how.
need() {
  local lacking
  lacking=$(missing "$@")
  [ -n "$lacking" ] || return 0
  # Lists of words: split on purpose.
  # shellcheck disable=SC2086
  if may_install; then
    step "install $lacking" apt_install $(packages apt $lacking) || return 1
    lacking=$(missing "$@")
    [ -n "$lacking" ] || return 0
    case " $lacking" in
      *" node "*) say "Node $node_needed or later is needed; the system's package is older: install it from https://nodejs.org" ;;
    esac
  fi
  say "missing: ${lacking% }. Install with one of:"
  # shellcheck disable=SC2086
  {
    say "  Debian, Ubuntu   sudo apt-get install $(packages apt $lacking)"
    say "  Fedora           sudo dnf install $(packages dnf $lacking)"
    say "  Arch             sudo pacman -S $(packages pacman $lacking)"
    say "  macOS            brew install $(packages brew $lacking)"
  }
  case " $lacking" in *" chromium "*) say "                   brew install --cask chromium" ;; esac
  case " $lacking" in *" firefox "*) say "                   brew install --cask firefox" ;; esac
  case " $lacking" in *" webkit "*) say "WebKit is tested on Linux alone: ./build.sh engines chromium firefox" ;; esac
  case " $lacking" in *" cc "*) say "                   xcode-select --install" ;; esac
  return 1
}

# npm_ci FOLDER: what its package-lock.json names, unless that is there already.
npm_ci() {
  local stamp
  stamp=$(cksum <"$1/package-lock.json")
  [ "$(cat "$1/node_modules/.lock" 2>/dev/null)" = "$stamp" ] && return 0
  (cd "$1" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error) || return 1
  printf '%s\n' "$stamp" >"$1/node_modules/.lock"
}

# ---- building ----------------------------------------------------------------

# zstd in the page comes from npm; the page works without, and says so.
page_packages() {
  if ! have_node && ! { may_install && need node; }; then
    return 0 # sitebuild says what that means
  fi
  npm_ci site || say "note: npm could not fetch the page's packages"
}

compile_page() { GOOS=js GOARCH=wasm go build -ldflags='-s -w' -o "$work/app.wasm" ./wasm/app; }

generate() { rm -rf "$work/gen" && mkdir -p "$work/gen" && go run ./cmd/gen -out "$work/gen"; }

# site [-quick | -budget BYTES]: builds it; quick does not compress well, which
# takes long; a budget fails when the page is larger.
site() {
  mkdir -p "$work"
  step "packages of the page" page_packages &&
    step "page to WebAssembly" compile_page &&
    step "reference pages" generate &&
    step "site into dist/" go run ./internal/sitebuild -add "$work/gen" -wasm "$work/app.wasm" -work "$work" "$@"
}

program() { step "command line" go build -o "$work/satascope" ./cmd/satascope; }

# ---- checking ----------------------------------------------------------------

sources() { find . -name '*.go' -not -path '*/node_modules/*' -not -path "./$work/*" -print0; }

check_format() {
  local bad
  bad=$(sources | xargs -0 gofmt -l)
  [ -z "$bad" ] || { say "run gofmt -w on:"; say "$bad"; return 1; }
}

# modules lists the folders of the modules inside this one: tests that need more.
modules() { find . -mindepth 2 -name go.mod -not -path '*/node_modules/*' -not -path "./$work/*" | sed 's|^\./||; s|/go\.mod$||'; }

vet_modules() {
  local module
  for module in $(modules); do
    (cd "$module" && go vet -mod=mod ./...) || return 1
  done
}

vet_js() { GOOS=js GOARCH=wasm go vet ./...; }
check_static() { tool staticcheck "$staticcheck" && "$work/bin/staticcheck" ./...; }
check_static_js() { tool staticcheck "$staticcheck" && GOOS=js GOARCH=wasm "$work/bin/staticcheck" ./...; }

# tool NAME MODULE@VERSION: into .build/bin, made by this Go.
tool() { GOBIN="$PWD/$work/bin" GOOS='' GOARCH='' go install "$2"; }

check() {
  local status=0
  step "gofmt" check_format || status=1
  step "go vet" go vet ./... || status=1
  step "go vet, WebAssembly" vet_js || status=1
  step "go vet, nested modules" vet_modules || status=1
  step "staticcheck" check_static || status=1
  step "staticcheck, WebAssembly" check_static_js || status=1
  site -budget "$budget" || status=1
  return "$status"
}

# ---- testing -----------------------------------------------------------------

# Tests leave how many passed, failed and were skipped in files, one of each step:
# steps that run beside each other have no variables together.
begin_counts() { rm -rf "$work/counts" && mkdir -p "$work/counts"; }
count_failure() { printf '0 1 0\n' >>"$work/counts/$(file_name "$1")"; }

# total says what was counted, and fails when something failed.
total() {
  find "$work/counts" -type f -exec cat {} + |
    awk '{p+=$1; f+=$2; s+=$3} END{printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0}'
}

# tests NAME COMMAND…: a step whose results count. One that failed without a
# failing test (it did not build, it crashed) counts as one.
tests() {
  local counts
  counts=$PWD/$work/counts/$(file_name "$1")
  step "$@" || grep -q -E '^[0-9]+ [1-9]' "$counts" 2>/dev/null || count_failure "$1"
}

# go_test FOLDER ARGUMENT…: go test there, its results counted.
go_test() {
  local top=$PWD folder=$1
  shift
  (cd "$folder" && "$top/$work/bin/gotestsum" --format pkgname --hide-summary=skipped \
    --post-run-command "sh -c 'echo \$((TESTS_TOTAL - TESTS_FAILED - TESTS_SKIPPED)) \$((TESTS_FAILED)) \$((TESTS_SKIPPED)) > \"$counts\"'" \
    -- -timeout 20m "$@")
}

present() {
  local p
  for p in "$@"; do
    ls "$p"/*_test.go >/dev/null 2>&1 && printf './%s\n' "$p"
  done
  return 0
}

test_native() {
  # shellcheck disable=SC2046
  go_test . $(go list ./... | grep -v -E "/($(printf '%s' "$raced" | tr ' ' '|'))\$")
}
# shellcheck disable=SC2046
test_race() { CGO_ENABLED=1 go_test . -race $(present $raced); }
test_race_decode() { CGO_ENABLED=1 go_test . -race -short ./decode; }

# Go's loader for Node hands the whole environment over and has little room for it.
test_wasm() {
  # shellcheck disable=SC2046
  GOOS=js GOARCH=wasm go_test . -exec "env -i PATH=$PATH HOME=$HOME TMPDIR=${TMPDIR:-/tmp} $(go env GOROOT)/lib/wasm/go_js_wasm_exec" $(present $core)
}

# e2e_node FILE…: Node's test runner over the browser tests.
e2e_node() {
  local status=0 tap
  npm_ci e2e || return 1
  tap=$PWD/$work/e2e.tap
  SATASCOPE=$PWD/$work/satascope CHROMIUM=$(find_chromium) node --test --test-concurrency=1 \
    --test-reporter=spec --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination="$tap" "$@" || status=$?
  awk '/^# pass /{p=$3} /^# fail /{f+=$3} /^# cancelled /{f+=$3} /^# (skipped|todo) /{s+=$3} END{print p+0, f+0, s+0}' "$tap" >"${counts:-/dev/null}"
  return "$status"
}

# e2e_files lists the browser tests that belong to every run: all but those that run in three engines.
e2e_files() {
  local f
  for f in e2e/*.test.mjs; do
    [ "$f" = e2e/engines.test.mjs ] || printf '%s\n' "$f"
  done
}

# e2e_engine NAME: what every engine must do, in one of them.
e2e_engine() {
  case $1 in
    firefox) FIREFOX=$(find_firefox) || return 1; export FIREFOX ;;
    webkit)
      npm_ci e2e/webkit && WEBKIT_DRIVER=$(command -v WebKitWebDriver) && WEBKIT_BROWSER=$(find_minibrowser) || return 1
      export WEBKIT_DRIVER WEBKIT_BROWSER
      ;;
  esac
  ENGINES=$1 e2e_node e2e/engines.test.mjs
}

test_engines() {
  local name
  [ $# -gt 0 ] || set -- chromium firefox webkit
  for name in "$@"; do
    case $name in
      chromium | firefox | webkit) ;;
      *) fail "there is no engine \"$name\": chromium, firefox or webkit" ;;
    esac
  done
  need node chromium "$@" || fail "the tests need what is missing"
  site -quick && program || return 1
  begin_counts
  for name in "$@"; do tests "tests, $name" e2e_engine "$name"; done
  total
}

# ---- measuring ---------------------------------------------------------------

# bench [ARGUMENT…]: arguments go to e2e/bench.mjs.
bench() {
  need node chromium || fail "the benchmarks need what is missing"
  site -quick && program || return 1
  npm_ci e2e || return 1
  say "" && say "The core, natively and on one core:"
  # shellcheck disable=SC2046
  go test -run '^$' -bench . -benchtime 0.5s -cpu 1 $(present capture walcore decode inspect livelog) | grep -E '^(Benchmark|pkg:|FAIL|---)' || true
  say "" && say "The page, with a million rows in Chromium:"
  SATASCOPE=$PWD/$work/satascope CHROMIUM=$(find_chromium) node e2e/bench.mjs "$@"
}

# The hosted service in Cloudflare's own runtime, on this machine.
edge_node=20.3
test_edge() {
  if ! version_at_least "$(node --version | tr -d v)" "$edge_node"; then
    say "note: the hosted service was not tested: its runtime needs Node $edge_node or later"
    return 0
  fi
  npm_ci e2e/edge && npm_ci e2e && CHROMIUM=$(find_chromium) SATASCOPE_EDGE=1 go_test . ./e2e/edge
}

# The tests that Go runs.
test_go() {
  local module
  tests "tests, native" test_native
  tests "tests, race detector" test_race
  tests "tests, race detector, decode" test_race_decode
  tests "tests, WebAssembly under Node" test_wasm
  # -mod=mod: what they require follows this module, which they replace.
  while IFS= read -r module; do
    tests "tests, $module" go_test "$module" -mod=mod ./...
  done < <(modules)
  tests "tests, hosted service" test_edge
}

test_all() {
  local beside
  need node chromium tshark cc || fail "the tests need what is missing"
  begin_counts
  check || count_failure check
  step "test runner" tool gotestsum "$gotestsum" || fail "no test runner"
  step "packages of the browser tests" npm_ci e2e || fail "no driver of the browser"
  program || count_failure program
  # The browser tests have one page at a time, which leaves a processor idle: Go's
  # tests run beside them. Ctrl-C ends both.
  trap 'kill 0' INT
  test_go &
  beside=$!
  # shellcheck disable=SC2046
  tests "tests, browser" e2e_node $(e2e_files)
  wait "$beside" || count_failure "tests, Go"
  total
}

# ---- commands ----------------------------------------------------------------

command=${1:-build}
[ $# = 0 ] || shift
case $command in
  help | -h | --help) usage; exit 0 ;;
  build | serve | check | test | e2e | engines | bench) ;;
  *) usage >&2; fail "there is no command \"$command\"" ;;
esac
need_go
case $command in
  build) site && program || exit 1; say "the site is in dist/, the program is $work/satascope" ;;
  serve) site -quick && program || exit 1; exec "$work/satascope" serve "$@" ;;
  check) check ;;
  test) test_all ;;
  e2e)
    need node chromium || exit 1
    site -quick && program || exit 1
    # shellcheck disable=SC2046
    [ $# -gt 0 ] || set -- $(e2e_files)
    e2e_node "$@"
    ;;
  engines) test_engines "$@" ;;
  bench) bench "$@" ;;
esac
