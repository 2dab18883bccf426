/*
 * command_cmd - `shangyou command`: sends a command to a device through the API
 * of a running server, and follows it to its end. A client like any other: it
 * knows of the server what docs/api.md says.
 */
#ifndef COMMAND_CMD_H
#define COMMAND_CMD_H

int command_command(int argc, char **argv);

#endif
