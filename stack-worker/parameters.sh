# shellcheck shell=bash
# What this worker takes from the fleet's parameters: secrets, the password for remote write, replica counts. Sourced after lib.sh;
# used by start.sh and by the hooks of a release. Without FLEET_PARAMETER_COMMAND there are no parameters.

# Prints the value of a parameter, by the command that worker.env names (words, split on blanks).
parameter() { # parameter NAME
  local words
  [ -n "${FLEET_PARAMETER_COMMAND:-}" ] || return 1
  read -r -a words <<<"$FLEET_PARAMETER_COMMAND"
  "${words[@]}" "/fleet/$FLEET_NAME/$FLEET_ENVIRONMENT/$1"
}

fetch_service_secrets() { # fetch_service_secrets FOLDER SERVICE SECRET...
  local folder=$1 service=$2 secret value lines=''
  shift 2
  for secret in "$@"; do
    value=$(parameter "secrets/$secret") || fail 1 "cannot read the secret $secret of $service: create the parameter /fleet/$FLEET_NAME/$FLEET_ENVIRONMENT/secrets/$secret"
    # Single quotes keep the value as it is; compose reads \' as a quote.
    case $value in
      *$'\n'* | *\\) fail 1 "the secret $secret has a line break or ends in a backslash, which an environment file cannot carry: change it" ;;
    esac
    lines+="$secret='${value//\'/\\\'}'"$'\n'
  done
  printf %s "$lines" | write_file "$folder/$service.env" 600 || fail 1 "the secrets of $service cannot be kept"
}

# Compose takes a service without its secrets as it is: before a replica starts, those that are not whole are read again.
keep_secrets() { # keep_secrets SERVICE
  local secrets secret file=$FLEET_STATE_DIR/secrets/$1.env
  if [ -z "${FLEET_PARAMETER_COMMAND:-}" ]; then return 0; fi
  secrets=$(awk -F '\t' -v service="$1" '$1 == service { print $2 }' rendered/secrets.tsv)
  for secret in $secrets; do
    if is_plain "$file" && grep -aqx "$secret='.*'" "$file" 2>/dev/null; then continue; fi
    tell "$file is not whole: reading the secrets of $1 again"
    # shellcheck disable=SC2086 # names of secrets, separated by blanks
    fetch_service_secrets "$FLEET_STATE_DIR/secrets" "$1" $secrets
    return
  done
}

# Who may use a service that asks for a login: nginx's user file, with hashes. The salt is the secret's name, so that the same login gives the same file.
fetch_service_logins() { # fetch_service_logins FOLDER SERVICE SECRET...
  local folder=$1 service=$2 secret value salt hash lines=''
  shift 2
  for secret in "$@"; do
    value=$(parameter "secrets/$secret") || fail 1 "cannot read the login $secret of $service: create the parameter /fleet/$FLEET_NAME/$FLEET_ENVIRONMENT/secrets/$secret"
    if [[ $value == *$'\n'* ]] || [ "${#value}" -gt 200 ] || ! printf %s "$value" | LC_ALL=C grep -qxE '[ -9;-~]+:[ -~]+'; then
      fail 1 "the secret $secret is no login for $service: set it to USER:PASSWORD, in one line of at most 200 letters, digits and signs"
    fi
    salt=$(printf %s "$FLEET_NAME/$FLEET_ENVIRONMENT/$service/$secret" | openssl dgst -sha256 -r | cut -c 1-16)
    # By standard input: arguments are seen by everybody on the machine. 1000 rounds cost nginx half a millisecond a request.
    hash=$(printf '%s\n' "${value#*:}" | openssl passwd -5 -salt "rounds=1000\$$salt" -stdin) || hash=
    [ -n "$hash" ] || fail 1 "the login $secret of $service cannot be hashed: is openssl there?"
    lines+="${value%%:*}:$hash"$'\n'
  done
  printf %s "$lines" | write_file "$folder/$service.logins" 600 || fail 1 "the logins of $service cannot be kept"
}

# Of services that ask for none any more.
forget_logins() { # forget_logins FOLDER
  local file name asked
  asked=$(cut -f 1 rendered/logins.tsv 2>/dev/null) || true
  for file in "$1"/*.logins; do
    name=${file##*/}
    if is_there "$file" && ! grep -qxF "${name%.logins}" <<<"$asked"; then rm -rf "${file:?}" || return 1; fi
  done
}

# Where nginx's user reads them; the folder above is closed to others on the host. Those that are no secret any more go.
publish_logins() {
  local file name
  prepare_folder "$FLEET_STATE_DIR/logins" 755 || return 1
  for file in "$FLEET_STATE_DIR/secrets"/*.logins; do
    name=${file##*/}
    if [ -f "$file" ]; then write_file "$FLEET_STATE_DIR/logins/${name%.logins}" 444 <"$file" || return 1; fi
  done
  for file in "$FLEET_STATE_DIR/logins"/*; do
    if is_there "$file" && [ ! -f "$FLEET_STATE_DIR/secrets/${file##*/}.logins" ]; then rm -rf "${file:?}" || return 1; fi
  done
}

# Writes the secrets that the services of the revision in the current folder name, all at once. Exits with a sentence when one is missing.
fetch_secrets() { # fetch_secrets FOLDER
  local service secrets job waiting=()
  if [ -z "${FLEET_PARAMETER_COMMAND:-}" ]; then return 0; fi
  require "${FLEET_WORKER_ENV:-/etc/fleet/worker.env}" FLEET_NAME FLEET_ENVIRONMENT
  while IFS=$'\t' read -r service secrets; do
    # shellcheck disable=SC2086 # names of secrets, separated by blanks
    fetch_service_secrets "$1" "$service" $secrets &
    waiting+=($!)
  done <rendered/secrets.tsv
  # A revision from before logins has no table of them. Where nginx misses a file of logins it lets nobody in.
  while IFS=$'\t' read -r service secrets; do
    # shellcheck disable=SC2086 # names of secrets, separated by blanks
    fetch_service_logins "$1" "$service" $secrets &
    waiting+=($!)
  done < <(cat rendered/logins.tsv 2>/dev/null)
  for job in "${waiting[@]}"; do wait "$job" || exit 1; done
  forget_logins "$1"
}

fetch_remote_write_password() {
  local file=$FLEET_STATE_DIR/agent/remote_write_password value
  if [ -f "$FLEET_STATE_DIR/remote_write_password" ]; then
    write_file "$file" 444 <"$FLEET_STATE_DIR/remote_write_password"
  elif value=$(parameter secrets/REMOTE_WRITE_PASSWORD 2>/dev/null) && [ -n "$value" ]; then
    printf %s "$value" | write_file "$file" 444
  elif [ ! -f "$file" ]; then
    echo "${0##*/}: no password for remote write: metrics of this worker stay on it" >&2
    : | write_file "$file" 444
  fi
}

# The fleet's replica counts, as JSON; nothing when there are none yet.
fetch_fleet_counts() {
  parameter replicas 2>/dev/null || true
}

# The count this worker had, else the fleet's, else the minimum; within the bounds, which may have changed since it was written.
initial_count() { # initial_count SERVICE MIN MAX FLEET_COUNTS
  local count status=0 json
  count=$(read_count "$1") || status=$?
  # What runs is what was asked for, as nearly as one can know.
  if [ "$status" -eq 2 ]; then count=$(running_replicas "$1"); fi
  json="\"$1\"[[:space:]]*:[[:space:]]*([0-9]{1,3})([^0-9.]|$)"
  if [ "${count:-0}" -eq 0 ]; then
    if [[ $4 =~ $json ]]; then count=$((10#${BASH_REMATCH[1]})); else count=$2; fi
  fi
  if [ "$count" -lt "$2" ]; then count=$2; fi
  if [ "$count" -gt "$3" ]; then count=$3; fi
  echo "$count"
}

# Prints which services are in maintenance: "none", "*" for all, or names. 1, told: it cannot be read, which says nothing about them.
fetch_maintenance() {
  local said LC_ALL=C
  if ! said=$(parameter maintenance 2>&1); then
    case $said in *ParameterNotFound*) said=none ;; *) tell "cannot read which services are in maintenance: $said"; return 1 ;; esac
  fi
  # A pattern that counts to 4000 would take grep seconds to read.
  if [ "${#said}" -gt 4000 ] || ! [[ $said =~ ^[*a-z0-9\ -]+$ ]]; then
    tell "the parameter maintenance is none, * or names of services, not what is there"
    return 1
  fi
  echo "$said"
}

# Has nginx do what the fleet's parameter says: it looks for a flag for each service, at each request. What cannot be read leaves all as it is.
obey_maintenance() {
  local asked service flag names
  [ -n "${FLEET_PARAMETER_COMMAND:-}" ] || return 0
  asked=$(fetch_maintenance) && [ -n "$asked" ] || return 1
  names=$(cut -f 1 rendered/services.tsv)
  for service in $names; do
    case " $asked " in
      *" * "* | *" $service "*) raise_flag "maintenance-$service" || return 1 ;;
      *) lower_flag "maintenance-$service" || return 1 ;;
    esac
  done
  for flag in "$FLEET_STATE_DIR/flags"/maintenance-*; do
    service=${flag##*/maintenance-}
    if is_there "$flag" && ! grep -qxF "$service" <<<"$names"; then lower_flag "maintenance-$service" || return 1; fi
  done
}
