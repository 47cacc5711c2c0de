#!/usr/bin/env bash
# Stops what the monitoring instance runs; the scaler hands its lease over first. Data stays.
#
# Usage: stop.sh
#
# Exit codes: 0 stopped, 64 malformed, 1 other.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=lib.sh
. ./lib.sh

case "$#:${1:-}" in
  0:) ;;
  1:-h | 1:--help) show_help; exit 0 ;;
  *) fail 64 "got $(printf '%q ' "$@"); stop.sh takes no argument" ;;
esac

load_monitoring
docker compose --progress quiet stop
echo stopped
