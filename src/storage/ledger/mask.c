#include "storage/ledger/mask.h"

/* PW is a field of its own: not the end of another word. */
static bool word_before(const struct buf *text, const char *at)
{
    return at > text->at && ((at[-1] >= 'A' && at[-1] <= 'Z') ||
                             (at[-1] >= 'a' && at[-1] <= 'z'));
}

void mask_passwords(struct buf *text)
{
    char *end = text->at + text->len;
    char *at = text->at;

    while (at && (at = memmem(at, (size_t)(end - at), "PW=", 3)) != NULL) {
        bool mask = !word_before(text, at);

        at += 3;
        while (mask && at < end && *at != ';' && *at != '&' && *at != '"' &&
               *at != '\r' && *at != '\n')
            *at++ = '*';
    }
}
