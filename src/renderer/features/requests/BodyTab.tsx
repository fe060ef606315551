/** The body: as a tree, as form fields, as text, as bytes. A megabyte opens at once; more is fetched when asked for. */
import { Button, SegmentedControl } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import type { BodyView, RequestView } from '../../../shared/contract/views.ts';
import { useMirror } from '../../data/mirror.ts';
import { bodyMirror } from '../../data/requests.ts';
import { CodeText } from '../../ui/CodeText.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { formatSize } from '../../ui/formats.ts';
import { JsonTree } from '../../ui/JsonTree.tsx';
import { parseKeepingDigits } from '../../ui/json-rows.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { bytesOf } from './body-bytes.ts';
import classes from './detail.module.css';
import { HexView } from './HexView.tsx';
import { PairsTable } from './PairsTable.tsx';

const firstBytes = 1_100_000;
const allBytes = 33_554_432;

type Mode = 'tree' | 'form' | 'raw' | 'hex';
const titles: Readonly<Record<Mode, string>> = { tree: 'Tree', form: 'Form', raw: 'Raw', hex: 'Hex' };

/** The body of a request. */
export function BodyTab({ request }: { readonly request: RequestView }): ReactNode {
  const [maxBytes, setMaxBytes] = useState(firstBytes);
  const {
    data: body,
    status,
    error,
    refetch,
  } = useMirror(bodyMirror, request.bodySize === 0 ? null : { id: request.id, maxBytes });
  if (request.bodySize === 0) return <p className={classes['empty']}>The request had no body.</p>;
  if (status === 'failed') {
    return <ErrorState title="The body could not be read" reason={error?.message ?? ''} onRetry={refetch} />;
  }
  if (body === undefined) return <LoadingState what="the body" shape="detail" />;
  return (
    <Body
      key={body.data.length}
      body={body}
      contentType={request.contentType ?? ''}
      note={
        body.truncated ? (
          <>
            The first {formatSize(bytesOf(body).length)} of {formatSize(body.size)}.
            {maxBytes < allBytes && request.storedBodySize > firstBytes && (
              <Button size="compact-xs" variant="default" onClick={() => setMaxBytes(allBytes)}>
                Load all
              </Button>
            )}
            {request.storedBodySize < request.bodySize && ' The rest of a refused request is not kept.'}
          </>
        ) : (
          formatSize(body.size)
        )
      }
    />
  );
}

interface BodyProps {
  readonly body: BodyView;
  readonly contentType: string;
  readonly note: ReactNode;
}

function Body({ body, contentType, note }: BodyProps): ReactNode {
  const json = useMemo(() => readJson(body), [body]);
  const form = useMemo(() => readForm(body, contentType), [body, contentType]);
  const modes: readonly Mode[] = [
    ...(json === null ? [] : (['tree'] as const)),
    ...(form === null ? [] : (['form'] as const)),
    ...(body.encoding === 'utf8' ? (['raw'] as const) : []),
    'hex',
  ];
  const [chosen, setChosen] = useState<Mode | null>(null);
  const mode = chosen !== null && modes.includes(chosen) ? chosen : (modes[0] ?? 'hex');
  return (
    <div className={classes['bodyFill']}>
      <div className={classes['toolbar']}>
        <SegmentedControl
          aria-label="How to show the body"
          value={mode}
          onChange={(value) => setChosen(modes.find((known) => known === value) ?? null)}
          data={modes.map((value) => ({ value, label: titles[value] }))}
        />
        <span className={classes['toolbarNote']}>{note}</span>
        {body.encoding === 'utf8' && <CopyButton value={body.data} label="body" />}
      </div>
      <div className={classes['bodyContent']}>
        {mode === 'tree' && <JsonTree value={json?.value} label="Body" root="trigger.payload" />}
        {mode === 'form' && <PairsTable pairs={form ?? []} label="Form fields" empty="No fields." />}
        {mode === 'raw' && <CodeText text={body.data} label="Body as text" />}
        {mode === 'hex' && <HexView bytes={bytesOf(body)} />}
      </div>
    </div>
  );
}

function readJson(body: BodyView): { readonly value: unknown } | null {
  if (body.encoding !== 'utf8' || body.truncated) return null;
  try {
    const value = parseKeepingDigits(body.data.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null ? { value } : null;
  } catch {
    return null;
  }
}

function readForm(body: BodyView, contentType: string): readonly (readonly [string, string])[] | null {
  if (body.encoding !== 'utf8' || !/^application\/x-www-form-urlencoded/i.test(contentType)) return null;
  return [...new URLSearchParams(body.data)];
}
