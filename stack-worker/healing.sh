# shellcheck shell=bash
# Starts and ends the program that heals replicas (heal.sh). Sourced after lib.sh.

# One program a worker, whoever starts it. It goes on when who started it ends, and ends by itself when the file `on` is gone.
start_healing() {
  local run=(setsid)
  : >"$FLEET_STATE_DIR/health/on" || { tell "replicas that hang are not replaced: $FLEET_STATE_DIR/health cannot be written"; return 0; }
  # A unit of its own: what belongs to an agent ends when the agent is updated. A worker that is not the machine itself has no unit.
  if [ -d /run/systemd/system ] && [ -z "${FLEET_WORKER_ENV:-}" ] && command -v systemd-run >/dev/null; then
    run=(systemd-run --quiet --collect --unit=fleet-heal --property=Restart=on-failure --property=RestartSec=5)
  fi
  "${run[@]}" "$PWD/heal.sh" </dev/null >/dev/null 2>&1 8>&- 9>&- &
}

stop_healing() {
  rm -f "$FLEET_STATE_DIR/health/on"
}
