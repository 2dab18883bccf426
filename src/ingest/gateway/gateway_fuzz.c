/*
 * Bytes as the line behind a quarantined frame, as an address, as a block, and
 * as a place to listen on. What is cut must lie within the input.
 */
#include "ingest/gateway/address.h"
#include "ingest/gateway/quarantine.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span in = {(const char *)data, size}, frame, peer, mn;
    enum quarantine_reason reason;
    struct sockaddr_storage name;
    struct address address;
    char text[ADDRESS_TEXT];
    socklen_t len;

    gateway_quarantine_split(in, &frame, &reason, &peer);
    mn = quarantine_mn(in);
    assert(frame.at == in.at && frame.len <= in.len);
    assert(mn.len <= in.len && peer.len <= in.len);
    assert(reason < QUARANTINE_REASON_COUNT);
    if (address_parse(in, &address) == OK) {
        address_text(address, 1, text);
        assert(address_parse(span_of(text), &address) == OK);
        assert(address_in(address, SPAN("::/0")));
        address_in(address, in);
    }
    if (address_listen(in, &name, &len) == OK)
        assert(len <= sizeof(name));
    return 0;
}
