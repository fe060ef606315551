/** Why the sender was believed or not, in plain words. Secrets never come here. */
import type { ReactNode } from 'react';
import type { RequestView } from '../../../shared/contract/views.ts';
import { endpointMirror } from '../../data/endpoints.ts';
import { useMirror } from '../../data/mirror.ts';
import { catalogMirror } from '../../data/system.ts';
import { ToneBadge } from '../../ui/badges.tsx';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './detail.module.css';
import { meaningOfStage, titleOfStage, verifyingStages } from './stage-words.ts';

/** What was checked and what came of it. */
export function VerificationTab({ request }: { readonly request: RequestView }): ReactNode {
  const { data: endpoint } = useMirror(endpointMirror, request.endpointId);
  const { data: catalog } = useMirror(catalogMirror, null);
  const scheme = endpoint?.settings.auth?.scheme;
  const definition = catalog?.auth.find((known) => known.scheme === scheme);
  const found = request.stages.filter(({ stage }) => verifyingStages.includes(stage));
  const auth = found.find(({ stage }) => stage === 'auth');
  const [tone, verdict] =
    auth === undefined
      ? (['note', 'not reached'] as const)
      : auth.ok
        ? scheme === 'none'
          ? (['note', 'not asked for'] as const)
          : (['ok', 'genuine'] as const)
        : (['bad', 'not genuine'] as const);
  return (
    <>
      <section className={classes['section']}>
        <h3 className={classes['heading']}>Sender</h3>
        <p style={{ margin: '0 0 8px' }}>
          <ToneBadge tone={tone}>{verdict}</ToneBadge>
        </p>
        <p style={{ margin: 0, lineHeight: 1.55 }}>
          {auth === undefined ? (
            'The request was refused before its sender was looked at.'
          ) : (
            <HostileText
              text={auth.note ?? (auth.ok ? meaningOfStage('auth') : (request.reasonText ?? ''))}
            />
          )}
        </p>
      </section>
      <section className={classes['section']}>
        <h3 className={classes['heading']}>Scheme of the endpoint today</h3>
        <p style={{ margin: 0, lineHeight: 1.55 }}>
          <strong>{definition?.title ?? scheme ?? 'not known'}</strong>
          {definition !== undefined && <span className={classes['dim']}>: {definition.description}</span>}
        </p>
      </section>
      {found.length > 0 && (
        <section className={classes['section']}>
          <h3 className={classes['heading']}>What was checked</h3>
          <dl className={classes['facts2']}>
            {found.map((stage) => (
              <StageFacts key={stage.stage} title={titleOfStage(stage.stage)} isFine={stage.ok}>
                {stage.note ?? meaningOfStage(stage.stage)}
              </StageFacts>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}

interface StageFactsProps {
  readonly title: string;
  readonly isFine: boolean;
  readonly children: string;
}

function StageFacts({ title, isFine, children }: StageFactsProps): ReactNode {
  return (
    <>
      <dt>{title}</dt>
      <dd style={isFine ? undefined : { color: 'var(--hy-bad)' }}>
        <HostileText text={children} />
      </dd>
    </>
  );
}
