#!/bin/sh
# Inside nginx's container: waits until nginx was seen to send a request to each of these replicas, at most SECONDS. A replica that is
# healthy is not known to nginx before it asks for the service's name again; until then only those before it get requests, and must not leave.
# Usage: wait-known.sh SECONDS SINCE SERVICE REPLICA...
# SINCE, in seconds since 1970: whatever was sent before may have gone to an older replica with the same address. REPLICA: all addresses of
# one, with commas between. Exits with 1 when it has not seen some of them, and prints those.
# It reads the access log: each configuration of nginx writes it alike, and a request that is never answered is in it as well.
set -eu

limit=$1
since=$2
service=$3
shift 3

# After a reload, processes that know only the replicas before serve the connections they have: for keepalive_min_timeout and a moment.
while grep -qs 'shutting down' /proc/[0-9]*/cmdline && [ $(($(date +%s) - since)) -lt 6 ]; do
  sleep 0.2
done

# Where requests went: the last address of $upstream_addr, which is the last thing before $upstream_response_time and the request's text.
sent_to() {
  tail -n 2000 /logs/access.log 2>/dev/null |
    sed -n 's/^[^ ]* [^ ]* [^ ]* \([0-9]*\)\.[0-9]* [^"]* \([0-9.]\{1,\}\):[0-9]\{1,\} [^"]*".*/\1 \2/p' |
    while read -r ended address; do
      if [ "$ended" -ge "$since" ]; then echo "$address"; fi
    done | sort -u
}

# The clock may be set meanwhile.
steady() {
  read -r up _ </proc/uptime
  echo "${up%%.*}"
}

deadline=$(($(steady) + limit))
while :; do
  # Users' requests show it as well; this is for when there are none.
  curl -sI -o /dev/null -m 2 "http://127.0.0.1:8081/probe/$service" || true
  seen=$(sent_to)
  for replica in "$@"; do
    shift
    known=
    for address in $seen; do
      case ",$replica," in *",$address,"*) known=yes ;; esac
    done
    if [ -z "$known" ]; then set -- "$@" "$replica"; fi
  done
  if [ $# -eq 0 ]; then exit 0; fi
  if [ "$(steady)" -ge "$deadline" ]; then
    echo "$*"
    exit 1
  fi
  sleep 0.1
done
