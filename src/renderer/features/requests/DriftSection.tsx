/** How a request differs from the sample of its endpoint: fields that are new, missing, or of another type. */
import type { ReactNode } from 'react';
import type { RequestView } from '../../../shared/contract/views.ts';
import { useMirror } from '../../data/mirror.ts';
import { driftMirror } from '../../data/samples.ts';
import { ToneBadge } from '../../ui/badges.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './detail.module.css';

/** Most fields shown of each kind. */
const shown = 20;

/** The section; nothing where there is no sample, or no difference. */
export function DriftSection({ request }: { readonly request: RequestView }): ReactNode {
  const { data } = useMirror(driftMirror, request.id);
  const drift = data?.drift;
  if (drift == null || drift.new.length + drift.missing.length + drift.retyped.length === 0) return null;
  return (
    <section className={classes['section']}>
      <h3 className={classes['heading']}>Differs from the sample</h3>
      <dl className={classes['facts2']}>
        <Fields word="new" paths={drift.new} />
        <Fields word="missing" paths={drift.missing} />
        <Fields word="retyped" paths={drift.retyped.map(({ path, was, is }) => `${path}: ${was} → ${is}`)} />
      </dl>
    </section>
  );
}

function Fields({ word, paths }: { readonly word: string; readonly paths: readonly string[] }): ReactNode {
  if (paths.length === 0) return null;
  return (
    <>
      <dt>
        <ToneBadge tone={word === 'new' ? 'note' : 'wait'}>{word}</ToneBadge>
      </dt>
      <dd className={classes['mono']}>
        {paths.slice(0, shown).map((path) => (
          <div key={path}>
            <HostileText text={path} />
          </div>
        ))}
        {paths.length > shown && <span className={classes['dim']}>and {paths.length - shown} more</span>}
      </dd>
    </>
  );
}
