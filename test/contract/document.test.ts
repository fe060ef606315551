/** Documents, expressions and the kinds of steps (SPEC 7, 8), on one host. */
import './document/steps.ts';
import './document/expressions.ts';
import './document/refusals.ts';
import './document/http.ts';
