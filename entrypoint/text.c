#include "text.h"

#include <string.h>

void text_add(char *buf, size_t size, const char *s)
{
	size_t len = strlen(buf);

	while (*s && len + 1 < size)
		buf[len++] = *s++;
	buf[len] = '\0';
}

void text_add_number(char *buf, size_t size, uint64_t n, unsigned int base)
{
	char digits[24];
	char *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do {
		*--p = "0123456789abcdef"[n % base];
		n /= base;
	} while (n);
	text_add(buf, size, p);
}

static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	return 16;
}

int text_number(const char **p, unsigned int base, uint64_t *out)
{
	const char *s = *p;
	uint64_t n = 0;

	if (digit(*s) >= base)
		return -1;
	for (; digit(*s) < base; s++) {
		if (n > (UINT64_MAX - digit(*s)) / base)
			return -1;
		n = n * base + digit(*s);
	}
	if (*s == ' ' || *s == '\t')
		s++;
	*p = s;
	*out = n;
	return 0;
}
