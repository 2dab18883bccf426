/*
 * banned - functions that are not to be used here: they write without a bound,
 * keep their result in a place that all threads share, or cannot say that
 * something was wrong. Naming one is a compile error. The build puts this
 * header before every source; the headers that declare them come first, so
 * that their own lines pass.
 *
 *   strcpy strcat stpcpy sprintf vsprintf  span_copy, snprintf, buf_printf
 *   strtok                                 span_take
 *   localtime gmtime ctime asctime         base/datetime.h
 *   atoi atol atoll atof                   decimal_parse, strtol
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat stpcpy sprintf vsprintf strtok
#pragma GCC poison localtime gmtime ctime asctime
#pragma GCC poison atoi atol atoll atof

#endif
