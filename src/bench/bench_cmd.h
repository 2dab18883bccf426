/* bench_cmd - `shangyou bench`. */
#ifndef BENCH_CMD_H
#define BENCH_CMD_H

int bench_command(int argc, char **argv);

#endif
