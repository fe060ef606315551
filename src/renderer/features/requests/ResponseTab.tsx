/** The answer as it was sent. */
import type { ReactNode } from 'react';
import type { RequestView } from '../../../shared/contract/views.ts';
import { CodeText } from '../../ui/CodeText.tsx';
import classes from './detail.module.css';
import { StatusText } from './marks.tsx';
import { PairsTable } from './PairsTable.tsx';

/** Status, headers and body of the answer. */
export function ResponseTab({ request }: { readonly request: RequestView }): ReactNode {
  const { reply } = request;
  if (reply === null) {
    return <p className={classes['empty']}>No answer was sent yet: the caller is waiting, or hung up.</p>;
  }
  return (
    <>
      <div className={classes['toolbar']}>
        <StatusText status={reply.status} />
        {request.durationMs !== null && (
          <span className={classes['toolbarNote']}>answered after {Math.round(request.durationMs)} ms</span>
        )}
      </div>
      <PairsTable
        pairs={Object.entries(reply.headers)}
        label="Headers of the answer"
        empty="No headers were kept."
      />
      {reply.body === '' ? (
        <p className={classes['empty']}>The answer had no body.</p>
      ) : (
        <CodeText text={reply.body} label="Body of the answer" />
      )}
    </>
  );
}
