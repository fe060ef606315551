/**
 * What a request meets on its way to an answer (SPEC 4, 5, 6, 10), on one host. The slow senders come first: others are
 * served beside them.
 */
import './requests/slow.ts';
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
