#!/usr/bin/env bash
# From a fresh copy of the project to a running command: needs Node and npm, installs the rest of the dependencies, then starts it.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: bootstrap.sh COMMAND [ARGUMENTS]

Installs the dependencies where they are missing or out of date, then runs
  test             every check: format and lint, types, unused code, unit tests, set-up, tests of each part with Docker, integration tests
  COMMAND          the fleet command of that name, for example: demo, setup, local

Examples:
  npm test
  npm run demo
  npm run demo -- --rate 600 --ramp 80s --hold 20s

Exit codes: those of the command; 2 when Node or npm is missing.
TEXT
}

missing() {
  printf '%s\n' "$1" >&2
  exit 2
}

install_dependencies() {
  # npm writes this file last: it is there and newer only after an install that went through.
  if [[ -e node_modules/.package-lock.json && ! package-lock.json -nt node_modules/.package-lock.json ]]; then return; fi
  printf 'Installing the dependencies (npm ci), about a minute ...\n' >&2
  # The demo's own output follows: npm's audit and adverts would only be in the way.
  # npm ends with 1 when it is interrupted, as when it fails.
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if ! npm ci --no-audit --no-fund >&2; then
    printf 'That failed: once more in 10 s, in case it was the network ...\n' >&2
    sleep 10
    npm ci --no-audit --no-fund >&2
  fi
  trap - INT TERM
}

stage() {
  local title=$1
  shift
  printf '\n== %s\n' "$title"
  local started=$SECONDS
  if "$@"; then
    printf -- '-- %s: ok (%d s)\n' "$title" $((SECONDS - started))
    return
  fi
  printf -- '-- %s: FAILED (%d s). The stages after it did not run.\n' "$title" $((SECONDS - started))
  closing_line
  exit 1
}

vitest_stage() {
  local project=$1
  stage "vitest, $project tests" npx vitest run --project "$project" --reporter=default --reporter=json --outputFile.json="$results/$project.json"
}

# One plain line at the end: tests of all stages that ran.
closing_line() {
  # shellcheck disable=SC2016 # JavaScript, not shell
  node -e '
    const { readdirSync, readFileSync } = require("node:fs");
    let passed = 0, failed = 0;
    for (const file of readdirSync(process.argv[1])) {
      const report = JSON.parse(readFileSync(`${process.argv[1]}/${file}`, "utf8"));
      passed += report.numPassedTests;
      failed += report.numFailedTests + report.testResults.filter((r) => r.status === "failed" && r.assertionResults.length === 0).length;
    }
    console.log(`\n${passed} passed, ${failed} failed`);
  ' "$results"
}

run_tests() {
  results=$(pwd)/.fleet/test-results
  rm -rf "$results"
  mkdir -p "$results"
  stage 'format and lint (biome)' npx biome check --error-on-warnings .
  stage 'types (tsc)' npx tsc --noEmit
  stage 'unused code (knip)' npx knip
  vitest_stage unit
  stage 'set-up: Docker and images' node cli/bin/fleet.mjs setup --all
  vitest_stage parts
  vitest_stage integration
  closing_line
}

case "${1:-}" in
  '' | -h | --help)
    usage
    exit 0
    ;;
esac
command -v node >/dev/null || missing 'Node is not installed: install Node 20.19 or newer (https://nodejs.org).'
command -v npm >/dev/null || missing 'npm is not installed: it comes with Node (https://nodejs.org), or as a package named npm.'

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
install_dependencies
if [[ $1 == test ]]; then
  run_tests
else
  exec node cli/bin/fleet.mjs "$@"
fi
