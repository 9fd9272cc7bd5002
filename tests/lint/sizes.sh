#!/bin/bash
# sizes.sh - functions of at most 70 lines, files of at most 600. A unit test
# may be a longer file: it has one short function for each behaviour.
#
# A longer one says why, in itself or the five lines above it:
#	lint: long function: REASON
# and a file, anywhere in it, in any comment:
#	lint: long file: REASON
set -u
cd "${1:-$(dirname "$0")/../..}" || exit 1
bench=
[ ! -d bench ] || bench=bench

find include src steer entrypoint tests $bench -name '*.[ch]' | sort |
	xargs awk '
	FNR == 1 { finish_file(); name = FILENAME; waived = 0; start = 0
		   excuse = -9 }
	/lint: long file: ./ { waived = 1 }
	/lint: long function: ./ { excuse = FNR }
	/^{/ { start = FNR }
	/^}/ && start {
		if (FNR - start - 1 > 70 && excuse < start - 5) {
			printf "%s:%d: function of %d lines\n", FILENAME,
				start, FNR - start - 1
			bad = 1
		}
		start = 0
	}
	{ lines = FNR }
	function finish_file() {
		if (name && lines > 600 && !waived &&
		    name !~ /^tests\/unit\//) {
			printf "%s: %d lines\n", name, lines
			bad = 1
		}
	}
	END { finish_file(); exit bad }'
