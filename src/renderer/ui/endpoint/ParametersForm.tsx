/** The fields people expect in a request: name, where, path, type, required; or read off an example. */
import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Select,
  Stack,
  Switch,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type EndpointSettings, type Parameter, parameterSchema } from '../../../shared/model/endpoint.ts';
import { ExpressionInput } from '../ExpressionInput.tsx';
import classes from './endpoint.module.css';

export interface ParametersFormProps {
  readonly config: Partial<EndpointSettings>;
  readonly onChange: (change: Partial<EndpointSettings>) => void;
  readonly errors: Readonly<Record<string, string>>;
  /** Further ways to come by parameters, e.g. listening for a request. */
  readonly more?: ReactNode;
}

const places = parameterSchema.shape.in.unwrap().options;
const types = parameterSchema.shape.type.unwrap().options;

/** The settings of SPEC 6. */
export function ParametersForm({ config, onChange, errors, more }: ParametersFormProps) {
  const parameters = config.parameters ?? [];
  const setAll = (next: readonly Parameter[]): void => onChange({ parameters: [...next] });
  const set = (at: number, change: Partial<Parameter>): void =>
    setAll(parameters.map((parameter, index) => (index === at ? { ...parameter, ...change } : parameter)));
  const add = (): void => setAll([...parameters, { name: '', in: 'body', type: 'string', required: false }]);
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed">
        Steps use them as {'{{params.<name>}}'}. A request without a required one is refused with 400 and the
        names that are missing.
      </Text>
      {more}
      {parameters.length === 0 ? null : (
        <Table className={classes.parameters ?? ''} aria-label="Parameters">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th w={96}>In</Table.Th>
              <Table.Th>Path</Table.Th>
              <Table.Th w={104}>Type</Table.Th>
              <Table.Th w={70}>Required</Table.Th>
              <Table.Th w={36} aria-label="Remove" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {parameters.map((parameter, at) => (
              <ParameterRow
                // Rows have no name of their own while they are typed: their place is their identity.
                key={at}
                at={at}
                parameter={parameter}
                error={errors[`parameters[${at}].name`] ?? errors[`parameters[${at}].path`]}
                onChange={(change) => set(at, change)}
                onRemove={() => setAll(parameters.filter((_parameter, index) => index !== at))}
              />
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Group gap="xs">
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={add}
        >
          Add parameter
        </Button>
      </Group>
      <Switch
        label="Full body parameter"
        description="Adds the whole body as one more parameter."
        checked={config.fullBody ?? false}
        onChange={(event) => onChange({ fullBody: event.currentTarget.checked })}
      />
      <ExpressionInput
        mode="expression"
        label="Filter"
        help="A request for which this is not true is answered 200 and starts nothing. Empty: every request counts."
        placeholder="trigger.data.event = 'order_created'"
        value={config.filter ?? ''}
        onChange={(filter) => onChange({ filter: filter === '' ? undefined : filter })}
        error={errors['filter']}
      />
    </Stack>
  );
}

interface ParameterRowProps {
  readonly at: number;
  readonly parameter: Parameter;
  readonly error: string | undefined;
  readonly onChange: (change: Partial<Parameter>) => void;
  readonly onRemove: () => void;
}

function ParameterRow({ at, parameter, error, onChange, onRemove }: ParameterRowProps) {
  const number = at + 1;
  return (
    <Table.Tr>
      <Table.Td>
        <TextInput
          aria-label={`Name of parameter ${number}`}
          value={parameter.name}
          error={error}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
      </Table.Td>
      <Table.Td>
        <Select
          aria-label={`Where parameter ${number} stands`}
          data={places}
          value={parameter.in}
          onChange={(value) => onChange({ in: places.find((place) => place === value) ?? 'body' })}
        />
      </Table.Td>
      <Table.Td>
        <TextInput
          aria-label={`Path of parameter ${number}`}
          placeholder={parameter.name === '' ? 'order.id' : parameter.name}
          value={parameter.path ?? ''}
          onChange={(event) => {
            const path = event.currentTarget.value;
            onChange({ path: path === '' ? undefined : path });
          }}
        />
      </Table.Td>
      <Table.Td>
        <Select
          aria-label={`Type of parameter ${number}`}
          data={types}
          value={parameter.type}
          onChange={(value) => onChange({ type: types.find((type) => type === value) ?? 'string' })}
        />
      </Table.Td>
      <Table.Td>
        <Checkbox
          mt={6}
          aria-label={`Parameter ${number} is required`}
          checked={parameter.required}
          onChange={(event) => onChange({ required: event.currentTarget.checked })}
        />
      </Table.Td>
      <Table.Td>
        <ActionIcon aria-label={`Remove parameter ${number}`} onClick={onRemove}>
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  );
}
