/** Times, sizes and spans as small texts that always read the same. */
import type { ReactNode } from 'react';
import { formatDuration, formatLocal, formatRelative, formatSize } from './formats.ts';
import { useNow } from './now.ts';

export interface TimeTextProps {
  /** ISO 8601; null shows a dash. */
  readonly at: string | null;
  /** `local` (the default) shows the clock, `relative` how long ago. */
  readonly mode?: 'local' | 'relative';
  readonly className?: string | undefined;
}

/** An instant: local or relative, with the exact UTC time in its tooltip. */
export function TimeText({ at, mode = 'local', className }: TimeTextProps): ReactNode {
  const now = useNow();
  if (at === null) return <span className={className}>–</span>;
  const instant = Date.parse(at);
  const present = Math.max(now, instant > now && instant - now < 10_000 ? instant : now);
  const local = formatLocal(instant, present);
  const relative = formatRelative(instant, present);
  return (
    <time
      dateTime={at}
      className={className}
      title={`${mode === 'local' ? relative : local}\n${new Date(instant).toISOString()}`}
      style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}
    >
      {mode === 'local' ? local : relative}
    </time>
  );
}

/** A number of bytes. */
export function SizeText({
  bytes,
  className,
}: {
  readonly bytes: number;
  readonly className?: string;
}): ReactNode {
  return (
    <span
      className={className}
      title={`${bytes.toLocaleString('en')} bytes`}
      style={{ whiteSpace: 'nowrap' }}
    >
      {formatSize(bytes)}
    </span>
  );
}

/** A span in milliseconds; null shows a dash. */
export function DurationText({
  ms,
  className,
}: {
  readonly ms: number | null;
  readonly className?: string;
}): ReactNode {
  return (
    <span className={className} style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
      {ms === null ? '–' : formatDuration(ms)}
    </span>
  );
}
