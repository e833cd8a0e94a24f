#!/usr/bin/env bash
# What `./bootstrap` says when it is not asked to do anything; nothing is installed or built.
set -uo pipefail
bootstrap=$1
failures=0

# expect STATUS WORDS ARGUMENT...: the exit status, and words that must be in the output.
expect() {
  local status=$1 words=$2 output got
  shift 2
  output=$("$bootstrap" "$@" 2>&1)
  got=$?
  if [ $got != "$status" ] || [[ $output != *"$words"* ]]; then
    printf "'bootstrap %s': expected status %s and '%s', got %s:\n%s\n" "$*" "$status" "$words" $got "$output"
    failures=$((failures + 1))
  fi
}

expect 0 'usage: ./bootstrap' --help
expect 0 'usage: ./bootstrap' help
expect 0 '--only NAME' bench --help
expect 2 'usage: ./bootstrap'
expect 2 "unknown command 'tset'" tset
expect 2 "'build' takes no arguments" build everything
cd / && expect 0 'usage: ./bootstrap' --help # from anywhere
exit $failures
