/* shangyou assess - verdicts over CSV, from standard input to output. */
#ifndef ASSESS_CMD_H
#define ASSESS_CMD_H

int assess_command(int argc, char **argv);

#endif
