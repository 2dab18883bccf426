#include "assess/limit/measured.h"

#include "assess/step.h"

bool measured_counts(const struct limit *limit)
{
    static const char *const units[] = {"CFU/100mL", "CFU/mL", "count/10L",
                                        "count/L"};

    for (size_t i = 0; i < LENGTH(units); i++) {
        if (strcmp(limit->unit, units[i]) == 0)
            return true;
    }
    return false;
}

bool measured_is_absent(const struct measured *m)
{
    return m->below_detection || m->is == MEASURED_NOT_DETECTED;
}

/* Answers to "none" and to "not detected": there or not there. */
static enum measured_state presence(const struct measured *m,
                                    struct decimal *out)
{
    if (m->is == MEASURED_NUMBER && !m->below_detection)
        *out = m->value;
    else
        *out = DECIMAL(m->is == MEASURED_PRESENT, 0);
    return MEASURED_FIT;
}

/* The detection limit lies on the far side of the limit. */
static bool unfit(const struct measured *m, const struct limit *proof)
{
    switch (proof->bound) {
    case LIMIT_MAX:
        return decimal_compare(m->value, proof->high) > 0;
    case LIMIT_MIN:
        return decimal_compare(m->value, proof->low) > 0;
    default:
        return true; /* of a range nothing is proven by "less than" */
    }
}

static enum measured_state half(const struct measured *m,
                                const struct limit *proof, struct arena *arena,
                                struct decimal *out, const char *note[2])
{
    const char *raw = step_decimal(arena, m->value);

    if (unfit(m, proof) || decimal_mul(m->value, DECIMAL(5, -1), out))
        return MEASURED_UNFIT;
    note[0] = arena_printf(arena, "(未检出,检出限 %s 的一半)", raw);
    note[1] = arena_printf(arena,
                           " (not detected: half the detection limit %s)", raw);
    return MEASURED_FIT;
}

enum measured_state measured_number(const struct measured *m,
                                    const struct limit *proof,
                                    struct arena *arena,
                                    struct decimal *out_number,
                                    const char *out_note[2])
{
    const char *note[2] = {"", ""};
    struct decimal number = m->value;
    enum measured_state state = MEASURED_FIT;

    if (m->is == MEASURED_NUMBER && m->value.mantissa < 0)
        state = MEASURED_NEGATIVE;
    else if (proof->bound == LIMIT_NONE || proof->bound == LIMIT_PRESENT ||
             proof->bound == LIMIT_NOT_DETECTED)
        state = presence(m, &number);
    else if (m->below_detection)
        state = half(m, proof, arena, &number, note);
    else if (m->is != MEASURED_NUMBER && m->is != MEASURED_PRESENT &&
             measured_counts(proof))
        number = DECIMAL(0, 0);
    else if (m->is == MEASURED_NOT_DETECTED)
        state = MEASURED_NO_DETECTION;
    else if (m->is != MEASURED_NUMBER)
        state = MEASURED_NO_ANSWER;
    if (state != MEASURED_FIT)
        return state;
    *out_number = number;
    out_note[0] = note[0];
    out_note[1] = note[1];
    return MEASURED_FIT;
}

const char *measured_why(const struct measured *m, enum measured_state state,
                         const struct limit *proof, bool english,
                         struct arena *arena)
{
    switch (state) {
    case MEASURED_FIT:
        return "";
    case MEASURED_UNFIT:
        return arena_printf(
            arena,
            english ? "not detected, but the detection limit %s does not "
                      "reach the limit %s: the method cannot prove compliance; "
                      "not rated"
                    : "未检出,但检出限 %s 达不到限值 %s 的要求,"
                      "方法不能证明达标,不评价",
            step_decimal(arena, m->value), limit_text(proof, english, arena));
    case MEASURED_NO_DETECTION:
        return english ? "not detected without a detection limit: write it as "
                         "\"<0.001\"; not rated"
                       : "未检出但没有给检出限,请写成“<0.001”;不评价";
    case MEASURED_NO_ANSWER:
        return english ? "a number is needed; not rated" : "需要数值,不评价";
    case MEASURED_NEGATIVE:
        return english ? "a negative value cannot be used; not rated"
                       : "负值不可用,不评价";
    }
    return "";
}
