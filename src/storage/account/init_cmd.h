/* init_cmd - shangyou init --data DIR: makes a data directory. */
#ifndef INIT_CMD_H
#define INIT_CMD_H

int init_command(int argc, char **argv);

#endif
