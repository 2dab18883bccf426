/* assessment_room - what assessment_http.c and judge_http.c share. */
#ifndef API_ASSESSMENT_ROOM_H
#define API_ASSESSMENT_ROOM_H

#include "api/room.h"
#include "assess/catalogue/assessment.h"

/* The one of the path; NULL and 404 when there is none. */
const struct assessment *ask_assessment(struct ask ask);

/* POST: judges the table of the body. */
void assessment_judge(struct http_request *r, struct http_response *w);

#endif
