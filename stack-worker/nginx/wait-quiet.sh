#!/bin/sh
# Inside nginx's container: waits until no request of a user ended for QUIET seconds, at most SECONDS. Usage: wait-quiet.sh SECONDS QUIET
set -eu

begun=$(date +%s)
deadline=$((begun + $1))
quiet=$2
while :; do
  now=$(date +%s)
  # The fourth field is when a request ended. Health checks and metrics do not count as traffic.
  last=$(tail -n 2000 /logs/access.log 2>/dev/null | grep -v '^internal ' | tail -n 1 | cut -d ' ' -f 4 | cut -d . -f 1)
  [ "${last:-0}" -ge "$begun" ] || last=$begun
  # Of whole seconds: a difference of just QUIET may be almost a second less.
  if [ $((now - last)) -gt "$quiet" ]; then exit 0; fi
  if [ "$now" -ge "$deadline" ]; then
    echo "requests still arrive after $1 s" >&2
    exit 1
  fi
  sleep 0.5
done
