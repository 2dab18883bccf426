/*
 * TLS on a non-blocking socket, read and written like a plain one. OpenSSL
 * keeps its buffers only while bytes are in them.
 */
#include "base/log.h"
#include "ingest/gateway/inside.h"

#include <errno.h>
#include <openssl/err.h>

static enum err fail(SSL_CTX *context, const char *what, const char *file)
{
    char why[128] = "none given";
    unsigned long code = ERR_get_error();

    if (code)
        ERR_error_string_n(code, why, sizeof(why));
    log_error("TLS cannot be set up", "what=%s file=%s why=%s", what, file,
              why);
    ERR_clear_error();
    SSL_CTX_free(context);
    return ERR_INVALID;
}

enum err tls_context(const struct gateway_options *options, SSL_CTX **out)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (!context)
        abort(); /* out of memory */
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (!options->tls_certificate || !options->tls_key)
        return fail(context, "certificate and key are needed", "");
    if (SSL_CTX_use_certificate_chain_file(context, options->tls_certificate) !=
        1)
        return fail(context, "certificate", options->tls_certificate);
    if (SSL_CTX_use_PrivateKey_file(context, options->tls_key,
                                    SSL_FILETYPE_PEM) != 1)
        return fail(context, "key", options->tls_key);
    if (options->tls_client_ca) {
        if (SSL_CTX_load_verify_locations(context, options->tls_client_ca,
                                          NULL) != 1)
            return fail(context, "client CA", options->tls_client_ca);
        SSL_CTX_set_verify(
            context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    *out = context;
    return OK;
}

/* The errno that a socket would have given. */
static ssize_t outcome(struct connection *c, int result)
{
    int why = SSL_get_error(c->ssl, result);

    ERR_clear_error();
    switch (why) {
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_WANT_WRITE:
        event_add(&c->write, NULL);
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_WANT_READ:
        errno = EAGAIN;
        return -1;
    default:
        errno = EPROTO;
        return -1;
    }
}

ssize_t connection_recv(struct connection *c, char *at, size_t room)
{
    int n;

    if (!c->ssl)
        return recv(c->fd, at, room, 0);
    ERR_clear_error();
    n = SSL_read(c->ssl, at, (int)room);
    if (SSL_is_init_finished(c->ssl))
        c->shaken = true;
    return n > 0 ? n : outcome(c, n);
}

ssize_t connection_push(struct connection *c, struct span bytes)
{
    int n;

    if (!c->ssl)
        return send(c->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
    ERR_clear_error();
    n = SSL_write(c->ssl, bytes.at, (int)bytes.len);
    return n > 0 ? n : outcome(c, n);
}
