#include "standards/standards.h"

struct embedded {
    const char *name, *text;
    size_t len;
};

#include "standards/standards_data.inc"

static struct span replaced[LENGTH(files)];

struct span standards_file(const char *name)
{
    for (size_t i = 0; i < LENGTH(files); i++) {
        if (strcmp(files[i].name, name) == 0)
            return replaced[i].at ? replaced[i]
                                  : (struct span){files[i].text, files[i].len};
    }
    return (struct span){NULL, 0};
}

bool standards_replace(const char *name, struct span text)
{
    for (size_t i = 0; i < LENGTH(files); i++) {
        if (strcmp(files[i].name, name) == 0) {
            replaced[i] = text;
            return true;
        }
    }
    return false;
}

size_t standards_names(const char *const **out)
{
    *out = names;
    return LENGTH(names);
}
