# shellcheck shell=bash
# shellcheck disable=SC2154 # the stack's release scripts name the folders `live`, `incoming` and `revisions`
# The files of revisions: what runs, what came in, what is kept to go back to. Sourced after lib.sh.
# Both stacks have this file, as each is installed alone; a test compares the two.

say() {
  echo "${0##*/}: $1"
}

nameless='without a name'
revision_in() { # revision_in FOLDER: prints the name of the revision there
  local name=''
  if is_plain "$1/revision.json"; then
    name=$(tr '\000' ' ' <"$1/revision.json" | sed -n 's/.*"revision"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' | head -n 1)
  fi
  echo "${name:-$nameless}"
}

# Files that belong to this machine and not to a revision, such as an override that COMPOSE_FILE names, go along.
add_local_files() {
  local name names
  IFS=: read -r -a names <<<"${COMPOSE_FILE:-compose.yml}"
  for name in "${names[@]}"; do
    case $name in /* | *..*) continue ;; esac
    if [ -f "$live/$name" ] && [ ! -e "$incoming/$name" ]; then cp -p "$live/$name" "$incoming/$name"; fi
  done
}

# A line "HASH  ./PATH" for each file, ended by NUL, sorted.
hashes_in() { # hashes_in FOLDER
  (cd "$1" && find . -type f ! -path "./$seal_name" -exec sha256sum -z {} + | sort -z)
}

# However many files a revision has: more than a command line holds, for example.
set_mode() { # set_mode MODE PATH...
  local mode=$1
  shift
  if [ $# -gt 0 ]; then printf '%s\0' "$@" | xargs -0 chmod "$mode"; fi
}

# Makes what runs the same as FOLDER. Each file is replaced whole and at once, folders stay, what is not there goes away.
# 1, with a sentence, when something cannot be written. Containers run as other users, so all may read.
switch_files() { # switch_files FOLDER
  local from=$1 path mode folders=() programs=() others=()
  mkdir -p "$live" || return 1
  while IFS= read -r -d '' path; do
    if is_there "$live/$path" && { [ ! -d "$live/$path" ] || [ -L "$live/$path" ]; }; then rm -f "$live/$path" || return 1; fi
    if [ ! -d "$live/$path" ]; then mkdir "$live/$path" || return 1; fi
    folders+=("$live/$path")
  done < <(cd "$from" && find . -type d -print0)
  set_mode 755 "${folders[@]}" || return 1
  while IFS= read -r -d '' path; do
    path=${path#*  } mode=644
    if [ -x "$from/$path" ]; then mode=755; fi
    write_file "$live/$path" "$mode" <"$from/$path" || return 1
  done < <(comm -z -23 <(hashes_in "$from") <(hashes_in "$live"))
  while IFS= read -r -d '' path; do
    if [ -x "$from/$path" ]; then programs+=("$live/$path"); else others+=("$live/$path"); fi
  done < <(cd "$from" && find . -type f ! -path "./$seal_name" -print0)
  set_mode 644 "${others[@]}" && set_mode 755 "${programs[@]}" || return 1
  while IFS= read -r -d '' path; do
    if [ ! -e "$from/$path" ]; then rm -rf "${live:?}/$path" || return 1; fi
  done < <(cd "$live" && find . -depth -mindepth 1 -print0)
}

# Only what was tried may be kept as the one to go back to. Where CodeDeploy's copy is gone nobody can tell.
is_as_installed() {
  [ ! -f "$incoming/compose.yml" ] || (cd "$incoming" && find . -type f -exec sha256sum {} +) | (cd "$live" && sha256sum --check --status 2>/dev/null)
}

# What a kept revision consists of, so that a damaged one is known before it replaces what runs.
seal_name=.sha256
seal() { # seal FOLDER
  (cd "$1" && find . -type f ! -path "./$seal_name" -exec sha256sum {} + >"$seal_name")
}

is_whole() { # is_whole FOLDER: a revision kept before there were seals has none, and must do without
  [ -s "$1/compose.yml" ] || return 1
  is_there "$1/$seal_name" || return 0
  (cd "$1" && sha256sum --check --status "$seal_name" 2>/dev/null)
}

# Prints the revision to go back to: the one that was validated last or, where its copy is damaged, the one before.
sound_revision() {
  local folder
  for folder in "$revisions/current" "$revisions/previous"; do
    if is_whole "$folder"; then echo "$folder" && return 0; fi
    if is_there "$folder"; then tell "$folder is damaged: it is no revision to go back to"; fi
  done
  return 1
}
