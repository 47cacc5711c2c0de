# shellcheck shell=bash
# What both kinds of machine need, in front of worker.sh or monitoring.sh (infra/src/constructs/user-data.ts puts the parts together).
# cloud-init runs it once, as root; running it again changes only what differs. Its log: /var/log/fleet-user-data.log.

export HOME=/root DEBIAN_FRONTEND=noninteractive AWS_REGION=$FLEET_REGION
umask 022
exec > >(tee -a /var/log/fleet-user-data.log) 2>&1

current_step='start'
jobs_folder=$(mktemp -d)
step() {
  current_step=$1
  echo "$(date -u +%FT%TZ) $1"
}

# Each part says with report_end what its end means to AWS.
ended() {
  local code=$?
  trap - EXIT
  if [ "$code" -eq 0 ]; then
    echo "$(date -u +%FT%TZ) done"
    report_end CONTINUE
  else
    echo "$(date -u +%FT%TZ) failed with $code at: $current_step" | tee /dev/console 2>/dev/null || true
    report_end ABANDON
  fi
  rm -rf "$jobs_folder"
}
trap ended EXIT

retry() { # retry COMMAND...: five tries, with growing waits
  local wait=2
  for _ in 1 2 3 4; do
    if "$@"; then return 0; fi
    echo "again in $wait s: $*" >&2
    sleep "$wait"
    wait=$((wait * 2))
  done
  "$@"
}

fetch() { # fetch URL FILE
  retry curl -fsS --proto '=https' --tlsv1.2 --max-time 300 -o "$2" "$1"
}

# A value of the metadata service, which answers version 2 only.
metadata() { # metadata PATH
  local token
  token=$(curl -fsS --max-time 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -fsS --max-time 5 -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/$1"
}

# Writes stdin to a file, whole or not at all; file_changed says whether that changed it.
put_file() { # put_file PATH MODE
  local temporary
  mkdir -p "${1%/*}"
  temporary=$(mktemp "$1.XXXXXX")
  cat >"$temporary"
  chmod "$2" "$temporary"
  file_changed=true
  if cmp -s "$temporary" "$1"; then file_changed=false; fi
  mv "$temporary" "$1"
}

put_unit() { # put_unit NAME, content from stdin
  put_file "/etc/systemd/system/$1" 644
  if "$file_changed"; then systemctl daemon-reload; fi
}

enable_unit() { # enable_unit NAME: systemd reads all its units again where that is asked for, needed or not
  if [ ! -e "/etc/systemd/system/multi-user.target.wants/$1.service" ]; then systemctl enable "$1"; fi
}

# Downloads and what they are for go on beside apt, which takes longest. An image that has everything (fleet image) skips all of it.
begin() { # begin NAME COMMAND...: in the background, until finish NAME
  local name=$1
  shift
  "$@" &
  echo $! >"$jobs_folder/$name"
}

finish() { # finish NAME: waits for what begin NAME began, if anything, and fails where that failed
  local pid
  if [ ! -f "$jobs_folder/$1" ]; then return 0; fi
  pid=$(cat "$jobs_folder/$1")
  rm "$jobs_folder/$1"
  wait "$pid"
}

is_installed() { # is_installed PACKAGE
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

run_apt() { # run_apt ARGUMENT...; at the first boot the system's own updates may hold apt's lock for minutes.
  retry apt-get -o DPkg::Lock::Timeout=600 -q "$@"
}

update_packages() { # once a boot, and only where something is missing
  if [ -e "$jobs_folder/updated" ]; then return 0; fi
  run_apt update
  touch "$jobs_folder/updated"
}

install_packages() { # install_packages PACKAGE...: those that are missing, in one go
  local package missing=()
  for package in "$@"; do
    case $package in
      # Debian has other names than Ubuntu.
      compose)
        if docker compose version >/dev/null 2>&1; then continue; fi
        update_packages
        if apt-cache show docker-compose-v2 >/dev/null 2>&1; then missing+=(docker-compose-v2); else missing+=(docker-compose docker-cli); fi
        ;;
      *) is_installed "$package" || missing+=("$package") ;;
    esac
  done
  if [ ${#missing[@]} -eq 0 ]; then return 0; fi
  update_packages
  run_apt install -y --no-install-recommends "${missing[@]}"
}

# What apt does not have, of AWS: fetched while apt works.
begin_downloads() {
  step 'begin downloads'
  # Only a container lacks these.
  install_packages ca-certificates curl
  if [ ! -x /usr/local/bin/aws ]; then begin aws install_aws_cli; fi
  if ! has_ssm_snap && ! is_installed amazon-ssm-agent; then
    begin amazon-ssm-agent fetch "https://s3.$FLEET_REGION.amazonaws.com/amazon-ssm-$FLEET_REGION/latest/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb" "$jobs_folder/amazon-ssm-agent.deb"
  fi
  if ! is_installed amazon-cloudwatch-agent; then
    begin amazon-cloudwatch-agent fetch "https://amazoncloudwatch-agent-$FLEET_REGION.s3.$FLEET_REGION.amazonaws.com/ubuntu/$(dpkg --print-architecture)/latest/amazon-cloudwatch-agent.deb" "$jobs_folder/amazon-cloudwatch-agent.deb"
  fi
}

# Python unpacks it where unzip is not there yet, and knows no modes.
install_aws_cli() {
  local folder=$jobs_folder/aws-cli
  mkdir "$folder"
  fetch "https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip" "$folder/aws.zip"
  python3 -m zipfile -e "$folder/aws.zip" "$folder"
  chmod -R u+rwX,go+rX "$folder/aws"
  # These are programs.
  find "$folder/aws" -type f \( -name install -o -name 'aws*' \) -exec chmod 755 {} +
  "$folder/aws/install" --update
  rm -r "$folder"
}

has_ssm_snap() { # Ubuntu's images bring the SSM agent as a snap.
  command -v snap >/dev/null && snap list amazon-ssm-agent >/dev/null 2>&1
}

# The packages that were fetched, in one run of dpkg.
install_agents() {
  step 'install the agents'
  local agent
  finish aws
  for agent in amazon-ssm-agent amazon-cloudwatch-agent; do finish "$agent"; done
  # Its lock may be held, as apt's.
  if ls "$jobs_folder"/*.deb >/dev/null 2>&1; then run_apt install -y --no-install-recommends "$jobs_folder"/*.deb; fi
  rm -f "$jobs_folder"/*.deb
}

# Written before Docker is there, which then starts with them; one that runs already is started anew.
write_docker_settings() {
  step 'write the settings of Docker'
  # live-restore: an update of Docker does not stop containers. The tag names the container in each line of its log.
  # The pool lies outside the VPC, so that no network of Docker's hides a machine.
  local account
  put_file /etc/docker/daemon.json 644 <<JSON
{
  "live-restore": true,
  "log-driver": "json-file",
  "log-opts": { "max-size": "5m", "max-file": "2", "tag": "{{.Name}}" },
  "default-address-pools": [{ "base": "$DOCKER_POOL", "size": 24 }]
}
JSON
  if "$file_changed" && is_installed docker.io; then systemctl restart docker; fi
  # Images come from this account's registry without a stored password.
  account=$(metadata dynamic/instance-identity/document | sed -n 's/.*"accountId" *: *"\([0-9]*\)".*/\1/p')
  [ -n "$account" ]
  put_file /etc/fleet/docker/config.json 644 <<JSON
{ "credHelpers": { "$account.dkr.ecr.$FLEET_REGION.amazonaws.com": "ecr-login" } }
JSON
}

start_docker() {
  step 'start Docker'
  enable_unit docker
  systemctl start docker
  docker compose version --short
}

start_ssm_agent() {
  step 'start the SSM agent'
  if has_ssm_snap; then
    snap start --enable amazon-ssm-agent
    return 0
  fi
  enable_unit amazon-ssm-agent
  systemctl start amazon-ssm-agent
}

# Sends the logs of all containers, of this script and of deployments to the fleet's log group.
start_cloudwatch_agent() {
  step 'start the CloudWatch agent'
  put_file /etc/fleet/cloudwatch.json 644 <<JSON
{
  "agent": { "run_as_user": "root", "region": "$FLEET_REGION" },
  "logs": { "logs_collected": { "files": { "collect_list": [
    { "file_path": "/var/lib/docker/containers/*/*-json.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}/containers", "publish_multi_logs": true },
    { "file_path": "/var/log/fleet-user-data.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}/user-data" },
    { "file_path": "/opt/codedeploy-agent/deployment-root/deployment-logs/codedeploy-agent-deployments.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}/deployments" }
  ] } } }
}
JSON
  /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/fleet/cloudwatch.json
}

# Where the agent's installer of this region is: version 2 needs no Ruby, but AWS brings it to one region after the other.
codedeploy_version() {
  local status
  status=$(curl -sS --proto '=https' --tlsv1.2 --max-time 30 --head -o /dev/null -w '%{http_code}' "$1/latestv2/install")
  # S3 answers either where there is no such file; anything else is asked again.
  case $status in
    200) echo latestv2 ;;
    403 | 404) echo latest ;;
    *) return 1 ;;
  esac
}

# The last thing to be installed: from then on revisions arrive.
install_codedeploy_agent() {
  step 'install the CodeDeploy agent'
  if ! dpkg -s codedeploy-agent >/dev/null 2>&1; then
    local bucket="https://aws-codedeploy-$FLEET_REGION.s3.$FLEET_REGION.amazonaws.com" version
    version=$(retry codedeploy_version "$bucket")
    if [ "$version" = latest ]; then install_packages ruby wget; else install_packages wget; fi
    fetch "$bucket/$version/install" /tmp/codedeploy-install
    chmod 700 /tmp/codedeploy-install
    retry /tmp/codedeploy-install auto
    rm /tmp/codedeploy-install
  fi
  enable_unit codedeploy-agent
  systemctl start codedeploy-agent
}

# A unit that starts the stack at boot and stops it before the machine goes down. Without a revision it waits for the first one.
install_unit() { # install_unit NAME DESCRIPTION STACK_FOLDER
  step "install the unit $1"
  put_unit "$1.service" <<UNIT
[Unit]
Description=$2
Wants=network-online.target docker.service
After=network-online.target docker.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c '[ ! -x $3/start.sh ] || exec $3/start.sh'
ExecStop=/bin/sh -c '[ ! -x $3/stop.sh ] || exec $3/stop.sh'
TimeoutStartSec=1200
TimeoutStopSec=100

[Install]
WantedBy=multi-user.target
UNIT
  enable_unit "$1"
  systemctl start "$1"
}
