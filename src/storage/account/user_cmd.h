/* user_cmd - shangyou user add | list | passwd | unlock | disable ... */
#ifndef USER_CMD_H
#define USER_CMD_H

int user_command(int argc, char **argv);

#endif
