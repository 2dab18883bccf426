#include "ingest/pipeline/pending.h"

#include "base/test.h"

static struct pending_item item(int32_t point, int32_t step, int64_t start_s,
                                int64_t due_s)
{
    return (struct pending_item){
        .point = point,
        .step = step,
        .start_s = start_s,
        .due_s = due_s,
        .lanes = 1,
        .cause = 1,
    };
}

TEST(many_changes_of_a_period_make_one_item)
{
    struct pending p;
    struct pending_item a = item(7, 0, 3600, 7320);
    struct pending_item out;

    pending_init(&p);
    pending_add(&p, &a);
    a.lanes = 4;
    a.cause = 9;
    a.due_s = 8000; /* the moment of the first stays */
    pending_add(&p, &a);
    CHECK_INT(p.count, 1);
    CHECK(pending_take(&p, &out));
    CHECK_INT(out.lanes, 5);
    CHECK_INT(out.cause, 9);
    CHECK_INT(out.due_s, 7320);
    CHECK(!pending_take(&p, &out));
    pending_done(&p);
}

TEST(items_come_by_moment_then_step_then_point_then_period)
{
    struct pending p;
    const struct pending_item order[] = {
        item(9, 3, 50, 100), item(1, 0, 50, 200), item(2, 0, 40, 200),
        item(2, 0, 50, 200), item(1, 1, 10, 200),
    };

    pending_init(&p);
    CHECK_INT(pending_next(&p), INT64_MAX);
    for (size_t i = LENGTH(order); i-- > 0;)
        pending_add(&p, &order[i]);
    CHECK_INT(pending_next(&p), 100);
    for (size_t i = 0; i < LENGTH(order); i++) {
        struct pending_item out;

        CHECK(pending_take(&p, &out));
        CHECK_INT(out.point, order[i].point);
        CHECK_INT(out.step, order[i].step);
        CHECK_INT(out.start_s, order[i].start_s);
    }
    pending_done(&p);
}

TEST(a_crowd_goes_in_and_comes_out_whole_and_in_order)
{
    struct pending p;
    struct pending_item out;
    int64_t last = INT64_MIN;
    size_t taken = 0;

    pending_init(&p);
    for (int i = 0; i < 20000; i++) {
        struct pending_item a =
            item(1 + i % 300, i % 5, (int64_t)i * 3600, (i * 7919) % 10007);

        pending_add(&p, &a);
        if (i % 3 == 0) {
            CHECK(pending_take(&p, &out));
            taken++;
        }
    }
    while (pending_take(&p, &out)) {
        CHECK(out.due_s >= last);
        last = out.due_s;
        taken++;
    }
    CHECK_INT(taken, 20000);
    pending_done(&p);
}

TEST(the_set_survives_as_bytes)
{
    struct pending p, q;
    struct buf bytes;
    struct pending_item a, b;

    pending_init(&p);
    pending_init(&q);
    buf_init(&bytes, 1 << 20);
    for (int i = 0; i < 1000; i++) {
        a = item(1 + i, i % 4, i * 60, 5000 - i);
        a.lanes = (uint64_t)i << 40;
        pending_add(&p, &a);
    }
    pending_encode(&p, &bytes);
    CHECK(!bytes.full);
    CHECK_INT(pending_decode(&q, buf_span(&bytes)), OK);
    while (pending_take(&p, &a)) {
        CHECK(pending_take(&q, &b));
        CHECK_INT(a.point, b.point);
        CHECK_INT(a.lanes, b.lanes);
        CHECK_INT(a.due_s, b.due_s);
    }
    CHECK(!pending_take(&q, &b));
    CHECK_INT(pending_decode(&q, span_first(buf_span(&bytes), 79)),
              ERR_CORRUPT);
    CHECK_INT(q.count, 0);
    buf_done(&bytes);
    pending_done(&p);
    pending_done(&q);
}
