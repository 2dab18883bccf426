#include "base/csv.h"

#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>

/* ---- encoding ---- */

static enum err from_gb18030(struct buf *text)
{
    struct buf out;
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    char *in = text->at;
    size_t in_left = text->len;
    enum err err = OK;

    if (cd == (iconv_t)-1)
        return ERR_UNSUPPORTED;
    buf_init(&out, text->max);
    while (in_left && !err) {
        size_t room = 2 * in_left + 16;
        size_t left;
        char *to;

        if (room > out.max - out.len)
            room = out.max - out.len;
        to = buf_room(&out, room);
        left = room;
        if (room == 0 || !to) {
            err = ERR_TOO_LARGE;
            break;
        }
        if (iconv(cd, &in, &in_left, &to, &left) == (size_t)-1)
            err = errno == E2BIG ? (left == room ? ERR_TOO_LARGE : OK)
                                 : ERR_ENCODING;
        out.len += room - left;
        out.at[out.len] = '\0';
    }
    iconv_close(cd);
    if (err) {
        buf_done(&out);
        return err;
    }
    buf_done(text);
    *text = out;
    return OK;
}

enum err csv_to_utf8(struct buf *text)
{
    static const struct span mark = {"\xEF\xBB\xBF", 3};

    if (span_starts(buf_span(text), mark))
        buf_eat(text, mark.len);
    return utf8_valid(buf_span(text)) ? OK : from_gb18030(text);
}

/* ---- reading ---- */

void csv_init(struct csv *c, char *text, size_t len)
{
    c->at = text;
    c->end = text + len;
    c->line = 0;
    c->next_line = 1;
    c->count = 0;
    c->names = 0;
}

/* Passes over the end of a line; counts it. */
static void end_of_line(struct csv *c)
{
    if (c->at < c->end && *c->at == '\r')
        c->at++;
    if (c->at < c->end && *c->at == '\n')
        c->at++;
    c->next_line++;
}

static bool at_field_end(const struct csv *c)
{
    return c->at == c->end || *c->at == ',' || *c->at == '\n' ||
           (*c->at == '\r' && (c->at + 1 == c->end || c->at[1] == '\n'));
}

/* A quoted field, its doubled quotes made single in place. */
static enum err quoted_field(struct csv *c, struct span *out)
{
    char *to = ++c->at;
    char *start = to;

    while (c->at < c->end) {
        if (*c->at == '"') {
            if (c->at + 1 < c->end && c->at[1] == '"') {
                c->at++;
            } else {
                c->at++;
                *out = (struct span){start, (size_t)(to - start)};
                return at_field_end(c) ? OK : ERR_SYNTAX;
            }
        } else if (*c->at == '\n') {
            c->next_line++;
        }
        *to++ = *c->at++;
    }
    return ERR_SYNTAX;
}

static enum err plain_field(struct csv *c, struct span *out)
{
    char *start = c->at;
    enum err err = OK;

    while (!at_field_end(c)) {
        if (*c->at == '"')
            err = ERR_SYNTAX;
        c->at++;
    }
    *out = (struct span){start, (size_t)(c->at - start)};
    return err;
}

static enum err read_row(struct csv *c)
{
    enum err err = OK;

    c->count = 0;
    for (;;) {
        struct span field;
        enum err bad = c->at < c->end && *c->at == '"' ? quoted_field(c, &field)
                                                       : plain_field(c, &field);

        if (bad) {
            while (!at_field_end(c))
                c->at++;
            err = bad;
        } else if (c->count == CSV_COLUMNS_MAX) {
            err = ERR_TOO_LARGE;
        } else {
            c->field[c->count++] = field;
        }
        if (c->at == c->end || *c->at != ',')
            break;
        c->at++;
    }
    end_of_line(c);
    return err;
}

enum err csv_row(struct csv *c)
{
    while (c->at < c->end) {
        enum err err;

        c->line = c->next_line;
        err = read_row(c);
        if (err || c->count > 1 || span_trim(c->field[0]).len)
            return err;
    }
    return ERR_NOT_FOUND;
}

enum err csv_header(struct csv *c)
{
    enum err err = csv_row(c);

    if (err)
        return err;
    c->names = c->count;
    for (size_t i = 0; i < c->count; i++)
        c->name[i] = span_trim(c->field[i]);
    return OK;
}

int csv_column(const struct csv *c, const char *name)
{
    for (size_t i = 0; i < c->names; i++) {
        if (span_is(c->name[i], name))
            return (int)i;
    }
    return -1;
}

struct span csv_field(const struct csv *c, const char *name)
{
    int column = csv_column(c, name);

    if (column < 0 || (size_t)column >= c->count)
        return (struct span){"", 0};
    return span_trim(c->field[column]);
}

/* ---- writing ---- */

static bool needs_quotes(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (strchr(",\"\r\n", s.at[i]) && s.at[i])
            return true;
    }
    return s.len && (s.at[0] == ' ' || s.at[s.len - 1] == ' ');
}

static void write_field(struct buf *out, struct span s, const char *before)
{
    bool quotes = needs_quotes(s);

    if (quotes)
        buf_char(out, '"');
    buf_text(out, before);
    while (s.len) {
        size_t run = span_find(s, '"');

        buf_add(out, span_first(s, run));
        if (run < s.len) {
            buf_text(out, "\"\"");
            run++;
        }
        s = span_from(s, run);
    }
    if (quotes)
        buf_char(out, '"');
}

void csv_add(struct buf *out, struct span field, bool first)
{
    if (!first)
        buf_char(out, ',');
    write_field(out, field, "");
}

void csv_add_text(struct buf *out, struct span field, bool first)
{
    bool formula = field.len && field.at[0] && strchr("=+-@\t\r", field.at[0]);

    if (!first)
        buf_char(out, ',');
    write_field(out, field, formula ? "'" : "");
}

void csv_end(struct buf *out)
{
    buf_text(out, "\r\n");
}
