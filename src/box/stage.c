#include "box/stage.h"

#include "box/box.h"

int stage_up(const struct stage *stages, size_t n, struct box *box,
	     size_t *failed, struct err *err)
{
	struct err below = ERR_INIT;

	for (size_t i = 0; i < n; i++) {
		if (!stages[i].up || stages[i].up(box, err) == 0)
			continue;
		*failed = i;
		if (stage_down(stages, 0, i + 1, box->statefd, &box->rec,
			       &below) < 0)
			(void)err_hint(err,
				       "something is left behind (%s %s: %s); "
				       "'sandboxd gc' tries again",
				       below.what, below.object, below.cause);
		return -1;
	}
	return 0;
}

int stage_down(const struct stage *stages, size_t from, size_t n, int statefd,
	       struct record *rec, struct err *err)
{
	struct err later;
	int rc = 0;

	while (n-- > from)
		if (stages[n].down && (n > 0 || rc == 0) &&
		    stages[n].down(statefd, rec, rc ? &later : err) < 0)
			rc = -1;
	return rc;
}
