/*
 * shangyou - the monitoring network of a province in one program. This is the
 * contents page: every subcommand, one line each.
 */
#include "api/command_cmd.h"
#include "assess/assess_cmd.h"
#include "assess/standards_cmd.h"
#include "base/span.h"
#include "bench/bench_cmd.h"
#include "ingest/hj212/hj212_cmd.h"
#include "ingest/pipeline/replay_cmd.h"
#include "serve.h"
#include "simulate/simulate_cmd.h"
#include "storage/account/init_cmd.h"
#include "storage/account/user_cmd.h"
#include "storage/ledger/ledger_cmd.h"
#include "storage/registry/import_cmd.h"
#include "storage/series/sql_cmd.h"

#include <stdio.h>
#include <stdlib.h>

struct subcommand {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the name */
    const char *help;
};

static int help(int argc, char **argv);

/* clang-format off */
static const struct subcommand subcommands[] = {
#define SUBCOMMAND(name, run, text) {name, run, text},
    SUBCOMMAND("help", help, "this list")
    SUBCOMMAND("hj212", hj212_command, "frames to JSON and back, checksums")
    SUBCOMMAND("init", init_command, "make a data directory")
    SUBCOMMAND("import", import_command, "sites, devices, limits out of files")
    SUBCOMMAND("user", user_command, "accounts: add, list, passwd, unlock")
    SUBCOMMAND("serve", serve_command, "the server: devices in, people in")
    SUBCOMMAND("command", command_command, "ask something of a device")
    SUBCOMMAND("ledger", ledger_command, "verify, prove, dump the evidence")
    SUBCOMMAND("sql", sql_command, "questions in SQL to the readings")
    SUBCOMMAND("replay", replay_command, "readings anew out of the ledger")
    SUBCOMMAND("simulate", simulate_command, "play devices, or generate load")
    SUBCOMMAND("bench", bench_command, "figures beside this machine's limits")
    SUBCOMMAND("assess", assess_command, "verdicts over CSV: AQI, class, limits")
    SUBCOMMAND("standards", standards_command, "tables of standards: list, export, check")
#undef SUBCOMMAND
};
/* clang-format on */

static int help(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("shangyou - the monitoring network of a province\n\nusage:");
    for (size_t i = 0; i < LENGTH(subcommands); i++)
        printf("  shangyou %-10s %s\n", subcommands[i].name,
               subcommands[i].help);
    puts("\nEach has --help.");
    return EXIT_SUCCESS;
}

/* The server has the setting, which may be the same. */
static bool tables_fit(const char *subcommand)
{
    return strcmp(subcommand, "serve") == 0 ||
           strcmp(subcommand, "standards") == 0 ||
           standards_use(getenv("SHANGYOU_STANDARDS"));
}

int main(int argc, char **argv)
{
    if (argc < 2 || span_is(span_of(argv[1]), "--help") ||
        span_is(span_of(argv[1]), "-h"))
        return help(argc, argv);
    if (!tables_fit(argv[1]))
        return EXIT_FAILURE;
    for (size_t i = 0; i < LENGTH(subcommands); i++) {
        if (span_is(span_of(argv[1]), subcommands[i].name))
            return subcommands[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "shangyou: no subcommand '%s'; see shangyou --help\n",
            argv[1]);
    return 2;
}
