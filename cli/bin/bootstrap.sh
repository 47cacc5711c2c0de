#!/usr/bin/env bash
# From a fresh copy of the project to a running command: needs Node and npm, installs the rest of the dependencies, then starts it.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: bootstrap.sh COMMAND [ARGUMENTS]

Installs the dependencies where they are missing or out of date, then runs
  test             every check: set-up, format and lint, types, unused code, unit tests, tests of each part, tests under load
  bench NAME       what measures Compose Fleet itself: chaos, check-examples, drain, reaction, record-demo, release, simulate or websocket
  COMMAND          the fleet command of that name, for example: demo, setup, local

Examples:
  npm test
  npm run demo
  npm run demo -- --rate 600 --ramp 80s --hold 20s

Exit codes: those of the command; 2 when Node or npm is missing or too old, or the clock is wrong.
TEXT
}

missing() {
  printf '%s\n' "$1" >&2
  exit 2
}

# npm tells of a full disk in the middle of many lines, and trying again does not help.
stop_when_full() {
  local folder free
  for folder in . "${npm_config_cache:-${HOME:-/root}/.npm}" "${TMPDIR:-/tmp}"; do
    free=$(df -Pk "$folder" 2>/dev/null | awk 'NR == 2 { print $4 }')
    if [[ -n $free && $free -lt 20480 ]]; then
      printf 'The disk of %s has %s MiB free, and the dependencies need some 700: make room, then try again.\n' "$folder" "$((free / 1024))" >&2
      exit 1
    fi
  done
}

install_dependencies() {
  # npm writes this file last: it is there and newer only after an install that went through.
  if [[ -e node_modules/.package-lock.json && ! package-lock.json -nt node_modules/.package-lock.json ]]; then return; fi
  [ -w . ] || missing "$PWD cannot be written, and the dependencies belong into its node_modules: change its owner, or copy the project to where it can be written."
  if [[ -n ${HOME:-} && -z ${npm_config_cache:-} ]] && ! mkdir -p "$HOME/.npm" 2>/dev/null; then
    missing "HOME is $HOME, where npm can keep nothing: set HOME to a folder of yours (or npm_config_cache to another one)."
  fi
  printf 'Installing the dependencies (npm ci), about a minute ...\n' >&2
  # The demo's own output follows: npm's audit and adverts would only be in the way.
  # npm ends with 1 when it is interrupted, as when it fails.
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if ! npm ci --no-audit --no-fund >&2; then
    stop_when_full
    printf 'That failed: once more in 10 s, in case it was the network ...\n' >&2
    sleep 10
    npm ci --no-audit --no-fund >&2 || { stop_when_full; exit 1; }
  fi
  trap - INT TERM
}

case "${1:-}" in
  '' | -h | --help)
    usage
    exit 0
    ;;
esac
command -v node >/dev/null || missing 'Node is not installed: install Node 20.19 or newer (https://nodejs.org).'
command -v npm >/dev/null || missing 'npm is not installed: it comes with Node (https://nodejs.org), or as a package named npm.'
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
  missing "This is Node $(node --version): install Node 20.19 or newer (https://nodejs.org)."
# A clock that was never set says 1970, and nothing that is signed is believed then: npm and apt would fail with other words.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
node setup/src/clock.mjs
install_dependencies
if [[ $1 == test ]]; then
  exec node --import tsx test/run/main.ts
elif [[ $1 == bench ]]; then
  exec node bench/bin/fleet-bench.mjs "${@:2}"
else
  exec node cli/bin/fleet.mjs "$@"
fi
