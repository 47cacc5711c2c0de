#!/bin/sh
# Inside nginx's container: waits until for QUIET seconds no request of a user ended and none was open, such as a stream or a WebSocket;
# at most SECONDS. Usage: wait-quiet.sh SECONDS QUIET
set -eu

# Requests under way, without the one that asks.
open_requests() {
  writing=$(curl -s -m 2 http://127.0.0.1:8081/stub_status 2>/dev/null | sed -n 's/.*Writing: \([0-9]*\).*/\1/p')
  echo $((${writing:-1} - 1))
}

# The clock may be set meanwhile.
steady() {
  read -r up _ </proc/uptime
  echo "${up%%.*}"
}

begun=$(steady)
quiet=$2
seen=
open_before=0
since=$begun
while :; do
  now=$(steady)
  # A line for each request that ended, with its time. Health checks and metrics do not count as traffic.
  last=$(tail -n 2000 /logs/access.log 2>/dev/null | grep -v '^internal ' | tail -n 1)
  if [ "$last" != "$seen" ]; then
    seen=$last
    since=$now
  fi
  # Twice in a row: what asks for metrics is open for a moment only.
  open=$(open_requests)
  if [ "$open" -gt 0 ] && [ "$open_before" -gt 0 ]; then since=$now; fi
  open_before=$open
  # Of whole seconds: a difference of just QUIET may be almost a second less.
  if [ $((now - since)) -gt "$quiet" ]; then exit 0; fi
  if [ $((now - begun)) -ge "$1" ]; then
    echo "requests still arrive or are open after $1 s ($open open)" >&2
    exit 1
  fi
  sleep 0.5
done
