#include "base/err.h"

static const char *const texts[] = {
    "success",
#define ERR(name, text) text,
#include "base/err.def"
#undef ERR
};

static const char *const names[] = {
    "OK",
#define ERR(name, text) #name,
#include "base/err.def"
#undef ERR
};

const char *err_text(enum err err)
{
    return err >= OK && err < ERR_COUNT ? texts[err] : "unknown error";
}

const char *err_name(enum err err)
{
    return err >= OK && err < ERR_COUNT ? names[err] : "UNKNOWN";
}
