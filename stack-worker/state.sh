# shellcheck shell=bash
# How files are kept on a machine: written whole and synced, read with suspicion. Sourced after lib.sh.
# Both stacks have this file, as each is installed alone; a test compares the two.

tell() { # tell SENTENCE, beside what the script prints
  echo "${0##*/}: $1" >&2
}

is_plain() { # is_plain PATH: a file itself, and no link to one
  [ -f "$1" ] && [ ! -L "$1" ]
}

is_there() { # is_there PATH: whatever it is, a link to nothing included
  [ -e "$1" ] || [ -L "$1" ]
}

# Seconds for measuring how long something takes. Bash's SECONDS jumps with the clock, which may be set meanwhile.
steady() {
  local up
  read -r up _ </proc/uptime
  echo "${up%%.*}"
}

# Whether a file changed since TIME. Also where TIME is yet to come: the clock was set back since then, and nobody can tell.
changed_since() { # changed_since TIME PATH...
  local since=$1
  shift
  [ "$(date -d "$since" +%s)" -gt "$(date +%s)" ] || find "$@" -newermt "$since" -print -quit | grep -q .
}

# Content from stdin: whole and on the disk, or what was there before. A folder or a link in its place makes room.
# 1, with a sentence, when it cannot be written. Every step is checked here, because callers may be where `set -e` does not count.
write_file() { # write_file PATH MODE
  local temporary said
  if ! temporary=$(mktemp "$1.XXXXXX" 2>&1); then
    cat >/dev/null
    tell "cannot write $1: ${temporary##*: }"
    return 1
  fi
  if said=$({ cat >"$temporary" && chmod "$2" "$temporary" && sync "$temporary" && make_room "$1" && mv -fT "$temporary" "$1" && sync "$(dirname "$1")"; } 2>&1); then
    return 0
  fi
  rm -f "$temporary"
  tell "cannot write $1: ${said##*: }"
  return 1
}

make_room() { # make_room PATH, for a file that is renamed to it
  if [ -d "$1" ] && [ ! -L "$1" ]; then rm -rf "$1"; fi
}

# Prints the one line that a file holds, when PATTERN fits all of it. 1: there is no such file. 2: there is something else.
read_line() { # read_line PATH PATTERN
  local content
  is_there "$1" || return 1
  # Shells drop NUL bytes, and 1\0 9 would read as 19.
  [ -f "$1" ] && content=$(head -c 4096 "$1" 2>/dev/null | tr '\000' '\001') || return 2
  [[ $content =~ ^($2)$ ]] || return 2
  printf '%s\n' "$content"
}

# A folder: what is none makes room for one.
prepare_folder() { # prepare_folder PATH MODE
  if is_there "$1" && [ ! -d "$1" ]; then
    tell "$1 was no folder: it is made anew"
    rm -rf "$1"
  fi
  mkdir -p "$1" && chmod "$2" "$1"
}

# A lock that can be opened: what is no file makes room for one.
prepare_lock() { # prepare_lock PATH
  if is_there "$1" && ! is_plain "$1"; then
    tell "$1 was no file: it is made anew"
    rm -rf "$1"
  fi
  [ -e "$1" ] || (umask 077 && : >"$1") 2>/dev/null || fail 1 "cannot lock: $1 cannot be made; look at the disk (df -h, df -i) and at who owns the folder"
  [ -w "$1" ] || fail 1 "cannot lock: $1 cannot be written by $(id -un)"
}

# Reads NAME=VALUE lines into the environment. Only whoever set the machine up writes such a file, so damage is not guessed about.
read_env_file() { # read_env_file PATH
  local line number=0
  [ -f "$1" ] || fail 1 "$1 is not a file: write it again, or replace this machine"
  [ -r "$1" ] || fail 1 "$1 cannot be read by $(id -un): correct its permissions"
  [ -s "$1" ] || fail 1 "$1 is empty: write it again, or replace this machine"
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    [[ $line =~ ^[[:space:]]*(#.*|(export[[:space:]]+)?[A-Za-z_][A-Za-z0-9_]*=.*)?$ ]] ||
      fail 1 "$1 is damaged: line $number is no NAME=VALUE; write it again, or replace this machine"
  done < <(tr '\000' '\001' <"$1")
  bash -n "$1" 2>/dev/null || fail 1 "$1 is damaged: it ends inside a quotation; write it again, or replace this machine"
  set -a
  # shellcheck disable=SC1090
  . "$1"
  set +a
}

# Variables that such a file has to set.
require() { # require PATH NAME...
  local file=$1 name
  shift
  for name in "$@"; do
    [ -n "${!name:-}" ] || fail 1 "$file does not say $name: write it again, or replace this machine"
  done
}
