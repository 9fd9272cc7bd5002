/* The record of a sandbox. One that is accepted is written as it was read.
 * fuzz: -max_len=16384 */
#include "tests/fuzz/fuzz.h"

#include "conf/record.h"
#include "conf/record_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(record_finish) struct record rec = { 0 }, again = { 0 };
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *twice = NULL;
	struct err err = ERR_INIT;

	if (record_decode((const char *)data, size, "box", &rec, &err) < 0) {
		FUZZ_CHECK(err.code);
		err_print(fuzz_null(), "fuzz", &err);
		return 0;
	}
	text = record_json(&rec);
	FUZZ_CHECK(record_decode(text, strlen(text), "box", &again, &err) ==
		   0);
	twice = record_json(&again);
	FUZZ_CHECK(str_eq(text, twice));
	return 0;
}
