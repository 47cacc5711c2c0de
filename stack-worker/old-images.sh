# shellcheck shell=bash
# Images of earlier releases, which would fill the disk. Sourced after lib.sh and where `say` is.
# Both stacks have this file, as each is installed alone; a test compares the two.
# OLD_IMAGES_SECONDS (120): how long their removal may take; what is left then goes with the next release.

# In the fleet's own repositories, copies of images of others among them: what else is on the machine is none of a release's business.
fleet_images() { # lines "REPOSITORY TAG DIGEST", each of the last two may be <none>
  docker image ls --digests --format '{{.Repository}} {{.Tag}} {{.Digest}}' 2>/dev/null | grep -F "/fleet-${FLEET_NAME:-}-${FLEET_ENVIRONMENT:-}/"
}

# Where one of the two cannot be read, nobody knows what it needs.
revisions_are_readable() { # revisions_are_readable REVISIONS_FOLDER
  local folder
  for folder in "$1/current" "$1/previous"; do
    if [ "$folder" = "$1/previous" ] && ! is_there "$folder"; then continue; fi
    is_whole "$folder" || { tell "$folder is damaged: no image of an earlier release is removed"; return 1; }
  done
}

# Removes what neither the revision that runs nor the one before names, in whichever of its files, by tag or by digest.
remove_old_images() { # remove_old_images REVISIONS_FOLDER
  local repository tag digest image deadline
  deadline=$(($(steady) + ${OLD_IMAGES_SECONDS:-120}))
  revisions_are_readable "$1" || return 0
  while read -r repository tag digest; do
    if [ "$(steady)" -ge "$deadline" ]; then
      tell "removing images of earlier releases takes long: the rest stays until the next release"
      return 0
    fi
    case $tag/$digest in
      '<none>/sha256:'*) image=$repository@$digest ;;
      '<none>/'*) continue ;;
      # Without its only tag Docker forgets the digest, too, so a name by digest keeps both.
      *) image=$repository:$tag ;;
    esac
    if grep -rqswF -e "$image" -e "$repository@$digest" "$1/current" "$1/previous"; then continue; fi
    # Docker keeps what a container still uses.
    if timeout 60 docker rmi "$image" >/dev/null 2>&1 8>&- 9>&-; then say "removed $image"; fi
  done < <(fleet_images)
}
