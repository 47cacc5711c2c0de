#!/usr/bin/env bash
# Writes the secrets that compose.yml names, from the fleet's parameters. A secret that the fleet does not use becomes an empty file.
#
# Usage: secrets.sh
#
# Prints "changed" or "unchanged".
# Exit codes: 0 done, 64 malformed, 1 other (nothing of what could not be read was changed).
# FLEET_PARAMETER_COMMAND prints the value of the parameter that its last argument names; FLEET_NAME and FLEET_ENVIRONMENT say whose.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=lib.sh
. ./lib.sh

case "${1:-}" in
  '') ;;
  -h | --help) show_help; exit 0 ;;
  *) fail 64 "got $(printf %q "$1"); secrets.sh takes no argument" ;;
esac

load_monitoring
: "${FLEET_PARAMETER_COMMAND:?monitoring.env must say it}" "${FLEET_NAME:?monitoring.env must say it}" "${FLEET_ENVIRONMENT:?monitoring.env must say it}"
folder=${FLEET_SECRETS_DIR:-/etc/fleet/secrets}
group=${FLEET_SECRETS_GID:-7653}
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

parameter() { # parameter SECRET
  local words value
  read -r -a words <<<"$FLEET_PARAMETER_COMMAND"
  value=$("${words[@]}" "/fleet/$FLEET_NAME/$FLEET_ENVIRONMENT/secrets/$1") ||
    fail 1 "cannot read the secret $1: create it with npx fleet secrets set $1, or look whether this machine's role may read it"
  [ -n "$value" ] || fail 1 "the secret $1 is empty: set it with npx fleet secrets set $1"
  printf %s "$value"
}

# In place: a container has the file itself mounted.
changed=unchanged
write_secret() { # write_secret FILE, content from stdin
  local path=$folder/$1 content
  content=$(cat)
  if [ ! -f "$path" ] || [ "$content" != "$(cat "$path")" ]; then
    printf %s "$content" >"$path"
    changed=changed
  fi
  chgrp "$group" "$path"
  chmod 640 "$path"
}

# Prometheus wants hashes. They differ each time they are made, so they are kept as long as they fit.
write_web_config() { # write_web_config USER PASSWORD...
  local hashes=$folder/.htpasswd
  touch "$hashes"
  while [ $# -gt 0 ]; do
    printf %s "$2" | htpasswd -vi "$hashes" "$1" 2>/dev/null || printf %s "$2" | htpasswd -iB -C 10 "$hashes" "$1" 2>/dev/null
    shift 2
  done
  { echo basic_auth_users:; sed 's/^\([^:]*\):\(.*\)$/  \1: "\2"/' "$hashes"; } >"$folder/.web.yml"
  write_secret web.yml <"$folder/.web.yml"
  rm "$folder/.web.yml"
}

# All are read before one is written.
declare -A values=()
while IFS=$'\t' read -r file secret; do
  values[$file]=$(parameter "$secret")
done <rendered/secrets.tsv

for file in prometheus_password alerts_token api_token telegram_token slack_webhook_url repository_token grafana_password; do
  write_secret "$file" <<<"${values[$file]:-}"
done
write_web_config worker "${values[worker_password]}" wh "${values[prometheus_password]}"
echo "$changed"
