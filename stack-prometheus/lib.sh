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
