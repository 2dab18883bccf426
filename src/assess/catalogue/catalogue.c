#include "assess/catalogue/assessment.h"

#define ASSESSMENT(name) extern const struct assessment name##_assessment;
#include "assess/catalogue/catalogue.def"
#undef ASSESSMENT

static const struct assessment *const all[] = {
#define ASSESSMENT(name) &name##_assessment,
#include "assess/catalogue/catalogue.def"
#undef ASSESSMENT
};

const struct assessment *assessment_at(size_t index)
{
    return index < LENGTH(all) ? all[index] : NULL;
}

const struct assessment *assessment_find(struct span name)
{
    for (size_t i = 0; i < LENGTH(all); i++) {
        if (span_is(name, all[i]->name))
            return all[i];
    }
    return NULL;
}
