/* import_cmd - shangyou import registry PATH --data DIR [--dry-run] */
#ifndef IMPORT_CMD_H
#define IMPORT_CMD_H

int import_command(int argc, char **argv);

#endif
