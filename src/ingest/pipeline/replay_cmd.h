/* replay_cmd - `shangyou replay`: the store made anew from its ledger. */
#ifndef REPLAY_CMD_H
#define REPLAY_CMD_H

int replay_command(int argc, char **argv);

#endif
