/**
 * What outlives a parent: a few lines of POSIX shell in a session of their own. It reads one order a line from a pipe
 * whose only other end is the parent's, and at end of file, however the parent ended, kills what is left.
 *
 *   + <group>   a process group that must not survive the parent
 *   - <group>   it has ended
 *   x <trees>   kill every process that carries the mark of one of these trees in its environment, now
 *   n <draft> <tab> <path>  a file, or an empty folder, to remove if it is still there; and `path`, if that is the same
 *                           file by then
 *   u <draft>   it is somebody else's concern now
 *
 * At end of file the groups have half a second first: to end as they were asked to, or to see that their parent is gone.
 *
 * `$1` is the parent's own mark. A descendant may have left its group, hence the marks; it may be forking just now, hence
 * the rounds. dash takes no `--` before a negative pid.
 */
export const JANITOR_SCRIPT: string = `
trap '' HUP INT TERM QUIT
tree=$1
groups=' '
tab=$(printf '\\t')
set --
sweep() {
  marks=
  for mark in $1; do marks="$marks -e BROOD_TREE=$mark"; done
  for round in 1 2 3 4 5 6 7 8 9 10; do
    found=
    for file in $(grep -lsF $marks /proc/[0-9]*/environ 2>/dev/null); do
      pid=\${file#/proc/}
      kill -9 "\${pid%/environ}" 2>/dev/null && found=1
    done
    [ "$found" ] || return
  done
}
while IFS= read -r line; do
  what=\${line#? }
  case $line in
    +*) groups="$groups$what " ;;
    -*) groups="\${groups%% $what *} \${groups#* $what }" ;;
    x*) sweep "$what" ;;
    n*) set -- "$@" "$what" ;;
    u*)
      left=$#
      while [ "$left" -gt 0 ]; do
        left=$((left - 1)); first=$1; shift
        [ "\${first%%"$tab"*}" = "$what" ] || set -- "$@" "$first"
      done ;;
  esac
done
for name do
  draft=\${name%%"$tab"*}; path=\${name#*"$tab"}
  if [ "$draft" != "$path" ] && [ "$draft" -ef "$path" ]; then rm -f -- "$path"; fi
  if [ -d "$draft" ]; then rmdir -- "$draft"; else rm -f -- "$draft"; fi
done
[ "$groups" = ' ' ] || sleep 0.5 || sleep 1
for group in $groups; do kill -9 "-$group" 2>/dev/null; done
sweep "$tree"
sleep 0.2 || sleep 1
sweep "$tree"
`;
