/* ledger_cmd - shangyou ledger verify | prove | check-proof | dump | status */
#ifndef LEDGER_CMD_H
#define LEDGER_CMD_H

int ledger_command(int argc, char **argv);

#endif
