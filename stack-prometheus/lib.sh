# shellcheck shell=bash
# Shared by the scripts here; sourced, not run.

fail() { # fail EXIT_CODE SENTENCE
  echo "${0##*/}: $2" >&2
  exit "$1"
}

show_help() { # prints the comment block at the top of the script; each has entered its own folder before
  sed -n '2,/^$/ s/^# \{0,1\}//p' "${0##*/}"
}

# shellcheck source=state.sh
. "$(dirname "${BASH_SOURCE[0]}")/state.sh"

# What this machine is called and where its parameters are. Only user data writes that file.
load_monitoring() {
  env_file=${FLEET_MONITORING_ENV:-/etc/fleet/monitoring.env}
  if is_there "$env_file"; then
    read_env_file "$env_file"
  elif [ -n "${FLEET_MONITORING_ENV:-}" ]; then
    fail 1 "FLEET_MONITORING_ENV names $env_file, which is not there: correct it"
  fi
}

# Ids of this machine's containers, also of those that do not run. Docker answers in a fraction of the time that `docker compose ps` takes.
containers_of() { # containers_of SERVICE|all [DOCKER_PS_OPTION...]
  local service=$1
  shift
  if [ "$service" != all ]; then set -- --filter "label=com.docker.compose.service=$service" "$@"; fi
  docker ps -aq --filter "label=com.docker.compose.project=${COMPOSE_PROJECT_NAME:-fleet-monitoring}" --filter label=com.docker.compose.oneoff=False "$@"
}
