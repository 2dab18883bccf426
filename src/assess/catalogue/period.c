#include "assess/catalogue/period.h"

#include "assess/catalogue/assessment.h"

static int last_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

void period_days(int period, int *from_day, int *to_day)
{
    static const int months[] = {
        [ASSESS_EACH_MONTH] = 1,
        [ASSESS_EACH_QUARTER] = 3,
        [ASSESS_EACH_HALF_YEAR] = 6,
        [ASSESS_EACH_YEAR] = 12,
    };
    int year = *from_day / 10000, month = *from_day / 100 % 100;
    int length, first, last;

    if (period == ASSESS_ALL_DAYS)
        return;
    if (period == ASSESS_EACH_DAY) {
        *to_day = *from_day;
        return;
    }
    length = months[period];
    first = (month - 1) / length * length + 1;
    last = first + length - 1;
    *from_day = year * 10000 + first * 100 + 1;
    *to_day = year * 10000 + last * 100 + last_of_month(year, last);
}
