/** What an endpoint expects: its parameters, their types and places. */
import { Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Parameter } from '../../../shared/model/endpoint.ts';
import { HostileText } from '../../ui/HostileText.tsx';

/** The table; one sentence where nothing is declared. */
export function ParameterTable({ parameters }: { readonly parameters: readonly Parameter[] }): ReactNode {
  if (parameters.length === 0) {
    return (
      <Text size="xs" c="dimmed">
        No parameters are declared: any body is taken as it is.
      </Text>
    );
  }
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Parameter</Table.Th>
          <Table.Th>In</Table.Th>
          <Table.Th>Type</Table.Th>
          <Table.Th>Required</Table.Th>
          <Table.Th>Description</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {parameters.map(({ name, in: place, type, required, description }) => (
          <Table.Tr key={`${place} ${name}`}>
            <Table.Td>
              <HostileText text={name} />
            </Table.Td>
            <Table.Td>{place}</Table.Td>
            <Table.Td>{type}</Table.Td>
            <Table.Td>{required ? 'yes' : 'no'}</Table.Td>
            <Table.Td>
              <HostileText text={description ?? ''} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
