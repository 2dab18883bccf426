/*
 * hj212 - the protocol of China's online monitoring: HJ/T 212-2005, HJ 212-2017
 * and HJ 212-2025 (as far as it is known).
 *
 *     ##0101QN=20160801085857223;ST=32; ... ;CP=&&RtdInterval=30&&1C80\r\n
 *     | |   |                                                     |
 *     | |   data segment                    its CRC, 4 hex digits
 *     | length of the data segment, 4 decimal digits
 *     mark
 *
 * The codec works on bytes that somebody else received. It reads no socket,
 * keeps no state and allocates nothing: a decoded frame points into the
 * caller's bytes and lives as long as they do. Whatever the bytes are, it
 * answers with a verdict; a hostile peer can make it say no, and nothing else.
 *
 * What real devices do against the text of the standard is a deviation: each
 * has a name (deviation.def), is reported with the frame, and is tolerated or
 * refused by the policy of its device.
 */
#ifndef HJ212_H
#define HJ212_H

#include "base/buf.h"
#include "base/decimal.h"
#include "base/span.h"

#include <stdint.h>

enum {
    HJ212_SEGMENT_MAX = 1024,       /* data segment, HJ 212-2017 table 2 */
    HJ212_SEGMENT_LARGE_MAX = 4096, /* with the deviation LARGE_SEGMENT */
    HJ212_OVERHEAD = 12,            /* mark, length, CRC, tail */
    HJ212_VALUES_MAX = 1024,        /* pairs of one frame */
    HJ212_MN_MAX = 64,
    HJ212_SM4_KEY_LEN = 16,
};

/* verdict.def: VERDICT(name, "name_in_json", "what it says to a person"). */
enum hj212_verdict {
#define VERDICT(name, json, text) HJ212_##name,
#include "ingest/hj212/verdict.def"
#undef VERDICT
    HJ212_VERDICT_COUNT
};

const char *hj212_verdict_name(enum hj212_verdict verdict);
const char *hj212_verdict_text(enum hj212_verdict verdict);

/* deviation.def: DEVIATION(name, "name_in_json", by default, text, 中文). */
enum hj212_deviation {
#define DEVIATION(name, json, tolerated, text, zh) HJ212_DEV_##name,
#include "ingest/hj212/deviation.def"
#undef DEVIATION
    HJ212_DEVIATION_COUNT
};

/* A set of deviations: bit n is the deviation n. */
typedef uint64_t hj212_deviations;

#define HJ212_DEV_BIT(name) ((hj212_deviations)1 << HJ212_DEV_##name)

const char *hj212_deviation_name(enum hj212_deviation deviation);
const char *hj212_deviation_text(enum hj212_deviation deviation);
const char *hj212_deviation_text_zh(enum hj212_deviation deviation);
bool hj212_deviation_parse(struct span name, enum hj212_deviation *out);

/* What the default policy tolerates. */
hj212_deviations hj212_tolerated_by_default(void);

/* How one device's frames are read. */
struct hj212_policy {
    hj212_deviations tolerated; /* the others refuse the frame */
    const uint8_t *sm4_key;     /* HJ212_SM4_KEY_LEN bytes, or NULL */
};

/*
 * Where a policy is found once the MN of a frame has been read; NULL uses the
 * default policy. The MN may be any bytes a peer sent.
 */
struct hj212_policies {
    const struct hj212_policy *(*find)(void *context, struct span mn);
    void *context;
};

enum hj212_edition { HJ212_2005, HJ212_2017, HJ212_2025 };

/* command.def: every command of the three editions. */
enum hj212_direction { HJ212_DOWN = 1, HJ212_UP = 2 };
enum hj212_command_kind {
    HJ212_REQUEST, /* answered by 9011, then 9012 */
    HJ212_UPLOAD,  /* answered by 9014 if the A bit asks */
    HJ212_NOTICE,  /* answered by 9013 */
    HJ212_REPLY,   /* 9011 to 9014 themselves */
};

struct hj212_command {
    int cn;
    enum hj212_direction direction; /* bit set */
    enum hj212_command_kind down_kind, up_kind;
    unsigned editions; /* bit set of 1 << enum hj212_edition */
    const char *name_en, *name_zh;
};

/* NULL when the edition does not define it in that direction. */
const struct hj212_command *hj212_command_find(enum hj212_edition edition,
                                               enum hj212_direction direction,
                                               int cn);

/* Row by row, in the order of numbers; NULL behind the last. */
const struct hj212_command *hj212_command_at(size_t index);

/* What stands behind the last '-' of a name; suffix.def. */
enum hj212_suffix {
#define SUFFIX(name, text) HJ212_SUFFIX_##name,
#include "ingest/hj212/suffix.def"
#undef SUFFIX
    HJ212_SUFFIX_COUNT
};

const char *hj212_suffix_text(enum hj212_suffix suffix);

/* One pair of the data area: a34004-Avg=35.0, or DataTime=20160801084000. */
struct hj212_value {
    struct span name;         /* as sent, trimmed */
    struct span code;         /* before the last '-'; empty for plain fields */
    struct span text;         /* the value as sent, trimmed */
    enum hj212_suffix suffix; /* NONE for plain fields, OTHER for vendors' */
    bool is_number;
    struct decimal number; /* exactly as written, when is_number */
};

struct hj212_frame {
    struct span raw;     /* from the mark to the tail, or the refused piece */
    struct span segment; /* the data segment (decrypted in place for SM4) */

    struct span qn, st, pw, mn, cp;
    int cn;            /* -1 when missing */
    int flag;          /* -1 when missing */
    int pnum, pno;     /* 0 when not numbered */
    bool ack_wanted;   /* the A bit */
    bool backfilled;   /* RF=1 of 2025 */
    bool tail_pending; /* the bytes ended before CR LF: see hj212_receive */
    bool encrypted;    /* its CP came as SM4 cipher */
    enum hj212_edition edition;

    hj212_deviations deviations;
    size_t value_count;
    struct hj212_value values[HJ212_VALUES_MAX];
};

/*
 * Takes the next thing out of the bytes received so far: a frame, a refused
 * piece, noise before a mark, or nothing yet. *out_consumed is always what the
 * caller drops from the front of its buffer. out->raw is the piece spoken of;
 * the rest of *out is complete on HJ212_OK and as far as it could be read on a
 * refusal (mn is set if it was found). `in` is not const inside: an encrypted
 * CP is replaced by its plain text in place.
 *
 * HJ212_NEED_MORE: wait for more bytes; *out_consumed may still be > 0. When a
 * caller has waited long enough, hj212_give_up says how much to drop.
 *
 * A frame is delivered as soon as its CRC is there, since some devices send no
 * CR LF. When the bytes end right there, tail_pending says so; if the next
 * byte of that peer is neither CR nor LF, the frame had TAIL_MISSING. A CR LF
 * that comes late is dropped without a word.
 */
enum hj212_verdict hj212_receive(struct span in,
                                 const struct hj212_policies *policies,
                                 struct hj212_frame *out, size_t *out_consumed);

/* The partial-frame timer fired: bytes to drop so that scanning goes on. */
size_t hj212_give_up(struct span in);

/*
 * Decodes one whole frame (nothing before it, nothing but CR LF behind it) with
 * a known policy (NULL: the default).
 */
enum hj212_verdict hj212_decode(struct span in,
                                const struct hj212_policy *policy,
                                struct hj212_frame *out);

/* The value of a field or of code-suffix; NULL if absent. Case is ignored. */
const struct hj212_value *hj212_field(const struct hj212_frame *frame,
                                      const char *name);

/* DataTime (or BeginTime ...) as UTC seconds; 14 digits, 17 are tolerated. */
enum err hj212_time_field(const struct hj212_frame *frame, const char *name,
                          int64_t *out_s) MUST_CHECK;

/*
 * What a frame's DataTime says beside the moment of its arrival: TIME_FUTURE
 * (more than five minutes ahead), TIME_LATE (a day or more), as a set.
 */
hj212_deviations hj212_time_deviations(const struct hj212_frame *frame,
                                       int64_t arrival_s);

/*
 * Both speak of the same device, command, period and packet with different
 * content: REPEATED_OTHERWISE. (A plain repetition answers false.)
 */
bool hj212_contradicts(const struct hj212_frame *a,
                       const struct hj212_frame *b);

/* The checksum of annex A. It is not the CRC-16 of Modbus. */
uint16_t hj212_crc(struct span data);

/* ---- writing ---- */

/*
 * Appends the whole frame around a data segment: mark, length, CRC, CR LF.
 * ERR_TOO_LARGE above HJ212_SEGMENT_MAX.
 */
enum err hj212_wrap(struct span segment, struct buf *out) MUST_CHECK;

struct hj212_header {
    struct span qn, st, pw, mn; /* empty ones are left out */
    int cn;
    int flag;      /* -1: left out */
    int pnum, pno; /* written when pnum > 0 */
    bool backfilled;
};

/*
 * Appends a frame with this header and this CP content (between the && marks).
 * With a key, the CP is encrypted as HJ 212-2025 says (SM4, ECB, whole blocks).
 */
enum err hj212_encode(const struct hj212_header *header, struct span cp,
                      const uint8_t *sm4_key, struct buf *out) MUST_CHECK;

/*
 * The answer 9011 to 9014 to a frame, in the edition and form (QN in the header
 * or, 2005, inside CP) of that frame. `code` is QnRtn or ExeRtn; ignored for
 * 9013 and 9014.
 */
enum err hj212_answer(const struct hj212_frame *to, int cn, int code,
                      struct buf *out) MUST_CHECK;

/* A decoded frame written again: the reverse of hj212_decode. */
enum err hj212_encode_frame(const struct hj212_frame *frame,
                            struct buf *out) MUST_CHECK;

#endif
