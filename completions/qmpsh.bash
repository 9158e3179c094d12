# bash completion for qmpsh
_qmpsh() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options words=
  COMPREPLY=()
  case $before in
    -l|--logfile|--schema|--hosts|--cast|--html|--policy|--audit) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    --keep) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    -c|--command|--on|--parallel|--timeout|--from|--to|--section|--format|--monitor|--keep-points|--listen|--for) return ;;
  esac
  if [[ $word == -* ]]; then
    case ${COMP_WORDS[1]} in
      practice) options='-c --command -H --hmp -N --skip-negotiation -v --verbose -p --pretty -l --logfile --schema --exit-on-error --events --timeout --json --no-color -y --yes --keep --allow-shell -V --version -h --help' ;;
      json) options='-c --command -p --pretty --schema --json --no-color -V --version -h --help' ;;
      play) options='-c --command -H --hmp -N --skip-negotiation --agent -v --verbose -p --pretty -l --logfile --schema --on --hosts --parallel --fail-fast --events --timeout --json --no-color -y --yes --step --from --to --section --dry-run --rehearse --faults --cast --html --practice --allow-shell -V --version -h --help' ;;
      check) options='-c --command -H --hmp -N --skip-negotiation --agent -v --verbose -p --pretty -l --logfile --schema --events --timeout --json --no-color -y --yes --from --to --section --practice --allow-shell --update --format --allow-empty --keep-going --fresh -V --version -h --help' ;;
      record) options='--json --no-color --replies --no-queries --paths --monitor -V --version -h --help' ;;
      learn) options='-v --verbose -l --logfile --timeout --no-color -y --yes --from --allow-shell --list --script --reset -V --version -h --help' ;;
      list) options='--json --no-color -V --version -h --help' ;;
      share) options='--timeout --json --no-color --listen --read-only --policy --audit -V --version -h --help' ;;
      doctor) options='--schema --timeout --json --no-color --for -V --version -h --help' ;;
      points) options='--json --no-color -y --yes --keep-points -V --version -h --help' ;;
      lsp) options='--schema --practice --stdio -V --version -h --help' ;;
      types) options='--schema -V --version -h --help' ;;
      completion) options='-V --version -h --help' ;;
      *) options='-c --command -H --hmp -N --skip-negotiation --agent -v --verbose -p --pretty -l --logfile --schema --on --hosts --parallel --fail-fast --exit-on-error --events --timeout --json --no-color -y --yes --allow-shell -V --version -h --help' ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    return
  fi
  ((COMP_CWORD == 1)) && words='practice json play check record learn list share doctor points lsp types completion'
  ((COMP_CWORD > 1)) && case ${COMP_WORDS[1]} in
    play) words='backup chain commit incremental migrate-storage mirror moment pull restore stream' ;;
    check) words='backup chain commit incremental migrate-storage mirror moment pull restore stream' ;;
    learn) ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W 'first-steps chains backup mirror-cancel mirror-complete stream commit incremental two-machines trouble macros' -- "$word"); return 0 ;;
    list) ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W '' -- "$word"); return 0 ;;
    points) ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W '' -- "$word"); return 0 ;;
    types) ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W '' -- "$word"); return 0 ;;
    completion) ((COMP_CWORD == 2)) && mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$word"); return 0 ;;
  esac
  mapfile -t COMPREPLY < <(compgen -f -- "$word"; compgen -W "$words" -- "$word")
  return 0
}
complete -o filenames -F _qmpsh qmpsh
