/** The parts of a request as text, to be changed before it is sent again. */
import { Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Draft } from './replay-draft.ts';

export interface ReplayFieldsProps {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

const mono = { input: { fontFamily: 'var(--mantine-font-family-monospace)' } };

/** The fields. */
export function ReplayFields({ draft, onChange }: ReplayFieldsProps): ReactNode {
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-start" wrap="nowrap">
        <TextInput
          label="Method"
          w={110}
          value={draft.method}
          onChange={(event) => onChange({ ...draft, method: event.currentTarget.value })}
          styles={mono}
        />
        <TextInput
          label="Query"
          flex={1}
          value={draft.query}
          onChange={(event) => onChange({ ...draft, query: event.currentTarget.value })}
          styles={mono}
        />
      </Group>
      <Textarea
        label="Headers"
        description="One on each line. Content-Length follows the body."
        autosize
        minRows={3}
        maxRows={8}
        value={draft.headers}
        onChange={(event) => onChange({ ...draft, headers: event.currentTarget.value })}
        spellCheck={false}
        styles={mono}
      />
      {draft.body === undefined ? (
        <Text size="xs" c="dimmed">
          The body is no text and is sent as it came.
        </Text>
      ) : (
        <Textarea
          label="Body"
          autosize
          minRows={4}
          maxRows={14}
          value={draft.body}
          onChange={(event) => onChange({ ...draft, body: event.currentTarget.value })}
          spellCheck={false}
          styles={mono}
        />
      )}
    </Stack>
  );
}
