#!/bin/sh
# Inside nginx's container: waits until nginx sends requests to each of these replicas, at most SECONDS. A replica that is healthy is not
# known to nginx before it asks for the service's name again; until then only those before it get requests, and must not leave.
# Usage: wait-known.sh SECONDS NAME ADDRESS...
set -eu

begun=$(date +%s)
limit=$1
service=$2
shift 2
# One answer holds all addresses, but the balancing may leave one out for long: after so many seconds some of them are enough.
some_after=10
# After a reload, processes that know only the replicas before serve the connections they have: for keepalive_min_timeout and a moment.
leaving_until=6
known=0
while :; do
  elapsed=$(($(date +%s) - begun))
  address=$(curl -sI -m 2 "http://127.0.0.1:8081/probe/$service" | tr -d '\r' | sed -n 's/^Fleet-Replica: \(.*, \)*\([0-9.]*\):[0-9]*$/\2/p')
  for wanted in "$@"; do
    shift
    if [ "$wanted" = "$address" ]; then known=$((known + 1)); else set -- "$@" "$wanted"; fi
  done
  if [ $# -eq 0 ] || { [ "$known" -gt 0 ] && [ "$elapsed" -ge "$some_after" ]; }; then break; fi
  if [ "$elapsed" -ge "$limit" ]; then
    echo "nginx sends nothing to the replicas of $service at $*" >&2
    exit 1
  fi
  sleep 0.1
done
while grep -qs 'shutting down' /proc/[0-9]*/cmdline && [ $(($(date +%s) - begun)) -lt "$leaving_until" ]; do
  sleep 0.2
done
