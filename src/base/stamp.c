#include "base/stamp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MINUTE_S 60
#define HOUR_S 3600

struct stamp stamp_text(int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct stamp out;
	struct tm tm = { 0 };
	char day[32], text[64];

	(void)gmtime_r(&seconds, &tm);
	(void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(text, sizeof(text), "%s.%03dZ", day, (int)(ms % 1000));
	(void)snprintf(out.text, sizeof(out.text), "%.24s", text);
	return out;
}

/* Exactly `n` digits at *p, which is moved behind them; -1 for anything else
 * or more than `max`. */
static int take(const char **p, int n, int max)
{
	int value = 0;

	for (; n > 0; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return -1;
		value = value * 10 + (**p - '0');
	}
	return value <= max ? value : -1;
}

static bool skip(const char **p, const char *any_of)
{
	if (!**p || !strchr(any_of, **p))
		return false;
	(*p)++;
	return true;
}

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool take_date(const char **p, struct tm *tm)
{
	int year = take(p, 4, 9999);

	tm->tm_year = year - 1900;
	if (year < 0 || !skip(p, "-"))
		return false;
	tm->tm_mon = take(p, 2, 12) - 1;
	if (tm->tm_mon < 0 || !skip(p, "-"))
		return false;
	tm->tm_mday = take(p, 2, days_of(year, tm->tm_mon + 1));
	return tm->tm_mday > 0;
}

/* A second of 60 is a leap second, which Unix time does not count. */
static bool take_time(const char **p, struct tm *tm)
{
	tm->tm_hour = take(p, 2, 23);
	if (tm->tm_hour < 0 || !skip(p, ":"))
		return false;
	tm->tm_min = take(p, 2, 59);
	if (tm->tm_min < 0 || !skip(p, ":"))
		return false;
	tm->tm_sec = take(p, 2, 60);
	return tm->tm_sec >= 0;
}

/* Any number of digits; what is finer than a millisecond is dropped. */
static bool take_fraction(const char **p, int64_t *ms)
{
	int64_t unit = 100;

	*ms = 0;
	if (!skip(p, "."))
		return true;
	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
		*ms += unit * (**p - '0');
	return true;
}

static bool take_offset(const char **p, int64_t *seconds)
{
	int sign = **p == '-' ? -1 : 1, hours, minutes;

	*seconds = 0;
	if (skip(p, "Zz"))
		return true;
	if (!skip(p, "+-"))
		return false;
	hours = take(p, 2, 23);
	if (hours < 0 || !skip(p, ":"))
		return false;
	minutes = take(p, 2, 59);
	*seconds = sign * (hours * HOUR_S + minutes * MINUTE_S);
	return minutes >= 0;
}

int stamp_read(const char *text, int64_t *ms)
{
	struct tm tm = { 0 };
	int64_t fraction, offset;

	if (!take_date(&text, &tm) || !skip(&text, "Tt ") ||
	    !take_time(&text, &tm) || !take_fraction(&text, &fraction) ||
	    !take_offset(&text, &offset) || *text)
		return -EINVAL;
	*ms = ((int64_t)timegm(&tm) - offset) * 1000 + fraction;
	return 0;
}
