/* hj212_cmd - shangyou hj212 decode | encode | crc. */
#ifndef HJ212_CMD_H
#define HJ212_CMD_H

int hj212_command(int argc, char **argv);

#endif
