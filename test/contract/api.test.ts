/** The REST API row by row (SPEC 11), and the admin port beside it (SPEC 1), on one host. */
import './api/workflows.ts';
import './api/runs.ts';
import './api/endpoints.ts';
import './api/records.ts';
import './api/failed-triggers.ts';
import './api/requests.ts';
import './api/access.ts';
import './api/openapi.ts';
import './process/admin.ts';
