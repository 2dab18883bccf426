/*
 * standards_cmd - tables of standards out of a directory, in place of those in
 * the program: an expert lays a new edition beside the printed one and it is in
 * force without a new program.
 *
 * Every file is checked against ours, then all of them are tried in a process
 * of their own, so that tables which contradict themselves end that and not
 * this one. Nothing is taken over unless all is well.
 */
#ifndef STANDARDS_CMD_H
#define STANDARDS_CMD_H

#include <stdbool.h>

/*
 * Before the first table is read and before there are threads. False: said on
 * standard error, file and line, and nothing is changed. NULL or "": nothing.
 */
bool standards_use(const char *directory);

/* shangyou standards list | export DIR | check DIR */
int standards_command(int argc, char **argv);

#endif
