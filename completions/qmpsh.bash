# bash completion for qmpsh
_qmpsh() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  case $before in
    -l|--logfile|--schema) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --keep) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    -c|--command|--timeout) return ;;
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '-c --command -H --hmp -N --skip-negotiation -v --verbose -p --pretty -l --logfile --schema --events --timeout --json --no-color -y --yes --keep -V --version -h --help' -- "$word")
    return
  fi
  case ${COMP_WORDS[1]} in
    list) ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W '' -- "$word"); return 0 ;;
    completion) ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$word"); return 0 ;;
  esac
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
  ((COMP_CWORD == 1)) &&
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W 'practice json list completion' -- "$word")
  return 0
}
complete -o filenames -F _qmpsh qmpsh
