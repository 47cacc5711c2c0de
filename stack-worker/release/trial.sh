# shellcheck shell=bash
# Tries the revision in the current folder beside what runs; sourced by after-install.sh after containers.sh. Each exits with a sentence.

# Takes the revision's definition. Networks and volumes are shared by all that runs: compose would stop everything to change one.
try_compose_file() {
  local running changed
  revision=$(definition) || fail 1 "the compose file of this revision is not valid: $(docker compose config -q 2>&1)"
  if [ -z "$(containers_of nginx --filter status=running)" ]; then return 0; fi
  running=$(cd "$live" && definition) || running=''
  changed=$(grep '^part ' <<<"$running" | grep -vxF "$(grep '^part ' <<<"$revision")" | cut -d ' ' -f 2- || true)
  [ -z "$changed" ] || fail 1 "this revision changes networks or volumes that are in use ($(xargs <<<"$changed")): deploy without that change, or replace the workers by an instance refresh"
}

# Only those that are missing, and before anything is touched.
try_images() {
  local image images
  images=$(pull_missing_images "$revision") || exit 1
  for image in $images; do say "pulled $image"; done
}

# In a container like nginx's own, without any network.
try_nginx() {
  local answer
  answer=$(docker run --rm --network none --read-only --cap-drop ALL --user 101:101 --tmpfs /tmp:uid=101,gid=101 --tmpfs /logs:uid=101,gid=101 \
    -v "$PWD/nginx:/etc/fleet/nginx:ro" -v "$PWD/rendered:/etc/fleet/rendered:ro" \
    --entrypoint nginx "$(images_in "$revision" nginx)" -t -q -c /etc/fleet/nginx/nginx.conf 2>&1) ||
    fail 1 "nginx refuses the configuration of this revision: $answer"
}

# Beside those that run, which a release that fails goes on with.
fetch_incoming_secrets() {
  local incoming_state=$FLEET_STATE_DIR/incoming
  { rm -rf "$incoming_state" && mkdir -p "$incoming_state" && chmod 700 "$incoming_state" && cp -a "$FLEET_STATE_DIR/secrets" "$incoming_state/secrets"; } ||
    fail 1 "the secrets of this revision cannot be kept in $incoming_state. Nothing was changed"
  fetch_secrets "$FLEET_STATE_DIR/incoming/secrets"
}

trial_of() { # trial_of SERVICE: the name of its trial container
  echo "$(project)-trial-$1"
}

# Those of a release that was killed as well, whichever services it had.
remove_trials() {
  local trials
  mapfile -t trials < <(docker ps -aq --no-trunc --filter "name=^/?$(trial_of '')")
  if [ "${#trials[@]}" -gt 0 ]; then docker rm -fv "${trials[@]}" >/dev/null 2>&1 || true; fi
}

# One replica of each service as the new revision defines it, without the service's name on the network, so that nginx does not find it.
try_replicas() {
  local service services answer
  mapfile -t services < <(cut -f 1 rendered/services.tsv)
  trap remove_trials EXIT
  trap 'exit 143' TERM INT HUP
  for service in "${services[@]}"; do
    # Compose finds the secrets by this variable, and here it shall find the new ones.
    answer=$(FLEET_STATE_DIR=$FLEET_STATE_DIR/incoming docker compose --progress quiet run -d -T --no-deps --name "$(trial_of "$service")" "$service" 2>&1 8>&-) ||
      fail 1 "a replica of $service cannot be started: $answer"
  done
  for service in "${services[@]}"; do try_replica "$service"; done
  # Some die a moment after they answered.
  sleep 1
  for service in "${services[@]}"; do try_replica "$service"; done
  say "a replica of each service is healthy: ${services[*]}"
}

try_replica() { # try_replica SERVICE
  wait_healthy "$1" "$(docker inspect -f '{{.Id}}' "$(trial_of "$1")")" || fail 1 "$cause. Nothing was changed"
}
