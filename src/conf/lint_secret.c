#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "conf/lint_internal.h"

/* Shorter than any key that is issued. */
#define ISSUED_LEN 16

/* The words of names that hold secrets, or lead to them. */
static const char *const words[] = {
	"ACCESSKEY", "APIKEY", "COOKIE", "CREDENTIAL", "NETRC", "PASSFILE",
	"PASSPHRASE", "PASSWD", "PASSWORD", "PRIVATEKEY", "SECRET", "TOKEN",
	"_AUTH", "_KEY", "_PASS", "_PAT", "_PWD", NULL,
};

/* What keys start with that well-known services issue. */
static const char *const issued[] = {
	"AKIA", "ASIA", "gho_", "ghp_", "ghs_", "github_pat_", "glpat-", "sk-",
	"xoxb-", "xoxp-", NULL,
};

/* TOKEN as in GITHUB_TOKEN, GITHUBTOKEN, TOKENS, TOKEN2; not TOKENIZERS. */
static bool has_word(const char *name, const char *word)
{
	for (const char *at = name; (at = strcasestr(at, word)); at++) {
		const char *end = at + strlen(word);

		end += *end == 'S' || *end == 's';
		if (!isalpha((unsigned char)*end))
			return true;
	}
	return false;
}

/* "scheme://user:password@host": the password is not empty. */
static bool has_password(const char *value)
{
	const char *at = value;

	while ((at = strstr(at, "://"))) {
		const char *colon, *end;

		at += 3;
		end = at + strcspn(at, "/?# \t");
		colon = memchr(at, ':', (size_t)(end - at));
		if (colon && colon[1] != '@' &&
		    memchr(colon, '@', (size_t)(end - colon)))
			return true;
	}
	return false;
}

static bool is_key(const char *value)
{
	const char *block = strstr(value, "-----BEGIN ");

	for (const char *const *i = issued; *i; i++)
		if (str_starts(value, *i) && strlen(value) >= ISSUED_LEN &&
		    !strpbrk(value, " \t/"))
			return true;
	return block && strstr(block, "PRIVATE KEY");
}

bool lint_is_secret(const char *assignment)
{
	size_t len = strcspn(assignment, "=");
	CLEANUP_FREE char *name = str_printf("%.*s", (int)len, assignment);
	const char *value = assignment + len + (assignment[len] == '=');

	for (const char *const *w = words; *w; w++)
		if (has_word(name, *w))
			return true;
	return is_key(value) || has_password(value);
}
