/** What one should look at before a workflow from elsewhere is put live: code, where it sends to, what it needs. */
import { Alert, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ImportReview } from '../../../../shared/contract/workflow-files.ts';
import { formatCount } from '../../../ui/formats.ts';
import { HostileText } from '../../../ui/HostileText.tsx';
import classes from './list.module.css';

/** The review of one workflow. */
export function ImportReviewList({ review }: { readonly review: ImportReview }) {
  const points = pointsOf(review);
  return (
    <section className={classes['review']} aria-label={`Review of ${review.name}`}>
      <Text size="sm">
        <strong>
          <HostileText text={review.name} />
        </strong>
        : {formatCount(review.steps, 'step')}
        {review.slugIsTaken ? (
          <>
            , as <code>{review.slug}</code> because its slug is taken
          </>
        ) : null}
        . It comes in as a draft; nothing is live before you activate it.
      </Text>
      {points.length === 0 ? null : (
        <ul className={classes['points']}>
          {points.map(({ title, texts }) => (
            <li key={title}>
              {title}: <HostileText text={shorten(texts)} />
            </li>
          ))}
        </ul>
      )}
      <Faults title="To be mended before it can be committed" issues={review.issues} color="red" />
      <Faults title="To be looked at" issues={[...review.missing, ...review.warnings]} color="yellow" />
    </section>
  );
}

interface Point {
  readonly title: string;
  readonly texts: readonly string[];
}

/** What it does, as far as somebody should know; a point without anything is left out. */
function pointsOf(review: ImportReview): readonly Point[] {
  const absent = (list: readonly { readonly exists: boolean }[], index: number): string =>
    list[index]?.exists === false ? ' (not here)' : '';
  const points: readonly Point[] = [
    { title: 'Runs code', texts: review.code.map(({ name, lines }) => `${name} (${lines} lines)`) },
    {
      title: 'Sends to',
      texts: review.calls.map(({ name, host }) => `${host ?? 'wherever data says'} (${name})`),
    },
    { title: 'Asks to reach your own network', texts: review.privateHosts },
    {
      title: 'Starts by itself',
      texts: review.schedules.map(({ cron, timeZone }) => `${cron} ${timeZone ?? ''}`.trim()),
    },
    {
      title: 'Opens URLs',
      texts: review.endpoints.map(
        ({ name, style, isOpen }) => `${name} (${style}${isOpen ? ', open to anyone' : ''})`,
      ),
    },
    {
      title: 'Uses secrets',
      texts: review.secrets.map(({ name }, index) => name + absent(review.secrets, index)),
    },
    {
      title: 'Uses data sources',
      texts: review.sources.map(({ name }, index) => name + absent(review.sources, index)),
    },
    {
      title: 'Starts workflows',
      texts: review.workflows.map(({ workflow }, index) => workflow + absent(review.workflows, index)),
    },
  ];
  return points.filter(({ texts }) => texts.length > 0);
}

function shorten(texts: readonly string[]): string {
  const [shown, more] = [texts.slice(0, 12), texts.length - 12];
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

function Faults({
  title,
  issues,
  color,
}: {
  readonly title: string;
  readonly issues: ImportReview['issues'];
  readonly color: string;
}): ReactNode {
  if (issues.length === 0) return null;
  return (
    <Alert color={color} p="xs" title={title}>
      <ul className={classes['points']}>
        {issues.slice(0, 8).map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <code>
              <HostileText text={path} />
            </code>{' '}
            <HostileText text={message} />
          </li>
        ))}
        {issues.length > 8 ? <li>and {issues.length - 8} more</li> : null}
      </ul>
    </Alert>
  );
}
