#include "steer/button.h"

#include "base/parse.h"
#include "base/str.h"
#include "steer/proto.h"

/* As every X server numbers them; 4 to 7 are the wheels. */
static const struct {
	const char *name;
	uint32_t number;
} names[] = {
	{ "left", 1 }, { "middle", 2 },  { "right", 3 },
	{ "back", 8 }, { "forward", 9 },
};

int button_parse(const char *word, uint32_t *out, struct err *err)
{
	uint64_t number;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(word, names[i].name)) {
			*out = names[i].number;
			return 0;
		}
	}
	if (parse_number(word, &number) < 0 || number < 1 ||
	    number > PROTO_BUTTON_MAX)
		return err_set(err, EXIT_USAGE, "read the command line", word,
			       "expected left, middle, right, back, forward "
			       "or a number from 1 to %u", PROTO_BUTTON_MAX);
	*out = (uint32_t)number;
	return 0;
}

const char *button_name(uint32_t button)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].number == button)
			return names[i].name;
	return NULL;
}
