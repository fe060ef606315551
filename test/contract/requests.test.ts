/**
 * What a request meets on its way to an answer (SPEC 4, 5, 6, 10), on one host. The slow senders begin
 * with the first test and are looked at last.
 */
import './requests/responses.ts';
import './requests/bodies.ts';
import './requests/parameters.ts';
import './requests/dedupe.ts';
import './requests/order.ts';
import './requests/auth.ts';
import './requests/framing.ts';
import './requests/doors.ts';
import './requests/limits.ts';
import './requests/rate.ts';
import './requests/slow.ts';
