# shellcheck shell=bash
# Jobs on this worker, each run started once. Sourced by job.sh and stop.sh after lib.sh.
#
#   FLEET_STATE_DIR/jobs/JOB@RUN        one line: started, refused, or ended CODE
#   FLEET_STATE_DIR/jobs/JOB@RUN.words  what was said at its end
#
# started is written before the container is made, ended before it is removed. So a run whose line says started, and that has no
# container, may have run: nobody starts it again.

# Rows of rendered/jobs.tsv: job, before-release or schedule, service, seconds, program, arguments. An older revision has no such table.
rows_of() { # rows_of JOB|before-release
  [ -f rendered/jobs.tsv ] || return 0
  awk -F '\t' -v asked="$1" '$1 == asked || (asked == "before-release" && $2 == asked)' rendered/jobs.tsv
}

job_containers() { # job_containers [DOCKER_PS_OPTION...]
  docker ps -q --no-trunc --filter "label=com.docker.compose.project=$(project)" --filter label=fleet.job "$@"
}

container_of() { # container_of MARK: the name of the run's container
  local run=${1##*/}
  echo "$(project)-job-${run/@/-}"
}

# Jobs that go on when this worker stops have their time first: as long as requests have.
wait_for_jobs() { # wait_for_jobs SECONDS
  local deadline=$(($(steady) + $1))
  while [ -n "$(job_containers)" ]; do
    if [ "$(steady)" -ge "$deadline" ]; then
      tell "stopping although a job still runs"
      return 0
    fi
    sleep 1
  done
}

# shellcheck disable=SC2154 # job.sh sets secrets_state
# Everything that a run needs before its container is made. A revision that is not live first gets what only this machine has, and its
# secrets beside those that serve.
prepare_run() { # prepare_run SERVICE
  local revision image incoming=$STACK_DIR
  if [ "$secrets_state" = "$FLEET_STATE_DIR" ]; then
    keep_secrets "$1"
  else
    # revisions.sh calls the folder of a revision `incoming`.
    : "$incoming"
    add_local_files
    find . -type d -exec chmod 755 {} +
    find . -type f -exec chmod a+r {} +
    prepare_folder "$secrets_state" 700
    prepare_folder "$secrets_state/secrets" 700
    fetch_secrets "$secrets_state/secrets"
  fi
  revision=$(definition) || fail 1 "the compose file in $PWD is not valid: $(docker compose config -q 2>&1 7>&-)"
  image=$(images_in "$revision" "$1")
  [ -n "$image" ] || fail 1 "$1 has no image in the compose file of this revision"
  docker image inspect "$image" >/dev/null 2>&1 || pull_image "$image"
}

# Starts a run that was never seen, waits for one that goes on, tells again how one ended. Returns when it ended well, exits otherwise.
run_job() { # run_job JOB RUN SERVICE SECONDS PROGRAM ARGUMENT...
  local job=$1 run=$2 service=$3 seconds=$4 mark=$FLEET_STATE_DIR/jobs/$1@$2 line status=0
  shift 4
  prepare_lock "$mark.lock"
  exec 7>"$mark.lock"
  flock -w $((seconds + 60)) 7 || fail 75 "$job $run has been going on for longer than $seconds s"
  line=$(read_line "$mark" '(started|refused|ended [0-9]{1,3})') || status=$?
  case $status/$line in
    0/ended*) tell_end "$job" "$mark" "${line#ended }" ;;
    0/refused) fail 69 "$job was not started: this worker drains" ;;
    0/started) follow_job "$job" "$run" "$seconds" "$mark" ;;
    1/*) start_job "$job" "$run" "$service" "$seconds" "$mark" "$@" ;;
    *) fail 76 "$mark cannot be read: nobody knows whether $job ran" ;;
  esac
  exec 7>&-
}

start_job() { # start_job JOB RUN SERVICE SECONDS MARK PROGRAM ARGUMENT...
  local job=$1 run=$2 service=$3 seconds=$4 mark=$5 answer
  shift 5
  if flag_is_up drain; then
    echo refused | write_file "$mark" 600 || fail 1 "nothing can be noted in $FLEET_STATE_DIR, so $job was not started"
    fail 69 "$job was not started: this worker drains"
  fi
  # What fails here is an end as well: a command that comes late must not start what was told as failed.
  if ! answer=$(set -e; prepare_run "$service" 2>&1 7>&-); then end_job "$job" "$mark" 1 "it was not started: ${answer##*job.sh: }"; fi
  echo started | write_file "$mark" 600 || fail 1 "nothing can be noted in $FLEET_STATE_DIR, so $job was not started"
  # Compose finds the secrets by this variable. No pull, no build: what it would print is no word of the job.
  if ! answer=$(FLEET_STATE_DIR=$secrets_state docker compose --progress quiet run -d -T --no-deps --name "$(container_of "$mark")" \
    --label "fleet.job=$job" --label "fleet.run=$run" "$service" "$@" 2>&1 7>&-); then
    case $answer in
      *"executable file not found"* | *"no such file or directory"* | *"permission denied"*)
        answer="$1 cannot be started in the image of $service: ${answer##*exec: }. Set command of jobs.$job in the fleet file" ;;
    esac
    end_job "$job" "$mark" 127 "$answer"
  fi
  follow_job "$job" "$run" "$seconds" "$mark"
}

# A restart policy is the service's, and a job runs once.
follow_job() { # follow_job JOB RUN SECONDS MARK
  local job=$1 run=$2 seconds=$3 mark=$4 id begun code left words
  # The script before this one may have been killed while compose was at work.
  for _ in 1 2 3 4 5; do
    id=$(job_containers -a --filter "label=fleet.job=$job" --filter "label=fleet.run=$run" | head -n 1)
    if [ -n "$id" ]; then break; fi
    sleep 1
  done
  [ -n "$id" ] || fail 76 "nobody knows whether $job ran: it was begun on this worker, and nothing is left of it"
  docker update --restart no "$id" >/dev/null 2>&1 || true
  begun=$(date -d "$(docker inspect -f '{{.State.StartedAt}}' "$id")" +%s) || begun=$(date +%s)
  left=$((begun + seconds - $(date +%s)))
  if [ "$left" -lt 1 ]; then left=1; fi
  if [ "$left" -gt "$seconds" ]; then left=$seconds; fi
  if code=$(timeout "$left" docker wait "$id" 2>/dev/null 7>&-) && [[ $code =~ ^[0-9]+$ ]]; then
    words=$(last_words "$id")
    if [ "$(docker inspect -f '{{.State.OOMKilled}}' "$id" 2>/dev/null)" = true ]; then
      code=137 words="it was killed for its memory: raise the limit of its service in the fleet file. $words"
    fi
  else
    docker stop "$id" >/dev/null 2>&1 7>&- || true
    code=124 words="it was stopped after $seconds s, its timeout in the fleet file. $(last_words "$id")"
  fi
  end_job "$job" "$mark" "$code" "$words"
}

end_job() { # end_job JOB MARK CODE WORDS
  if ! printf '%s\n' "$4" | tr '\n' ' ' | tail -c 1500 | write_file "$2.words" 600 || ! echo "ended $3" | write_file "$2" 600; then
    fail 1 "the end of $1 cannot be noted in $FLEET_STATE_DIR. It ended with exit code $3: $4"
  fi
  docker rm -fv "$(container_of "$2")" >/dev/null 2>&1 || true
  tell_end "$1" "$2" "$3"
}

tell_end() { # tell_end JOB MARK CODE
  local words
  words=$(cat "$2.words" 2>/dev/null) || true
  [ "$3" = 0 ] || fail 1 "$1 ended with exit code $3: ${words:-it said nothing}"
  echo "$1: done"
}
