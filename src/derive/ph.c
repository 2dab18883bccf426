#include "derive/ph.h"

enum { PH_MAX = 140000 };

/* 10^-(k / 10), (k / 100), (k / 1000), (k / 10000) for k = 0 to 9, in 10^-18.
 */
static const int64_t power[4][10] = {
    {1000000000000000000LL, 794328234724281502LL, 630957344480193249LL,
     501187233627272285LL, 398107170553497251LL, 316227766016837933LL,
     251188643150958011LL, 199526231496887960LL, 158489319246111349LL,
     125892541179416721LL}, /* tenths */
    {1000000000000000000LL, 977237220955810683LL, 954992586021435950LL,
     933254300796991044LL, 912010839355909742LL, 891250938133745530LL,
     870963589956080638LL, 851138038202376468LL, 831763771102671006LL,
     812830516164099247LL}, /* hundredths */
    {1000000000000000000LL, 997700063822553317LL, 995405417351526962LL,
     993116048420933772LL, 990831944892767574LL, 988553094656938840LL,
     986279485631210472LL, 984011105761133745LL, 981747943019984399LL,
     979489985408698873LL}, /* thousandths */
    {1000000000000000000LL, 999769767998156586LL, 999539589003087846LL,
     999309463002589922LL, 999079389984461769LL, 998849369936505150LL,
     998619402846524636LL, 998389488702327606LL, 998159627491724247LL,
     997929819202527551LL}, /* of ten thousandths */
};

static const int64_t one = 1000000000000000000LL; /* 10^18 */

/* 10^-(ph / 10000) in 10^-30. */
static __int128 activity(int ph)
{
    int whole = ph / 10000;
    int f = ph % 10000;
    __int128 a = power[0][f / 1000];

    a = (a * power[1][f / 100 % 10] + one / 2) / one;
    a = (a * power[2][f / 10 % 10] + one / 2) / one;
    a = (a * power[3][f % 10] + one / 2) / one;
    for (int i = whole; i < 12; i++)
        a *= 10;
    for (int i = 12; i < whole; i++)
        a = (a + 5) / 10;
    return a;
}

enum err ph_add(struct ph_sum *sum, struct decimal ph)
{
    struct decimal d;
    enum err err = decimal_rescale(ph, -4, ROUND_HALF_EVEN, &d);

    if (err || d.mantissa < 0 || d.mantissa > PH_MAX)
        return ERR_OUT_OF_RANGE;
    sum->activity += activity((int)d.mantissa);
    sum->count++;
    return OK;
}

enum err ph_mean(const struct ph_sum *sum, int decimals, struct decimal *out)
{
    int low = 0, high = PH_MAX; /* activity(low) >= mean */
    __int128 mean;
    int unit = 1;

    if (sum->count == 0 || decimals < 0 || decimals > 3)
        return ERR_OUT_OF_RANGE;
    mean = sum->activity / sum->count;
    while (low < high) {
        int middle = (low + high + 1) / 2;

        if (activity(middle) >= mean)
            low = middle;
        else
            high = middle - 1;
    }
    /* the mean lies in [low, low + 1): nearest, and up from the half on */
    for (int i = decimals; i < 4; i++)
        unit *= 10;
    *out = DECIMAL((low + unit / 2) / unit, (int8_t)-decimals);
    return OK;
}
