#compdef PROGRAM
# Completion of PROGRAM for zsh: what it says itself.

_PROGRAM() {
	local -a plain open
	local line value help

	while IFS= read -r line; do
		value=${line%%$'\t'*} help=${line#*$'\t'}
		case $line in
		(:files\ *)
			compset -P '--*='
			_files -g "*${line#:files }"
			;;
		(:files)
			compset -P '--*='
			_files
			;;
		(:directories)
			compset -P '--*='
			_files -/
			;;
		(:programs) _command_names -e ;;
		(*)
			value=${value//:/\\:}${help:+:$help}
			if [[ ${line%%$'\t'*} == *= ]]; then
				open+=("$value")
			else
				plain+=("$value")
			fi
			;;
		esac
	done < <("${(Q)words[1]}" completion words -- \
		"${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)
	(( ! $#plain )) || _describe PROGRAM plain
	(( ! $#open )) || _describe PROGRAM open -S ''
}
if [[ $funcstack[1] == _PROGRAM ]]; then
	_PROGRAM "$@"
else
	compdef _PROGRAM PROGRAM
fi
