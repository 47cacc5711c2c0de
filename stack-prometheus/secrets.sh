#!/usr/bin/env bash
# Writes the secrets that compose.yml names, from the fleet's parameters. A secret that the fleet does not use becomes an empty file.
#
# Usage: secrets.sh
#
# Prints "changed" or "unchanged".
# Exit codes: 0 done, 64 malformed, 75 busy, 1 other (nothing of what could not be read was changed).
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
require "$env_file" FLEET_PARAMETER_COMMAND FLEET_NAME FLEET_ENVIRONMENT
folder=${FLEET_SECRETS_DIR:-/etc/fleet/secrets}
group=${FLEET_SECRETS_GID:-7653}
umask 077
said=$(prepare_folder "$folder" 700 2>&1) || fail 1 "cannot keep secrets in $folder: ${said##*: }"
[ -z "$said" ] || echo "$said" >&2
# Two at once would each write hashes of its own, one into either of the files.
prepare_lock "$folder/.lock"
exec 9>"$folder/.lock"
flock -w 60 9 || fail 75 "another secrets.sh has been running for 60 s: try again later"

parameter() { # parameter SECRET
  local words value
  read -r -a words <<<"$FLEET_PARAMETER_COMMAND"
  value=$("${words[@]}" "/fleet/$FLEET_NAME/$FLEET_ENVIRONMENT/secrets/$1") ||
    fail 1 "cannot read the secret $1: create it with npx fleet secrets set $1, or look whether this machine's role may read it"
  [ -n "$value" ] || fail 1 "the secret $1 is empty: set it with npx fleet secrets set $1"
  printf %s "$value"
}

# Whole, under a new inode: a container goes on with the file that it has mounted until start.sh makes it anew.
changed=unchanged
write_secret() { # write_secret FILE CONTENT
  local path=$folder/$1
  # By way of a file: a shell would drop NUL bytes, and take a damaged secret for the right one.
  if ! is_plain "$path" || ! printf %s "$2" | cmp -s - "$path"; then
    printf %s "$2" | write_file "$path" 640 || fail 1 "the secret file $1 cannot be written"
    changed=changed
  fi
  { chgrp "$group" "$path" && chmod 640 "$path"; } || fail 1 "the secret file $1 cannot be given to the group $group"
}

# Prometheus wants hashes. They differ each time they are made, so those that fit are kept; anything else in the file is not.
hash_of() { # hash_of USER PASSWORD
  local hashes=$folder/.htpasswd line
  if is_plain "$hashes" && line=$(tr '\000' '\001' <"$hashes" | grep -aEx -m 1 "$1:[!-~]+") && printf %s "$2" | htpasswd -vi "$hashes" "$1" 2>/dev/null; then
    echo "$line"
  else
    printf %s "$2" | htpasswd -niB -C 10 "$1" | grep .
  fi
}

write_web_config() { # write_web_config USER PASSWORD...
  local lines='' line
  while [ $# -gt 0 ]; do
    line=$(hash_of "$1" "$2") || fail 1 "the password of $1 cannot be hashed: is htpasswd installed?"
    lines+=$line$'\n'
    shift 2
  done
  if ! is_plain "$folder/.htpasswd" || ! printf %s "$lines" | cmp -s - "$folder/.htpasswd"; then
    printf %s "$lines" | write_file "$folder/.htpasswd" 600 || fail 1 "the passwords' hashes cannot be kept"
  fi
  write_secret web.yml "$(echo basic_auth_users:; printf %s "$lines" | sed 's/^\([^:]*\):\(.*\)$/  \1: "\2"/')"
}

# All are read before one is written. A table that cannot be read must not empty the files of what it does not name.
declare -A values=()
damaged="$PWD/rendered/secrets.tsv is damaged or missing: release again. Nothing was changed"
[ -f rendered/secrets.tsv ] || fail 1 "$damaged"
while IFS=$'\t' read -r file secret || [ -n "$file" ]; do
  [[ $file =~ ^[a-z_]+$ && $secret =~ ^[A-Z_]+$ ]] || fail 1 "$damaged"
  values[$file]=$(parameter "$secret")
done <rendered/secrets.tsv
for file in worker_password prometheus_password alerts_token api_token; do
  [ -n "${values[$file]:-}" ] || fail 1 "$damaged"
done

for file in prometheus_password alerts_token api_token telegram_token slack_webhook_url webhook_secret repository_token grafana_password; do
  write_secret "$file" "${values[$file]:-}"
done
write_web_config worker "${values[worker_password]}" wh "${values[prometheus_password]}"
echo "$changed"
