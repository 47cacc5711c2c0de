# shellcheck shell=bash
# How replicas leave without losing a request, whatever their program does at SIGTERM. Sourced after lib.sh; all of it under the worker's lock.
#
#   1. nginx opens no connection to them any more: it is refused at once, and sends to others.
#   2. What nginx holds ends by itself: a connection after two seconds (keepalive_time), a request when it is answered.
#   3. SIGTERM, and the service's stop_grace_period. By then nothing is under way, and the kernel holds no connection
#      that the program has not accepted: closing would reset those, which on a busy machine are dozens.
#
# A service that nginx does not serve gets SIGTERM at once, and its stop_grace_period to finish its work, beside the script: a job may take
# longer than a command. Until it ended, a mark among the flags says that it counts for nothing.

# Stops and removes replicas. Which ones is noted first: whoever is killed here leaves replicas that nobody can reach.
leave() { # leave SERVICE ID...
  local service=$1
  shift
  if [ $# -eq 0 ]; then return 0; fi
  if [ -z "$(path_of "$service")" ]; then
    finish_work "$@"
    return
  fi
  printf '%s\n' "$@" | write_file "$FLEET_STATE_DIR/leaving" 600 || return 1
  # For who asks why they are gone, and for nobody else.
  printf '%s\n' "${0##*/}" "$@" | write_file "$FLEET_STATE_DIR/flags/leaving" 644 || true
  wait_unused "$service" "$@"
  remove_leaving "$@"
}

# Has replicas finish what they work on, for as long as their stop_grace_period, and removes them then. Returns at once.
finish_work() { # finish_work ID...
  local id
  for id in "$@"; do write_file "$FLEET_STATE_DIR/flags/leaving.$id" 644 </dev/null || return 1; done
  # In a session of its own and without the locks: it goes on when the script that began it is stopped. One that would not stop is not
  # killed here: its mark stays, and the next script tries again.
  # shellcheck disable=SC2016 # its own arguments
  setsid bash -c '
    flags=$1
    shift
    docker stop "$@"
    docker rm -v "$@"
    for id in "$@"; do docker inspect "$id" || rm -f "$flags/leaving.$id"; done' finish-work "$FLEET_STATE_DIR/flags" "$@" </dev/null >/dev/null 2>&1 8>&- 9>&- &
  # Whoever it is that waits for it.
  for id in "$@"; do if is_there "$FLEET_STATE_DIR/flags/leaving.$id"; then echo "$!" >"$FLEET_STATE_DIR/flags/leaving.$id"; fi; done
}

# Marks of replicas that nobody waits for any more: the machine was restarted, or Docker did not answer.
finish_marked() {
  local id pid left=()
  for id in $(finishing); do
    pid=$(read_line "$FLEET_STATE_DIR/flags/leaving.$id" '[0-9]{1,9}') || pid=none
    if grep -qsF "$id" "/proc/$pid/cmdline"; then continue; fi
    if [[ $id =~ ^[0-9a-f]{64}$ ]] && docker inspect "$id" >/dev/null 2>&1; then left+=("$id"); else rm -rf "${FLEET_STATE_DIR:?}/flags/leaving.$id"; fi
  done
  if [ "${#left[@]}" -gt 0 ]; then finish_work "${left[@]}"; fi
}

# What a killed script left behind. Nothing is undone here: those replicas refuse nginx.
finish_leaving() {
  local ids
  finish_marked
  is_there "$FLEET_STATE_DIR/leaving" || return 0
  mapfile -t ids < <(leaving_replicas)
  remove_leaving "${ids[@]}"
}

remove_leaving() { # remove_leaving ID...
  if [ $# -gt 0 ]; then
    docker stop "$@" >/dev/null 2>&1 || true
    docker rm -fv "$@" >/dev/null 2>&1 || true
  fi
  rm -rf "${FLEET_STATE_DIR:?}/flags/leaving" "${FLEET_STATE_DIR:?}/leaving"
}

# Ids that were noted. Whole ones of this worker only: Docker would take a part of one for any container that begins so.
leaving_replicas() {
  local id
  is_plain "$FLEET_STATE_DIR/leaving" || return 0
  tr '\000' '\001' <"$FLEET_STATE_DIR/leaving" | grep -axE '[0-9a-f]{64}' | while read -r id; do
    if [ "$(docker inspect -f '{{index .Config.Labels "com.docker.compose.project"}}' "$id" 2>/dev/null)" = "$(project)" ]; then echo "$id"; fi
  done
}

# Has replicas refuse what nginx opens, and waits until it has no connection to them any more: at most as long as the service may take
# to stop, and 30 s. Does nothing where this machine's containers cannot be entered: not root, or an engine on another machine.
wait_unused() { # wait_unused SERVICE ID...
  local service=$1 port nginx id pid grace limit=0 pids=() deadline
  shift
  port=$(port_of "$service")
  mapfile -t nginx < <(addresses_of_nginx)
  if [ -z "$port" ] || [ "${#nginx[@]}" -eq 0 ]; then return 0; fi
  while read -r id pid grace; do
    refuse_connections "$id" "$pid" "${nginx[@]}" || continue
    pids+=("$pid")
    if [[ $grace =~ ^[0-9]+$ ]]; then grace=$((10#$grace)); else grace=10; fi
    if [ "$grace" -gt "$limit" ]; then limit=$grace; fi
  done < <(docker inspect -f '{{.Id}} {{.State.Pid}} {{with index .Config "StopTimeout"}}{{.}}{{end}}' "$@" 2>/dev/null)
  if [ "${#pids[@]}" -eq 0 ]; then return 0; fi
  if [ "$limit" -gt 30 ]; then limit=30; fi
  deadline=$(($(steady) + limit))
  while is_used "$port" "$(as_kernel_writes "${nginx[@]}")" "${pids[@]}" && [ "$(steady)" -lt "$deadline" ]; do sleep 0.2; done
}

# nginx may reach a replica by any network that both are in.
addresses_of_nginx() {
  local ids
  mapfile -t ids < <(containers_of nginx --filter status=running)
  if [ "${#ids[@]}" -eq 0 ]; then return 0; fi
  docker inspect -f '{{range .NetworkSettings.Networks}}{{println .IPAddress}}{{end}}' "${ids[@]}" 2>/dev/null | grep -xE '[0-9]+(\.[0-9]+){3}' || true
}

# In the container's network alone. Others may go on: they do not try the next replica, as nginx does.
refuse_connections() { # refuse_connections ID PID ADDRESS...
  local id=$1 pid=$2 address
  shift 2
  can_enter "$id" "$pid" || return 1
  for address in "$@"; do
    nsenter --target "$pid" --net iptables -w 2 -I INPUT -s "$address" -p tcp --syn -j REJECT --reject-with tcp-reset 2>/dev/null || return 1
  done
}

# In /proc/PID/net/tcp 10.0.0.2 is 0200000A.
as_kernel_writes() { # as_kernel_writes ADDRESS...
  local address parts
  for address in "$@"; do
    IFS=. read -r -a parts <<<"$address"
    printf '%02X%02X%02X%02X ' "${parts[3]}" "${parts[2]}" "${parts[1]}" "${parts[0]}"
  done
}

# Whether one of these clients has a connection to one of the processes, also one that its program has not accepted yet.
is_used() { # is_used PORT CLIENTS PID...
  local port clients=$2 files=() pid
  port=$(printf '%04X' "$1")
  shift 2
  for pid in "$@"; do files+=("/proc/$pid/net/tcp" "/proc/$pid/net/tcp6"); done
  # Columns: own address:port, the other's, state (01 established, 03 half open). Files of a process that ended are gone.
  { cat "${files[@]}" 2>/dev/null || true; } | awk -v port=":$port" -v clients="$clients" '
    BEGIN { n = split(clients, known, " ") }
    ($4 == "01" || $4 == "03") && substr($2, length($2) - 4) == port {
      other = substr($3, 1, index($3, ":") - 1)
      for (i = 1; i <= n; i++) if (substr(other, length(other) - 7) == known[i]) used = 1
    }
    END { exit !used }'
}
