/** What survives the end of the process, and what lies in its folder meanwhile (SPEC 1, 4.12, 9), on one host. */
import './process/recovery.ts';
import './process/interrupted.ts';
import './process/secrets-at-rest.ts';
