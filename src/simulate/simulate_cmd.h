/* simulate_cmd - `shangyou simulate`: see its --help. */
#ifndef SIMULATE_CMD_H
#define SIMULATE_CMD_H

int simulate_command(int argc, char **argv);

#endif
