/* /proc/PID/stat of a process that chose its own name. */
#include "tests/fuzz/fuzz.h"

#include <sys/prctl.h>

#include "conf/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct record_process usual;
	struct fuzz_in in = { data, size };
	CLEANUP_FREE char *name = fuzz_text(&in, '\0');
	struct record_process p = { 0 };

	if (!usual.pid)
		FUZZ_CHECK(record_process_identify(getpid(), &usual) == 0);
	(void)prctl(PR_SET_NAME, name);
	FUZZ_CHECK(record_process_identify(getpid(), &p) == 0);
	FUZZ_CHECK(p.pid == usual.pid && p.start == usual.start);
	FUZZ_CHECK(record_process_alive(&usual));
	return 0;
}
