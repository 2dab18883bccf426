#include "ingest/gateway/gateway_testing.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* ---- certificates of one's own ---- */

static void write_key(const char *path, EVP_PKEY *key)
{
    FILE *file = fopen(path, "w");

    CHECK(file != NULL);
    CHECK_INT(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    CHECK_INT(fclose(file), 0);
}

static void write_certificate(const char *path, X509 *x)
{
    FILE *file = fopen(path, "w");

    CHECK(file != NULL);
    CHECK_INT(PEM_write_X509(file, x), 1);
    CHECK_INT(fclose(file), 0);
}

/* Makes NAME.pem and NAME.key, signed by itself. */
static void make_certificate(struct world *w, const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_NAME *subject;

    CHECK(key && x);
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    subject = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, subject);
    CHECK(X509_sign(x, key, EVP_sha256()) > 0);
    write_key(path_in(w, arena_printf(&w->arena, "%s.key", name)), key);
    write_certificate(path_in(w, arena_printf(&w->arena, "%s.pem", name)), x);
    X509_free(x);
    EVP_PKEY_free(key);
}

static void world_init_tls(struct world *w, bool client_certificates)
{
    world_init(w);
    make_certificate(w, "server");
    make_certificate(w, "device");
    world_stop(w);
    w->options.listen_tls = "127.0.0.1:0";
    w->options.tls_certificate = path_in(w, "server.pem");
    w->options.tls_key = path_in(w, "server.key");
    if (client_certificates)
        w->options.tls_client_ca = path_in(w, "device.pem");
    w->options.partial_timeout_s = 1;
    world_start(w);
}

/* ---- a device with TLS ---- */

struct tls_peer {
    struct peer tcp;
    SSL_CTX *context;
    SSL *ssl;
};

/* With a certificate (a name) or none; answers whether the handshake went. */
static bool tls_dial(struct world *w, struct tls_peer *p, const char *name)
{
    peer_dial(&p->tcp, gateway_port_tls(w->gateway));
    p->context = SSL_CTX_new(TLS_client_method());
    CHECK(p->context != NULL);
    if (name) {
        CHECK_INT(SSL_CTX_use_certificate_file(
                      p->context,
                      path_in(w, arena_printf(&w->arena, "%s.pem", name)),
                      SSL_FILETYPE_PEM),
                  1);
        CHECK_INT(SSL_CTX_use_PrivateKey_file(
                      p->context,
                      path_in(w, arena_printf(&w->arena, "%s.key", name)),
                      SSL_FILETYPE_PEM),
                  1);
    }
    p->ssl = SSL_new(p->context);
    CHECK(p->ssl != NULL);
    CHECK_INT(SSL_set_fd(p->ssl, p->tcp.fd), 1);
    return SSL_connect(p->ssl) == 1;
}

static void tls_close(struct tls_peer *p)
{
    SSL_free(p->ssl);
    SSL_CTX_free(p->context);
    peer_close(&p->tcp);
}

/* The next answer, or "" at the end of the connection. */
static const char *tls_line(struct tls_peer *p, char line[2048])
{
    int n;

    line[0] = '\0';
    while (!memmem(p->tcp.in, p->tcp.len, "\r\n", 2)) {
        n = SSL_read(p->ssl, p->tcp.in + p->tcp.len,
                     (int)(sizeof(p->tcp.in) - 1 - p->tcp.len));
        if (n <= 0)
            return line;
        p->tcp.len += (size_t)n;
    }
    return peer_line(&p->tcp, line);
}

TEST(frames_come_in_by_tls_too)
{
    struct world w;
    struct tls_peer p;
    struct gateway_session *sessions;
    struct span frame;
    char line[2048];

    world_init_tls(&w, false);
    CHECK(tls_dial(&w, &p, NULL));
    for (int i = 0; i < 200; i++) {
        const char *qn = arena_printf(&w.arena, "20260801085857%03d", i);

        frame = upload(&w, MN_A, "123456", qn, "40.1");
        CHECK_INT(SSL_write(p.ssl, frame.at, (int)frame.len), frame.len);
        if (i % 10)
            continue;
        CHECK_TEXT(tls_line(&p, line), ack(&w, MN_A, qn));
        for (int k = 1; k < 10; k++) {
            qn = arena_printf(&w.arena, "20260801085857%03d", i + k);
            frame = upload(&w, MN_A, "123456", qn, "40.1");
            CHECK_INT(SSL_write(p.ssl, frame.at, (int)frame.len), frame.len);
        }
        for (int k = 1; k < 10; k++) {
            qn = arena_printf(&w.arena, "20260801085857%03d", i + k);
            CHECK_TEXT(tls_line(&p, line), ack(&w, MN_A, qn));
        }
        i += 9;
    }
    CHECK_INT(gateway_sessions(w.gateway, &w.arena, &sessions), 1);
    CHECK(sessions[0].tls);
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 200);
    tls_close(&p);
    WAIT_FOR(counters(&w).connections_now == 0);
    world_done(&w);
}

TEST(many_frames_in_one_tls_record_are_all_answered)
{
    struct world w;
    struct tls_peer p;
    struct buf all;
    char line[2048];

    world_init_tls(&w, false);
    CHECK(tls_dial(&w, &p, NULL));
    buf_init(&all, 1 << 20);
    for (int i = 0; i < 400; i++)
        buf_add(&all, upload(&w, MN_A, "123456",
                             arena_printf(&w.arena, "20260801085857%03d", i),
                             "40.1"));
    CHECK_INT(SSL_write(p.ssl, all.at, (int)all.len), all.len);
    for (int i = 0; i < 400; i++)
        CHECK_TEXT(
            tls_line(&p, line),
            ack(&w, MN_A, arena_printf(&w.arena, "20260801085857%03d", i)));
    buf_done(&all);
    tls_close(&p);
    world_done(&w);
}

TEST(a_device_can_be_asked_for_a_certificate)
{
    struct world w;
    struct tls_peer good, none, other;
    struct span frame;
    char line[2048];

    world_init_tls(&w, true);
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    CHECK(tls_dial(&w, &good, "device"));
    CHECK_INT(SSL_write(good.ssl, frame.at, (int)frame.len), frame.len);
    CHECK_TEXT(tls_line(&good, line), ack(&w, MN_A, "20260801085857223"));
    /* TLS 1.3 tells the client only when it reads. */
    if (tls_dial(&w, &none, NULL))
        CHECK_TEXT(tls_line(&none, line), "");
    if (tls_dial(&w, &other, "server"))
        CHECK_TEXT(tls_line(&other, line), "");
    tls_close(&none);
    tls_close(&other);
    tls_close(&good);
    WAIT_FOR(counters(&w).connections_now == 0);
    world_done(&w);
}

TEST(who_does_not_speak_tls_is_let_go)
{
    struct world w;
    struct peer plain, silent;

    world_init_tls(&w, false);
    peer_dial(&plain, gateway_port_tls(w.gateway));
    peer_send(&plain, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK(peer_was_closed(&plain));
    peer_dial(&silent, gateway_port_tls(w.gateway));
    CHECK(peer_was_closed(&silent));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 0);
    peer_close(&plain);
    peer_close(&silent);
    world_done(&w);
}

TEST(a_wrong_certificate_file_is_an_error_at_start)
{
    struct world w;
    struct gateway *second = NULL;
    struct gateway_options options;

    world_init_tls(&w, false);
    options = w.options;
    options.tls_certificate = path_in(&w, "missing.pem");
    CHECK_INT(gateway_start(&options, w.registry, w.writer, &second),
              ERR_INVALID);
    options.tls_certificate = NULL;
    CHECK_INT(gateway_start(&options, w.registry, w.writer, &second),
              ERR_INVALID);
    options = w.options;
    options.tls_key = path_in(&w, "device.key"); /* not the server's */
    CHECK_INT(gateway_start(&options, w.registry, w.writer, &second),
              ERR_INVALID);
    world_done(&w);
}
