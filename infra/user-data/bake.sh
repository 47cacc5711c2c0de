# shellcheck shell=bash
# What `fleet image` appends to a worker's user data, for the one instance that becomes an image: it pulls what a worker would pull, takes off
# what makes a machine this machine, and turns it off, by which the command knows. Where something fails it goes on running and says so on
# its console. BAKE_IMAGES: the images, one a line.

# No group waits for this instance. The worker's own one is not reached any more.
report_end() { # report_end CONTINUE|ABANDON
  if [ "$1" = CONTINUE ]; then shutdown -h now; fi
}

# A registry that is busy is asked for ten minutes, about anything else five times, as any command.
pull_image() { # pull_image IMAGE
  local image=$1 wait=2 spent=0 limit said
  until said=$(docker pull -q "$image" 2>&1); do
    limit=60
    if grep -qiE 'toomanyrequests|too many requests|rate exceeded|[^0-9](429|50[0-9])([^0-9]|$)' <<<"$said"; then limit=600; fi
    if [ $((spent + wait)) -gt "$limit" ]; then
      echo "the image $image cannot be pulled, tried for $spent s: $said" >&2
      return 1
    fi
    echo "again in $wait s: docker pull $image: $said" >&2
    sleep "$wait"
    spent=$((spent + wait)) wait=$((wait < 32 ? wait * 2 : 60))
  done
}

pull_images() {
  step 'pull the images'
  local image
  while read -r image; do
    if [ -n "$image" ]; then DOCKER_CONFIG=/etc/fleet/docker pull_image "$image"; fi
  done <<<"$BAKE_IMAGES"
}

# User data starts these when the machine that they speak for is written down. At boot they would be too early.
stop_agents() {
  step 'stop the agents'
  local unit
  for unit in codedeploy-agent amazon-cloudwatch-agent fleet-worker; do
    if systemctl cat "$unit" >/dev/null 2>&1; then
      systemctl disable "$unit"
      systemctl stop "$unit"
    fi
  done
  if has_ssm_snap; then snap stop amazon-ssm-agent; else systemctl stop amazon-ssm-agent; fi
}

# Keys, registrations, settings of this machine, what was released or logged. A new machine makes its own.
leftovers=(
  /etc/fleet /var/lib/fleet /opt/fleet
  /var/lib/amazon/ssm /var/log/amazon /var/log/aws
  /opt/codedeploy-agent/deployment-root /opt/codedeploy-agent/state /etc/codedeploy-agent/conf/codedeploy.onpremises.yml
  /opt/aws/amazon-cloudwatch-agent/logs /opt/aws/amazon-cloudwatch-agent/var /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d
  /root/.aws /root/.docker /root/.ssh /root/.bash_history
  /var/lib/dbus/machine-id /var/lib/systemd/random-seed /var/lib/systemd/credential.secret
  /var/lib/docker/engine-id /etc/docker/key.json
)
clean_machine() {
  step 'clean the machine'
  local file
  rm -rf "${leftovers[@]}"
  find /home -mindepth 2 -maxdepth 2 \( -name .ssh -o -name .aws -o -name .docker -o -name .bash_history \) -exec rm -rf {} +
  rm -f /etc/ssh/ssh_host_*
  apt-get clean
  if command -v cloud-init >/dev/null; then cloud-init clean --logs --seed; fi
  find /tmp /var/tmp -mindepth 1 -maxdepth 1 ! -path "$jobs_folder" -exec rm -rf {} +
  # Files that stay open are emptied.
  rm -rf /var/log/journal/*
  while IFS= read -r file; do : >"$file"; done < <(find /var/log -type f)
  # An empty one is made anew at boot; without the file the first boot is another one than cloud-init expects.
  : >/etc/machine-id
}

# What is in an image is on every machine, and in its owner's hands for long.
check_clean() {
  step 'check that nothing of this machine is left'
  local path found=()
  for path in "${leftovers[@]}" /etc/ssh/ssh_host_*; do
    if [ -e "$path" ]; then found+=("$path"); fi
  done
  if [ -s /etc/machine-id ]; then found+=(/etc/machine-id); fi
  if [ ${#found[@]} -gt 0 ]; then
    echo "left: ${found[*]}"
    return 1
  fi
  sync
}

pull_images
stop_agents
clean_machine
check_clean
