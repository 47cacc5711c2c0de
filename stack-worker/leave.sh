# shellcheck shell=bash
# How replicas leave without losing a request, whatever their program does at SIGTERM. Sourced after lib.sh; all of it under the worker's lock.
#
#   1. Nobody opens a connection to them any more: nginx is refused at once, and sends to others.
#   2. What nginx holds ends by itself: a connection after two seconds (keepalive_time), a request when it is answered.
#   3. SIGTERM, and the service's stop_grace_period. By then nothing is under way, and the kernel holds no connection
#      that the program has not accepted: closing would reset those, which on a busy machine are dozens.

# Stops and removes replicas. Which ones is noted first: whoever is killed here leaves replicas that nobody can reach.
leave() { # leave SERVICE ID...
  local service=$1
  shift
  if [ $# -eq 0 ]; then return 0; fi
  printf '%s\n' "$@" | write_file "$FLEET_STATE_DIR/leaving" 600 || return 1
  wait_unused "$service" "$@"
  remove_leaving "$@"
}

# What a killed script left behind. Nothing is undone here: those replicas refuse connections.
finish_leaving() {
  local ids
  is_there "$FLEET_STATE_DIR/leaving" || return 0
  mapfile -t ids < <(leaving_replicas)
  remove_leaving "${ids[@]}"
}

remove_leaving() { # remove_leaving ID...
  if [ $# -gt 0 ]; then
    docker stop "$@" >/dev/null 2>&1 || true
    docker rm -fv "$@" >/dev/null 2>&1 || true
  fi
  rm -rf "${FLEET_STATE_DIR:?}/leaving"
}

# Ids that were noted. Whole ones of this worker only: Docker would take a part of one for any container that begins so.
leaving_replicas() {
  local id
  is_plain "$FLEET_STATE_DIR/leaving" || return 0
  tr '\000' '\001' <"$FLEET_STATE_DIR/leaving" | grep -axE '[0-9a-f]{64}' | while read -r id; do
    if [ "$(docker inspect -f '{{index .Config.Labels "com.docker.compose.project"}}' "$id" 2>/dev/null)" = "$(project)" ]; then echo "$id"; fi
  done
}

# Refuses new connections to replicas and waits until nginx has none any more: at most as long as the service may take to stop, and
# 30 s. Does nothing where this machine's containers cannot be entered: not root, or an engine on another machine.
wait_unused() { # wait_unused SERVICE ID...
  local service=$1 port nginx id pid grace limit=0 pids=() deadline
  shift
  port=$(port_of "$service")
  nginx=$(addresses_of_nginx)
  while read -r id pid grace; do
    refuse_connections "$id" "$pid" || continue
    pids+=("$pid")
    if [[ $grace =~ ^[0-9]+$ ]]; then grace=$((10#$grace)); else grace=10; fi
    if [ "$grace" -gt "$limit" ]; then limit=$grace; fi
  done < <(docker inspect -f '{{.Id}} {{.State.Pid}} {{with index .Config "StopTimeout"}}{{.}}{{end}}' "$@" 2>/dev/null)
  if [ "${#pids[@]}" -eq 0 ] || [ -z "$port" ] || [ -z "$nginx" ]; then return 0; fi
  if [ "$limit" -gt 30 ]; then limit=30; fi
  deadline=$(($(steady) + limit))
  while is_used "$port" "$nginx" "${pids[@]}" && [ "$(steady)" -lt "$deadline" ]; do sleep 0.2; done
}

# In the container's network alone; its own health check comes by the loopback interface.
refuse_connections() { # refuse_connections ID PID
  [ "$EUID" -eq 0 ] && [[ $2 =~ ^[1-9][0-9]*$ ]] && grep -qs "$1" "/proc/$2/cgroup" || return 1
  nsenter --target "$2" --net iptables -w 2 -I INPUT ! -i lo -p tcp --syn -j REJECT --reject-with tcp-reset 2>/dev/null
}

# As the kernel writes them in /proc/PID/net/tcp: 10.0.0.2 is 0200000A.
addresses_of_nginx() {
  local ids address
  mapfile -t ids < <(containers_of nginx --filter status=running)
  if [ "${#ids[@]}" -eq 0 ]; then return 0; fi
  docker inspect -f '{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}' "${ids[@]}" 2>/dev/null |
    while IFS=. read -r -a address; do [ "${#address[@]}" -ne 4 ] || printf '%02X%02X%02X%02X\n' "${address[3]}" "${address[2]}" "${address[1]}" "${address[0]}"; done || true
}

# Whether nginx holds a connection to one of them, or the kernel one that its program has not accepted yet.
is_used() { # is_used PORT NGINX_ADDRESSES PID...
  local port nginx=$2 files=() pid
  port=$(printf '%04X' "$1")
  shift 2
  for pid in "$@"; do files+=("/proc/$pid/net/tcp" "/proc/$pid/net/tcp6"); done
  # Columns: own address:port, the other's, state (01 established, 03 half open). Files of a process that ended are gone.
  { cat "${files[@]}" 2>/dev/null || true; } | awk -v port=":$port" -v nginx="$nginx" '
    BEGIN { n = split(nginx, known, "\n") }
    ($4 == "01" || $4 == "03") && substr($2, length($2) - 4) == port {
      other = substr($3, 1, index($3, ":") - 1)
      for (i = 1; i <= n; i++) if (substr(other, length(other) - 7) == known[i]) used = 1
    }
    END { exit !used }'
}
