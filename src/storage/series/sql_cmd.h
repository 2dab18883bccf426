/* sql_cmd - `shangyou sql`: questions in SQL to the readings, as CSV. */
#ifndef SQL_CMD_H
#define SQL_CMD_H

int sql_command(int argc, char **argv);

#endif
