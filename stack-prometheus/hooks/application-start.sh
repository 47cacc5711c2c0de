#!/usr/bin/env bash
# CodeDeploy, when everything could be tried: the files change, then start.sh brings what runs to them. Goes back by itself when that fails.
set -euo pipefail
REVISION_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=lib.sh
. "$REVISION_DIR/lib.sh"
# shellcheck source=release.sh
. "$REVISION_DIR/release.sh"

load_release
[ -f "$incoming/compose.yml" ] || fail 1 "no revision lies in $incoming: run the hooks in their order"
if [ ! -d "$revisions/current" ] && [ -f "$live/compose.yml" ]; then
  keep_as_current "$live" || fail 1 "what runs cannot be kept in $revisions as the one to go back to: look at the disk. Nothing was changed"
fi
trap 'give_up "stopped from outside, for its time or by hand"' TERM INT HUP
switch_files "$incoming" || give_up "cannot write to $live"
cd "$live"
answer=$("$live/start.sh" 2>&1) || { words=$(complaints) && give_up "start.sh failed: $answer${words:+; $words}"; }
say "revision $(revision_in "$live") runs"
