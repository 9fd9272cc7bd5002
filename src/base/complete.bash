# shellcheck shell=bash
# Completion of PROGRAM for bash: what it says itself.

# What bash cut at "=" and ":" belongs together: of "--name=x" it makes three
# words. Candidates are whole words; it wants them from the last cut on.
_PROGRAM() {
	local words=() glue='' i word line value cur head=''

	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == [=:]* && ${#words[@]} -gt 0 ]]; then
			words[-1]+=$word
			glue=1
		elif [[ $glue ]]; then
			words[-1]+=$word
			glue=
		else
			words+=("$word")
		fi
	done
	cur=${words[-1]}
	[[ $cur != *[=:]* ]] || head=${cur%"${cur##*[=:]}"}
	cur=${cur#"$head"}
	COMPREPLY=()
	while IFS= read -r line; do
		value=${line%%$'\t'*}
		case $line in
		:files\ *)
			compopt -o filenames
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(
				compgen -d -- "$cur"
				compgen -f -X "!*${line#:files }" -- "$cur")
			;;
		:files)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			;;
		:directories)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -d -- "$cur")
			;;
		:programs)
			mapfile -t COMPREPLY < <(compgen -c -- "$cur")
			;;
		*)
			[[ $value != *= ]] || compopt -o nospace
			COMPREPLY+=("${value#"$head"}")
			;;
		esac
	done < <("${COMP_WORDS[0]}" completion words -- "${words[@]}" 2>/dev/null)
}
complete -F _PROGRAM PROGRAM
