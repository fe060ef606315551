/**
 * ValidMind's style: the body says what to do, `run_workflow` or `run_step`, and for which record (SPEC 3). Its
 * documented curl command names no JSON type, so the body is read as JSON whatever type was named.
 */
import { AppError } from '../../shared/errors.ts';
import type { Target } from '../../shared/model/run.ts';
import type { StyleBehaviour } from './style.ts';

const fields = ['action', 'target', 'entity_name'] as const;

/** Stands for the node in the URL of a shared source. */
const sharedNode = 'shared';

export const validmind: StyleBehaviour = {
  definition: {
    style: 'validmind',
    title: 'ValidMind',
    description:
      'A POST whose action starts the workflow for a record, or lets the run of that record go on.',
    urlPattern: 'POST /vm/api/v1/webhooks/{endpointId}/{nodeId}',
    methods: ['POST'],
    defaultAuth: { scheme: 'keyPair', keyHeader: 'x-api-key', secretHeader: 'x-api-secret' },
  },
  reading: 'json',
  words: fields,
  path: ({ endpointId, nodeId }) => `/vm/api/v1/webhooks/${endpointId}/${nodeId ?? sharedNode}`,
  intent(payload) {
    const { action, target, entity_name: entity } = fieldsOf(payload);
    if (action !== undefined && action !== 'run_workflow' && action !== 'run_step') {
      throw new AppError({
        code: 'unknown_action',
        message: 'The action is not known; it is run_workflow or run_step.',
      });
    }
    if (action === undefined || !isName(target) || !isName(entity)) {
      const given = [action !== undefined, isName(target), isName(entity)];
      const missing = fields.filter((_name, index) => given[index] !== true);
      throw new AppError({
        code: 'missing_parameter',
        details: { missing },
        reason: `The body lacks ${missing.join(', ')}.`,
      });
    }
    const wanted: Target = { entity, cuid: target };
    return { kind: action === 'run_workflow' ? 'start' : 'resume', target: wanted };
  },
  sampleRequest({ role, target }) {
    const body = {
      action: role === 'start' ? 'run_workflow' : 'run_step',
      target: target?.cuid ?? '<target_cuid>',
      entity_name: target?.entity ?? 'InventoryModel',
    };
    return { method: 'POST', contentType: 'application/json', body: JSON.stringify(body, null, 2) };
  },
};

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The three fields of an object's own; a list or a plain value has none. */
function fieldsOf(payload: unknown): Partial<Record<(typeof fields)[number], unknown>> {
  const found: Partial<Record<(typeof fields)[number], unknown>> = {};
  if (typeof payload !== 'object' || payload === null) return found;
  const own = new Map(Object.entries(payload));
  for (const name of fields) if (own.get(name) != null) found[name] = own.get(name);
  return found;
}
