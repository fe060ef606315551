/** Two requests side by side: only what differs. */
import { Modal, Select, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Comparison, NamedChange } from '../../../shared/contract/inspector.ts';
import type { RequestView } from '../../../shared/contract/views.ts';
import { useList } from '../../data/list.ts';
import { useMirror } from '../../data/mirror.ts';
import { comparisonMirror, requestList } from '../../data/requests.ts';
import { formatLocal, formatSize } from '../../ui/formats.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import { useNow } from '../../ui/now.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import classes from './compare.module.css';

export interface CompareModalProps {
  readonly request: RequestView;
  readonly onClose: () => void;
}

/** The modal: choose the other request, see what differs. */
export function CompareModal({ request, onClose }: CompareModalProps): ReactNode {
  const { items } = useList(requestList, { endpoint: request.endpointId });
  const others = items.filter(({ id }) => id !== request.id).slice(0, 200);
  // The one before it is what people mostly ask about.
  const usual = others.find(({ seq }) => seq < request.seq) ?? others[0];
  const [chosen, setChosen] = useState<string | null>(null);
  const other = chosen ?? usual?.id ?? null;
  const { data, status, error, refetch } = useMirror(
    comparisonMirror,
    other === null ? null : { left: other, right: request.id },
  );
  const now = useNow();
  return (
    <Modal opened onClose={onClose} title="Compare" size="xl">
      <Stack gap="sm">
        {others.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nothing else came to this endpoint yet.
          </Text>
        ) : (
          <Select
            label="With"
            searchable
            allowDeselect={false}
            value={other}
            onChange={setChosen}
            data={others.map(({ id, method, receivedAt, verdict, bodySize }) => ({
              value: id,
              label: `${formatLocal(Date.parse(receivedAt), now)} · ${method} · ${verdict} · ${formatSize(bodySize)} · ${id}`,
            }))}
          />
        )}
        {data !== undefined ? (
          <Differences comparison={data} />
        ) : other === null ? null : status === 'failed' ? (
          <ErrorState
            title="The requests could not be compared"
            reason={error?.message ?? ''}
            onRetry={refetch}
          />
        ) : (
          <LoadingState what="differences" shape="detail" />
        )}
      </Stack>
    </Modal>
  );
}

function Differences({ comparison }: { readonly comparison: Comparison }): ReactNode {
  const { method, path, query, headers, body } = comparison;
  const line = [
    ...(method === null ? [] : [{ name: 'Method', ...method }]),
    ...(path === null ? [] : [{ name: 'Path', ...path }]),
  ];
  const isSame = line.length + query.length + headers.length === 0 && body.same;
  if (isSame) return <Text size="sm">The two are the same, byte for byte.</Text>;
  return (
    <>
      <Changes title="Request line" changes={line} />
      <Changes title="Query" changes={query} />
      <Changes title="Headers" changes={headers} />
      <BodyChanges body={body} />
    </>
  );
}

interface ChangesProps {
  readonly title: string;
  readonly changes: readonly NamedChange[];
  readonly note?: string | undefined;
}

function Changes({ title, changes, note }: ChangesProps): ReactNode {
  if (changes.length === 0) return null;
  return (
    <section>
      <h3 className={classes['heading']}>{title}</h3>
      <table className={classes['table']} aria-label={`${title}: differences`}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">The other</th>
            <th scope="col">This one</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ name, left, right }, at) => (
            <tr key={`${at}-${name}`}>
              <th scope="row">
                <HostileText text={name} />
              </th>
              <td className={classes['gone']}>
                <Value text={left} />
              </td>
              <td className={classes['come']}>
                <Value text={right} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {note === undefined ? null : (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </section>
  );
}

function Value({ text }: { readonly text: string | null }): ReactNode {
  return text === null ? (
    <span className={classes['missing']}>not there</span>
  ) : (
    <HostileText text={text} isBlock />
  );
}

function BodyChanges({ body }: { readonly body: Comparison['body'] }): ReactNode {
  if (body.same) return null;
  const sizes = `${formatSize(body.left.size)} against ${formatSize(body.right.size)}${
    body.firstDifference === null ? '' : `; they part at byte ${body.firstDifference}`
  }`;
  return (
    <>
      <section>
        <h3 className={classes['heading']}>Body</h3>
        <Text size="xs" c="dimmed">
          {sizes}
          {body.note === null ? '' : `. ${body.note}`}
        </Text>
        {body.json !== null && body.json.changes.length === 0 && (
          <Text size="xs">The same data, written differently.</Text>
        )}
      </section>
      {body.json !== null && (
        <Changes
          title="Data"
          changes={body.json.changes.map(({ path, left, right }) => ({ name: path, left, right }))}
          note={body.json.cut ? 'There are more differences than these.' : undefined}
        />
      )}
      {body.text !== null && (
        <pre className={classes['lines']} aria-label="Lines that differ">
          {body.text.parts.map((part, at) => (
            <span key={at} className={classes[part.kind]}>
              {part.kind === 'skipped' ? (
                `… ${part.lines} lines alike …\n`
              ) : (
                <HostileText text={part.text} isBlock />
              )}
            </span>
          ))}
        </pre>
      )}
    </>
  );
}
