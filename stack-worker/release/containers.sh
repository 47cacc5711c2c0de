# shellcheck shell=bash
# Containers of this worker, and whether they are healthy; sourced by the hooks after folders.sh.

# Notes why a release cannot go on. The hook says it at its end, when the worker is as it was.
broken() { # broken SENTENCE
  cause=$1
  return 1
}

# What a container is made of: compose's hash of its definition (environment and secrets included) and the id of its image.
identities() { # identities ID...: lines "ID HASH/IMAGE STATE"; a container that is gone has none
  if [ $# -eq 0 ]; then return 0; fi
  docker inspect -f '{{.Id}} {{index .Config.Labels "com.docker.compose.config-hash"}}/{{.Image}} {{.State.Status}}' "$@" 2>/dev/null || true
}

# Compose tells the hash of a container only when it makes one (`config --hash` leaves secrets out): so one is made, and removed.
# One that a killed release left goes first: compose would start it.
identity_of_new() { # identity_of_new SERVICE; under the lock
  local service=$1 before sample left
  mapfile -t left < <(containers_of "$service" --filter status=created)
  if [ "${#left[@]}" -gt 0 ]; then docker rm -fv "${left[@]}" >/dev/null 2>&1 || true; fi
  before=$(containers_of "$service")
  compose up --no-start --no-deps --no-recreate --scale "$service=$(for_compose "$service" $(($(wc -w <<<"$before") + 1)))" "$service" || return 1
  sample=$(containers_of "$service" | grep -vxF "${before:-none}") || return 1
  identities "$sample" | cut -d ' ' -f 2
  docker rm -fv "$sample" >/dev/null 2>&1
}

# In a subshell, with which the lock ends: scale.sh and drain.sh get their turn between the steps of a release.
locked() { # locked COMMAND...
  (
    lock_worker
    "$@"
  )
}

# Port and path of a service, as `fleet render` wrote them.
address_of() { # address_of SERVICE
  awk -F '\t' -v service="$1" '$1 == service { print $4, $5 }' rendered/services.tsv
}

# What a replica itself answers to a HEAD of its path, asked from nginx's network: a status, or 000. Without `docker exec` where that
# network can be entered: asking is repeated until a replica has started, and each `docker exec` starts half a dozen programs.
ask_replica() { # ask_replica SERVICE ADDRESS
  local port path nginx pid status
  read -r port path <<<"$(address_of "$1")"
  nginx=$(containers_of nginx --filter status=running)
  read -r nginx pid < <(docker inspect -f '{{.Id}} {{.State.Pid}}' "${nginx:-none}" 2>/dev/null) || true
  if can_enter "$nginx" "$pid"; then
    # shellcheck disable=SC2016 # its own arguments
    status=$(nsenter --target "$pid" --net timeout 2 bash -c '
      exec 3<>"/dev/tcp/$1/$2"
      printf "HEAD %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" "$3" "$1" >&3
      read -r -u 3 _ status _
      echo "${status%%[!0-9]*}"' ask "$2" "$port" "$path" 2>/dev/null) || true
  else
    status=$(docker exec "$nginx" curl -sI -m 2 -o /dev/null -w '%{http_code}' "http://$2:$port$path" 2>/dev/null) || true
  fi
  if [[ $status =~ ^[0-9]{3}$ ]]; then echo "$status"; else echo 000; fi
}

# How containers are now: lines "ID NAME STATE EXIT_CODE RESTARTS HEALTH ADDRESS". One that is gone has none; 1 where Docker cannot say.
states_of() { # states_of ID...
  local said
  said=$(docker inspect -f "{{.ID}} {{slice .Name 1}} {{.State.Status}} {{.State.ExitCode}} {{.RestartCount}} \
    {{with .State.Health}}{{.Status}}{{else}}none{{end}} {{with index .NetworkSettings.Networks \"$(project)_services\"}}{{.IPAddress}}{{end}}" "$@" 2>&1) ||
    grep -qi 'no such' <<<"$said" || return 1
  grep -E '^[0-9a-f]{64} ' <<<"$said" || true
}

# Whether a replica that has no health check does its work: it answers its path with less than 500 (501: it does not know HEAD), takes a
# connection where only other services call it, or has not ended since it was started where nobody does. Sets `answer`.
is_at_work() { # is_at_work SERVICE ADDRESS RESTARTS
  local port
  port=$(port_of "$1") answer=000
  if [ -n "$(path_of "$1")" ]; then
    answer=$(ask_replica "$1" "$2")
    [[ $answer =~ ^([1-4]..|501)$ ]]
  elif [ -n "$port" ]; then
    accepts "$2" "$port"
  else
    answer=running
    [ "$3" -eq 0 ]
  fi
}

accepts() { # accepts ADDRESS PORT, asked from nginx's network
  local nginx pid failure=0
  nginx=$(containers_of nginx --filter status=running)
  read -r nginx pid < <(docker inspect -f '{{.Id}} {{.State.Pid}}' "${nginx:-none}" 2>/dev/null) || true
  if can_enter "$nginx" "$pid"; then
    # shellcheck disable=SC2016 # its own arguments
    nsenter --target "$pid" --net timeout 2 bash -c 'exec 3<>"/dev/tcp/$1/$2"' ask "$1" "$2" 2>/dev/null
  else
    docker exec "$nginx" curl -sI -m 2 -o /dev/null "http://$1:$2/" 2>/dev/null || failure=$?
    case $failure in 6 | 7 | 28 | 12[5-9]) return 1 ;; esac
  fi
}

# Waits until each of the containers is healthy: by its health check where it has one, else when it is at work. One that has no port is
# looked at once more after two seconds: whoever dies at once is not at work. A container that is gone was scaled away. Fails as soon as one can be told to be broken.
wait_healthy() { # wait_healthy SERVICE ID...
  local service=$1 limit=${RELEASE_HEALTHY_SECONDS:-60} deadline lines line id still again=() answer name state code restarts health address
  shift
  if [ -z "$(port_of "$service")" ]; then again=("$@"); fi
  deadline=$(($(steady) + limit))
  while [ $# -gt 0 ]; do
    still=()
    if ! lines=$(states_of "$@"); then
      if [ "$(steady)" -ge "$deadline" ]; then broken "$service: Docker does not say how its replicas are"; return 1; fi
      sleep 0.5
      continue
    fi
    while read -r -u 4 line; do
      read -r id name state code restarts health address <<<"$line"
      answer='' suspects=("$id")
      case $state/$health in
        exited/* | dead/*) broken "$service: $name ended with exit code $code: $(last_words "$id")"; return 1 ;;
        running/healthy) continue ;;
        running/unhealthy) broken "$service: $name is unhealthy, its health check says $(check_words "$id"); its log: $(last_words "$id")"; return 1 ;;
        running/none)
          if is_at_work "$service" "$address" "$restarts"; then continue; fi
          ;;
      esac
      if [ "$restarts" -ge 2 ] || { [ "$restarts" -ge 1 ] && [ "$(steady)" -ge "$deadline" ]; }; then
        broken "$service: $name crashes again and again: $(last_words "$id")"
        return 1
      fi
      if [ "$(steady)" -ge "$deadline" ]; then
        case $answer in
          '') answer="its health check is $health and says $(check_words "$id")" ;;
          000) answer=$(what_listens "$id" "$(port_of "$service")") ;;
          *) answer="it answers $answer" ;;
        esac
        broken "$service: $name is not healthy after $limit s, $answer: $(last_words "$id")"
        return 1
      fi
      still+=("$id")
    done 4< <(grep . <<<"$lines")
    set -- "${still[@]}"
    if [ $# -gt 0 ]; then
      sleep 0.5
    elif [ "${#again[@]}" -gt 0 ]; then
      sleep 2
      set -- "${again[@]}"
      again=()
    fi
  done
  suspects=()
}

# Waits until nginx sends requests to each of these replicas, by the script of this revision: an earlier one may not have it.
wait_known() { # wait_known SERVICE ID...
  local service=$1 limit=${RELEASE_KNOWN_SECONDS:-30} begun since replicas nginx unknown
  since=$(date +%s) begun=$(steady)
  shift
  while :; do
    # nginx may reach a replica by any network that both are in. One that ended meanwhile has no address, and does not count.
    mapfile -t replicas < <(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}},{{end}}' "$@" 2>/dev/null | grep '[0-9]')
    if [ "${#replicas[@]}" -eq 0 ]; then return 0; fi
    nginx=$(containers_of nginx --filter status=running)
    unknown=$(docker exec -i "$nginx" sh -s 3 "$since" "$service" "${replicas[@]}" <"$REVISION_DIR/nginx/wait-known.sh" 2>/dev/null) && return 0
    # One answer of the DNS holds all addresses, but the balancing may leave one out for long: after a while some of them are enough.
    if [ $(($(steady) - begun)) -ge 10 ] && [ -n "$unknown" ] && [ "$(wc -w <<<"$unknown")" -lt "${#replicas[@]}" ]; then return 0; fi
    if [ $(($(steady) - begun)) -ge "$limit" ]; then
      if [ -n "$unknown" ]; then unknown="nginx sends nothing to ${unknown//,/ }"; else unknown="nginx's container cannot be asked"; fi
      broken "$service: its replicas are healthy, but after $limit s $unknown"
      return 1
    fi
    sleep 0.3
  done
}
