/*
 * A person with a pencil: 200 samples of each family are judged, and every one
 * is judged again from the sentences of its derivation alone, which must say
 * enough to arrive at the same result.
 */
#include "assess/drinking/drinking.h"
#include "assess/drinking/source.h"
#include "assess/groundwater/groundwater.h"

#include "base/test.h"

#include <stdio.h>

enum { SAMPLES = 200, ITEMS = 14, TODAY = 20260601 };

static uint64_t seed = 20260601;

static int any(int count)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (int)((seed >> 33) % (uint64_t)count);
}

/* ---- reading sentences ---- */

/* What stands between two marks; ends where the text ends without `end`. */
static bool between(const char *text, const char *start, const char *end,
                    struct span *out)
{
    const char *from = strstr(text, start);
    const char *to;

    if (!from)
        return false;
    from += strlen(start);
    to = strstr(from, end);
    *out = (struct span){from, to ? (size_t)(to - from) : strlen(from)};
    return true;
}

/* The last word that is a number. */
static bool last_number(struct span text, struct decimal *out)
{
    bool found = false;

    while (text.len) {
        struct decimal d;

        if (!decimal_parse(span_take(&text, ' '), &d)) {
            *out = d;
            found = true;
        }
    }
    return found;
}

static bool cut(struct span *text, const char *mark)
{
    if (!span_starts(*text, span_of(mark)))
        return false;
    *text = span_trim(span_from(*text, strlen(mark)));
    return true;
}

/* "6.5", ">8.5", "<6.5": the end of a range. */
static bool beyond(struct span end, struct decimal value, int side)
{
    bool open = cut(&end, side < 0 ? ">" : "<");
    struct decimal limit = DECIMAL(0, 0);
    int order;

    CHECK(!decimal_parse(end, &limit));
    order = decimal_compare(value, limit) * side;
    return order > 0 || (open && order == 0);
}

static bool keeps_one(struct span bound, struct decimal value)
{
    struct decimal limit = DECIMAL(0, 0);
    const char *dash;

    if (span_is(bound, "none") || span_is(bound, "not detected"))
        return value.mantissa == 0;
    if (span_is(bound, "present"))
        return value.mantissa != 0;
    for (int sign = 0; sign < 4; sign++) {
        static const char *const signs[] = {"≤ ", "≥ ", "> ", "< "};
        struct span rest = bound;
        int order;

        if (!cut(&rest, signs[sign]))
            continue;
        CHECK(!decimal_parse(rest, &limit));
        order = decimal_compare(value, limit);
        return sign == 0   ? order <= 0
               : sign == 1 ? order >= 0
               : sign == 2 ? order > 0
                           : order < 0;
    }
    dash = memmem(bound.at, bound.len, "–", strlen("–"));
    CHECK(dash != NULL);
    return !beyond(span_first(bound, (size_t)(dash - bound.at)), value, -1) &&
           !beyond(span_from(bound, (size_t)(dash - bound.at) + strlen("–")),
                   value, 1);
}

/* One of several bounds with "or" between is enough. */
static bool keeps(struct span bounds, struct decimal value)
{
    const char * or = memmem(bounds.at, bounds.len, " or ", 4);

    if (! or)
        return keeps_one(bounds, value);
    return keeps_one(span_first(bounds, (size_t)(or -bounds.at)), value) ||
           keeps(span_from(bounds, (size_t)(or -bounds.at) + 4), value);
}

/* The value of a sentence, what stands before its first ": ". */
static struct decimal value_of(const char *step)
{
    struct span head = {step, 0}, half;
    struct decimal value = DECIMAL(0, 0), detection = DECIMAL(0, 0), twice;
    const char *note = strstr(step, " (not detected: ");

    head.len = (size_t)(strstr(note ? note + 16 : step, ": ") - step);
    if (note)
        head.len = (size_t)(note - step);
    if (!last_number(head, &value)) /* words */
        return DECIMAL(strstr(step, "present:") || strstr(step, " detected:")
                           ? strstr(step, "not detected:") == NULL
                           : 0,
                       0);
    if (between(step, "half the detection limit ", ")", &half)) {
        CHECK(!decimal_parse(half, &detection));
        CHECK(!decimal_mul(value, DECIMAL(2, 0), &twice));
        CHECK_INT(decimal_compare(twice, detection), 0);
    }
    return value;
}

/* "(v−l)/l = m times", worked out again. */
static void check_multiple(const char *step, struct decimal value)
{
    struct decimal limit = DECIMAL(0, 0), told = DECIMAL(0, 0), over, multiple;
    struct span text;

    if (!between(step, " by (", " times", &text))
        return;
    CHECK(between(step, "−", ")/", &text) && !decimal_parse(text, &limit));
    CHECK(between(step, ")/", " times", &text) && last_number(text, &told));
    CHECK(!decimal_sub(value, limit, &over));
    CHECK(!decimal_divide(over, limit, -2, ROUND_HALF_EVEN, &multiple));
    CHECK_INT(decimal_compare(multiple, told), 0);
}

/* ---- samples ---- */

/* Up to three times a limit, in its digits and two more; sometimes less-than */
static struct measured near(const char *item, struct decimal limit)
{
    struct measured m = {
        .item = item,
        .value = {limit.mantissa * any(300), (int8_t)(limit.exponent - 2)}};

    m.below_detection = any(6) == 0 && m.value.mantissa > 0;
    return m;
}

static struct measured answer(const char *item, const struct limit *limit)
{
    struct measured m = {.item = item};

    switch (limit->bound) {
    case LIMIT_MAX:
        return near(item, limit->high);
    case LIMIT_MIN:
    case LIMIT_ABOVE:
        return near(item, limit->low);
    case LIMIT_RANGE:
        m.value = DECIMAL(450 + any(550), -2);
        return m;
    case LIMIT_NOT_DETECTED:
        m.value = DECIMAL(any(3), 0);
        return m;
    default:
        m.is = any(2) ? MEASURED_PRESENT : MEASURED_NONE;
        return m;
    }
}

static struct arena arena;
static struct verdict verdict;

static const char *step_of(const char *factor)
{
    for (size_t i = 0; i < verdict.item_count; i++) {
        if (strcmp(verdict.items[i].factor, factor) == 0)
            return verdict.items[i].step_en;
    }
    return "";
}

static bool is_taken(const struct measured *values, size_t count,
                     const char *item)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(values[i].item, item) == 0)
            return true;
    }
    return false;
}

/* ---- groundwater ---- */

static int class_number(struct span name)
{
    for (int class = 1; class <= GROUNDWATER_CLASSES; class ++) {
        if (span_is(name, groundwater_class_name(class, true)))
            return class;
    }
    return 0;
}

/* The class by the two comparisons of a sentence; 0: it was not rated. */
static int class_by_hand(const char *step)
{
    struct decimal value;
    struct span name, bounds;
    int class;

    if (!between(step, "within class ", " (", &name))
        return 0;
    value = value_of(step);
    class = class_number(name);
    CHECK(between(strstr(step, "within class "), " (", ") →", &bounds));
    CHECK(keeps(bounds, value) ||
          (span_is(bounds, "not detected") && strstr(step, "(not detected")));
    if (class > 1) {
        CHECK(between(step, "outside class ", " (", &name));
        CHECK_INT(class_number(name), class - 1);
        CHECK(between(strstr(step, "outside class "), " (", "), within",
                      &bounds));
        CHECK(!keeps(bounds, value));
    }
    check_multiple(step, value);
    return class;
}

TEST(the_class_of_groundwater_follows_from_its_sentences)
{
    struct groundwater_conditions conditions = {.day = TODAY};
    int rated = 0;

    for (int sample = 0; sample < SAMPLES; sample++) {
        struct measured values[ITEMS] = {0};
        size_t count = 0;
        int worst = 0;

        while (count < ITEMS) {
            const struct groundwater_item *item =
                groundwater_item_at((size_t)any(93));
            const struct limit *l = item->limits[any(4)][0];

            if (!is_taken(values, count, item->code))
                values[count++] = answer(item->code, l);
        }
        arena_clear(&arena);
        groundwater_judge(values, count, &conditions, &arena, &verdict);
        for (size_t i = 0; i < count; i++) {
            int class = class_by_hand(verdict.items[i].step_en);

            CHECK_INT(class ? class : -1, verdict.items[i].rating);
            worst = class > worst ? class : worst;
            rated += class > 0;
        }
        CHECK_INT(worst, verdict.rating);
        CHECK(strstr(step_of("class"), verdict.level_en) != NULL);
    }
    CHECK(rated > SAMPLES * ITEMS * 3 / 4);
}

/* ---- tap and sources ---- */

struct hand {
    int met, broken, undecided;
};

/* The bound at the end of "meets the limit <= 0.01; over by ...". */
static struct span bound_of(const char *sentence)
{
    struct span text = {sentence, strcspn(sentence, ";")};
    size_t start = text.len, words = 0;

    if (text.len > 12 &&
        strncmp(text.at + text.len - 12, "not detected", 12) == 0)
        return span_from(text, text.len - 12);
    while (start > 0 && (text.at[start - 1] != ' ' || ++words < 2))
        start--;
    text = span_from(text, start); /* the last two words */
    if (span_starts(text, SPAN("≤")) || span_starts(text, SPAN("≥")) ||
        span_starts(text, SPAN("<")))
        return text;
    span_take(&text, ' ');
    return text;
}

/* "0.03/0.06 + 0.02/0.1 = 0.7 <= 1" */
static void add_sum(const char *step, struct hand *hand)
{
    long double sum = 0;
    struct span parts;

    CHECK(between(step, "own limit ", " =", &parts));
    while (parts.len) {
        struct span part = span_trim(span_take(&parts, '+'));
        struct decimal value = DECIMAL(0, 0), limit = DECIMAL(1, 0);

        if (decimal_parse(span_take(&part, '/'), &value) ||
            decimal_parse(part, &limit))
            continue;
        sum += (long double)decimal_to_double(value) /
               (long double)decimal_to_double(limit);
    }
    if (sum > 1.0L + 1e-12L)
        hand->broken++;
    else if (!strstr(step, "of the 4"))
        hand->met++;
    else
        hand->undecided += strstr(step, ", undecided") != NULL;
}

static void add_sentence(const char *step, struct hand *hand)
{
    const char *sentence = strstr(step, ": meets ");
    bool meets = sentence != NULL;
    struct decimal value;

    if (strstr(step, "told apart"))
        return;
    if (!sentence)
        sentence = strstr(step, ": breaks ");
    if (!sentence) {
        hand->undecided +=
            strstr(step, "not rated") || strstr(step, "no result yet");
        return;
    }
    value = value_of(step);
    CHECK_INT(keeps(bound_of(sentence), value), meets);
    check_multiple(step, value);
    if (strstr(step, "nuclide"))
        hand->undecided++;
    else if (meets)
        hand->met++;
    else
        hand->broken++;
}

static void check_conclusion(const struct hand *hand)
{
    int rating = hand->broken ? 1 : hand->undecided ? -1 : 0;
    char counts[80];

    snprintf(counts, sizeof(counts), "%d met, %d broken, %d undecided → ",
             hand->met, hand->broken, hand->undecided);
    CHECK(strstr(step_of("conclusion"), counts) != NULL);
    CHECK_INT(rating, verdict.rating);
}

static void judge_again(void)
{
    struct hand hand = {0, 0, 0};

    for (size_t i = 0; i < verdict.item_count; i++) {
        const struct verdict_item *item = &verdict.items[i];

        if (strstr(item->step_en, "own limit"))
            add_sum(item->step_en, &hand);
        else if (strcmp(item->factor, "conclusion") != 0 &&
                 strcmp(item->factor, "missing") != 0)
            add_sentence(item->step_en, &hand);
    }
    if (hand.met + hand.broken + hand.undecided)
        check_conclusion(&hand);
}

static size_t tap_sample(struct measured *values, const char *agent)
{
    static const char *const four[] = {"w24004", "w24006", "w24007", "w24009"};
    size_t count = 0;

    for (size_t i = 0; any(2) && i < LENGTH(four); i++) {
        values[count] = near(four[i], drinking_item_find(four[i])->tap->high);
        values[count].value.exponent--;
        values[count++].below_detection = false;
    }
    values[count] = near(agent, drinking_item_find(agent)->end_residual->low);
    values[count].value.mantissa *= 1 + any(20);
    values[count++].below_detection = false;
    while (count < ITEMS) {
        const struct drinking_item *item = drinking_item_at((size_t)any(97));

        if (item->tap && strcmp(item->code, "trihalomethanes") != 0 &&
            !is_taken(values, count, item->code))
            values[count++] = answer(item->code, item->tap);
    }
    return count;
}

TEST(tap_water_follows_from_its_sentences)
{
    static const char *const agents[] = {"w21025", "total_chlorine", "ozone",
                                         "chlorine_dioxide"};

    for (int sample = 0; sample < SAMPLES; sample++) {
        struct measured values[ITEMS];
        struct drinking_conditions conditions = {
            .day = TODAY,
            .supply = (enum drinking_supply)any(2),
            .position = (enum drinking_position)any(2),
            .agent = agents[any(4)],
            .has_contact = any(2),
            .contact_min = DECIMAL(any(150), 0)};
        size_t count = tap_sample(values, conditions.agent);

        arena_clear(&arena);
        drinking_judge(values, count, &conditions, &arena, &verdict);
        judge_again();
    }
}

static const struct limit *source_limit(const struct drinking_source_item *item,
                                        bool ground)
{
    const struct water_item *w;

    if (ground)
        return item->ground ? item->ground->limits[2][0] : NULL;
    if (item->single)
        return item->single;
    w = item->table ? water_item_find(span_of(item->code), WATER_RIVER) : NULL;
    return w ? w->of[2] : NULL;
}

TEST(sources_follow_from_their_sentences)
{
    for (int sample = 0; sample < SAMPLES; sample++) {
        struct measured values[ITEMS];
        bool ground = any(2);
        struct drinking_source_conditions conditions = {
            .day = TODAY,
            .kind = ground ? DRINKING_SOURCE_GROUND : DRINKING_SOURCE_SURFACE,
            .rounding = WATER_ROUND_NONE,
            .target = 3};
        size_t count = 0;

        while (count < ITEMS) {
            const struct drinking_source_item *item =
                drinking_source_item_at((size_t)any(180));
            const struct limit *l = item ? source_limit(item, ground) : NULL;

            if (l && !is_taken(values, count, item->code))
                values[count++] = answer(item->code, l);
        }
        arena_clear(&arena);
        drinking_source_judge(values, count, &conditions, &arena, &verdict);
        judge_again();
    }
}
