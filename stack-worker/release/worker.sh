# shellcheck shell=bash
# Brings everything on the worker to what its files say, and back; sourced by the hooks after replicas.sh.

side_containers() { # side_containers SERVICES: those that are neither replicas nor nginx
  grep -vxF "$({ cut -f 1 rendered/services.tsv; echo nginx; })" <<<"$1"
}

# Whether files changed since a container started or was told to read them again.
files_are_newer() { # files_are_newer SERVICE ID PATH...
  local mark=$FLEET_STATE_DIR/reloaded/$1 started
  started=$(docker inspect -f '{{.State.StartedAt}}' "$2") || return 1
  shift 2
  changed_since "$started" "$@" || return 1
  # By its own time: reading it would tell nothing.
  if [ -f "$mark" ]; then changed_since "$(date -r "$mark" +%Y-%m-%dT%H:%M:%S.%N%:z)" "$@"; fi
}

# Sends SIGHUP to a container whose files are newer. The mark is as old as the signal, so that nothing in between is missed.
reload() { # reload SERVICE PATH...
  local service=$1 id
  shift
  id=$(containers_of "$service" --filter status=running)
  if [ -z "$id" ] || ! files_are_newer "$service" "$id" "$@"; then return 0; fi
  if [ "$service" = nginx ]; then
    local answer
    answer=$(docker exec "$id" nginx -t -q -c /etc/fleet/nginx/nginx.conf 2>&1) || { broken "nginx refuses its configuration: $answer"; return 1; }
  fi
  prepare_folder "$FLEET_STATE_DIR/reloaded" 755 && write_file "$FLEET_STATE_DIR/reloaded/.$service" 600 </dev/null ||
    { broken "cannot note in $FLEET_STATE_DIR that $service reads its files again"; return 1; }
  docker kill -s HUP "$id" >/dev/null || { broken "cannot tell $service to read its files again"; return 1; }
  make_room "$FLEET_STATE_DIR/reloaded/$service"
  mv -fT "$FLEET_STATE_DIR/reloaded/.$service" "$FLEET_STATE_DIR/reloaded/$service"
  say "$service read its files again"
}

restart_if_newer() { # restart_if_newer SERVICE PATH...
  local service=$1 id
  shift
  id=$(containers_of "$service" --filter status=running)
  if [ -z "$id" ] || ! files_are_newer "$service" "$id" "$@"; then return 0; fi
  docker restart -t 5 "$id" >/dev/null || { broken "cannot restart $service"; return 1; }
  say "$service restarted with its new files"
}

begin_release_drain() {
  if flag_is_up drain; then return 0; fi
  write_file "$FLEET_STATE_DIR/release-drain" 600 </dev/null && raise_flag drain
}

# Only where nginx itself changed (its image, limits, mounts): the worker leaves the load balancer while its container is replaced.
replace_nginx() {
  local wanted id
  wanted=$(locked identity_of_new nginx 2>&1) || { broken "$wanted"; return 1; }
  id=$(containers_of nginx --filter status=running)
  if [ "$(identities "$id" | cut -d ' ' -f 2)" = "$wanted" ]; then
    # A release that failed before it replaced the container has taken the worker out of service.
    end_release_drain
    return 0
  fi
  say "nginx itself changed: this worker takes no traffic while its container is replaced"
  locked begin_release_drain || { broken "cannot take the worker out of service"; return 1; }
  # The load balancer needs two failed checks, 10 s apart; then its clients finish.
  docker exec "$id" sh /etc/fleet/nginx/wait-quiet.sh "${DRAIN_SECONDS:-60}" "${QUIET_SECONDS:-2}" ||
    say "replacing nginx although requests still arrive"
  compose_or_broken up -d --no-deps nginx || return 1
  wait_until_ready || return 1
  if is_there "$FLEET_STATE_DIR/release-drain"; then
    end_release_drain
    # Until the load balancer has noticed: the next worker may be taken out of service as soon as this one is done.
    sleep "${REJOIN_SECONDS:-30}"
  fi
}

compose_or_broken() { # compose_or_broken ARGUMENT...
  local message
  message=$(locked compose "$@" 2>&1) || { broken "$message"; return 1; }
}

# Each service is at work, asked by the script of this revision: an earlier one has another.
wait_until_ready() {
  local services silent status=0
  mapfile -t services < <(cut -f 1 rendered/services.tsv)
  silent=$(not_ready "${START_SECONDS:-60}" - "${services[@]}" <"$REVISION_DIR/nginx/wait-ready.sh" 2>/dev/null) || status=$?
  if [ "$status" -eq 0 ]; then return 0; fi
  silent=$(head -n 1 <<<"$silent")
  if [ -z "$silent" ]; then broken "nginx's container cannot be asked which services answer"; return 1; fi
  broken "no replica of $silent $(what_is_missing "$silent"): $(why_silent "$silent")"
}

# Services that the fleet does not have any more, after nginx forgot them.
remove_orphans() { # remove_orphans SERVICES
  local id service services=$1 orphans=()
  while read -r id service; do
    if [ -n "$service" ] && ! grep -qxF "$service" <<<"$services"; then
      orphans+=("$id")
      say "$service is gone from the fleet"
    fi
  done < <(docker ps -a --no-trunc --filter "label=com.docker.compose.project=$(project)" --filter label=com.docker.compose.oneoff=False \
    --format '{{.ID}} {{.Label "com.docker.compose.service"}}')
  if [ "${#orphans[@]}" -eq 0 ]; then return 0; fi
  docker stop "${orphans[@]}" >/dev/null && docker rm "${orphans[@]}" >/dev/null
}

# Counts and secrets of services that the fleet does not have any more. A count would be taken for what was asked for, if one came back.
forget_services() {
  local names path name
  names=$(cut -f 1 rendered/services.tsv) && [ -n "$names" ] || return 1
  for path in "$FLEET_STATE_DIR/replicas"/* "$FLEET_STATE_DIR/secrets"/*; do
    name=${path##*/}
    if [[ $name == *.logins ]]; then continue; fi
    if ! grep -qxF "${name%.env}" <<<"$names"; then rm -rf "${path:?}" || return 1; fi
  done
  forget_logins "$FLEET_STATE_DIR/secrets" && publish_logins
}

# Makes what runs what the files in the current folder say. Run again, it goes on where it was; where everything fits it does nothing.
converge() {
  local service services side
  release_deadline=$(($(steady) + ${RELEASE_SECONDS:-1200}))
  locked prepare_counts || { broken "cannot keep the replica counts in $FLEET_STATE_DIR"; return 1; }
  # New services first: from the reload on nginx sends to them.
  while IFS=$'\t' read -r service _; do
    if [ -z "$(containers_of "$service")" ]; then replace_replicas "$service" || return 1; fi
  done <rendered/services.tsv
  reload nginx nginx rendered/nginx || return 1
  while IFS=$'\t' read -r service _; do
    replace_replicas "$service" || return 1
  done <rendered/services.tsv
  replace_nginx || return 1
  services=$(docker compose config --services 2>/dev/null) || { broken "compose refuses the files in $live"; return 1; }
  mapfile -t side < <(side_containers "$services")
  compose_or_broken up -d --no-deps "${side[@]}" || return 1
  reload agent rendered/agent || return 1
  restart_if_newer mtail mtail || return 1
  restart_if_newer container-metrics container-metrics || return 1
  locked remove_orphans "$services" || { broken "cannot remove what the fleet does not have any more"; return 1; }
}

# Back to what was validated last. The cause is said at once, in case this is not the end, and at the end, where everybody looks.
give_up() { # give_up SENTENCE
  local why=$1
  # A hook that is stopped for its time goes on with this, and its output may have no reader any more.
  trap '' TERM INT HUP PIPE
  set +e
  echo "${0##*/}: $why" >&2
  local back
  back=$(sound_revision) || fail 1 "$why. There is no earlier revision to go back to"
  say "putting revision $(revision_in "$back") back"
  # What is not healthy makes room first; it may have requests all the same.
  if [ "${#suspects[@]}" -gt 0 ]; then
    docker stop -t 10 "${suspects[@]}" >/dev/null 2>&1
    docker rm -fv "${suspects[@]}" >/dev/null 2>&1
  fi
  # Those that a stopped step told to leave are no replicas to go on with.
  finish_leaving
  if switch_files "$back" && cd "$live" && take_secrets "$FLEET_STATE_DIR/current/secrets" && restore_containers; then
    fail 1 "$why. This worker is back at revision $(revision_in "$live")"
  fi
  fail 1 "$why. Going back to revision $(revision_in "$back") failed as well: $cause"
}

restore_containers() {
  if [ -z "$(containers_of nginx --filter status=running)" ]; then
    ./start.sh || { broken "start.sh failed"; return 1; }
    end_release_drain
  else
    converge
  fi
}
