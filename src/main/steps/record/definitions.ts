/** The five record steps as data. */
import type { Field } from '../../../shared/fields.ts';
import type { StepDefinition } from '../../../shared/model/catalog.ts';

const entity: Field = {
  name: 'entity',
  label: 'Entity',
  kind: 'text',
  required: true,
  maxLength: 60,
  suggest: 'entities',
  help: 'The worksheet, as it is named under Records.',
  placeholder: 'InventoryModel',
};

const data: Field = {
  name: 'data',
  label: 'Values',
  kind: 'map',
  template: true,
  required: true,
  help: 'Fields and their values. A value that is only one {{ expression }} keeps its type; texts that mean numbers or dates are taken as such.',
};

const cuid: Field = {
  name: 'cuid',
  label: 'Record',
  kind: 'template',
  help: 'The id of one record; leave empty when conditions are given.',
  placeholder: '{{target.cuid}}',
};

const where = (help: string): Field => ({
  name: 'where',
  label: 'Conditions',
  kind: 'json',
  help,
  placeholder: '{ "status": "open", "amount": { "gte": "{{params.amount}}" } }',
});

const limit = (help: string): Field => ({
  name: 'limit',
  label: 'At most',
  kind: 'number',
  default: 100,
  min: 1,
  max: 1_000,
  integer: true,
  unit: 'records',
  template: true,
  help,
});

const common = {
  group: 'Data',
  outlets: { kind: 'one' },
  start: 'never',
  effect: 'none',
} as const;

export const createDefinition: StepDefinition = {
  ...common,
  kind: 'record.create',
  title: 'Create record',
  icon: 'TablePlus',
  description: 'Adds a record to an entity, once, and gives it as output.',
  fields: [entity, data],
  summary: 'Create in {entity}',
};

export const findDefinition: StepDefinition = {
  ...common,
  kind: 'record.find',
  title: 'Find records',
  icon: 'TableOptions',
  description: 'Looks for records of an entity; the output is their count and the records.',
  fields: [
    entity,
    where('All must hold; without any, every record is found. See the page on records for what can be said.'),
    {
      name: 'sort',
      label: 'Sort by',
      kind: 'template',
      help: 'A field, with - before it for the largest first. Default: the newest first.',
      placeholder: '-createdAt',
    },
    limit('More are told by "more" in the output.'),
  ],
  summary: 'Find in {entity} where {where}',
};

export const updateDefinition: StepDefinition = {
  ...common,
  kind: 'record.update',
  title: 'Update record',
  icon: 'TableShare',
  description: 'Changes values of one record, or of those that fit conditions. Fails when there is none.',
  fields: [
    entity,
    cuid,
    where('Changes all records that fit, instead of one.'),
    { ...data, help: 'Fields and their new values; others stay. Null takes a value away.' },
    limit('More records than this fit: the step fails and changes none.'),
  ],
  summary: 'Update {entity} {cuid}',
};

export const upsertDefinition: StepDefinition = {
  ...common,
  kind: 'record.upsert',
  title: 'Create or update record',
  icon: 'TableImport',
  description: 'Changes the record that has these values in its key fields, or adds one.',
  fields: [
    entity,
    {
      name: 'key',
      label: 'Key',
      kind: 'list',
      orText: true,
      required: true,
      maxItems: 10,
      help: 'Fields a record is known by, such as an order number. Their values stand in the values below.',
      placeholder: 'number',
    },
    data,
  ],
  summary: 'Create or update in {entity} by {key}',
};

export const deleteDefinition: StepDefinition = {
  ...common,
  kind: 'record.delete',
  title: 'Delete record',
  icon: 'TableMinus',
  description: 'Deletes one record, or those that fit conditions. Fails when there is none.',
  fields: [
    entity,
    cuid,
    where('Deletes all records that fit, instead of one.'),
    limit('More records than this fit: the step fails and deletes none.'),
  ],
  summary: 'Delete from {entity} {cuid}',
};
