/** Any value of a run: a tree where it has parts, a text where it has none. */
import type { ReactNode } from 'react';
import { CodeText } from '../../ui/CodeText.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { JsonTree } from '../../ui/JsonTree.tsx';
import classes from './runs.module.css';

export interface ValueViewProps {
  readonly value: unknown;
  readonly label: string;
  /** What a copied path begins with. */
  readonly root?: string;
  readonly empty: string;
}

/** A value. */
export function ValueView({ value, label, root, empty }: ValueViewProps): ReactNode {
  if (value === undefined || value === null) return <p className={classes['empty']}>{empty}</p>;
  return (
    <div className={classes['value']}>
      <div className={classes['valueCopy']}>
        <CopyButton
          label={label.toLowerCase()}
          value={() => Promise.resolve(typeof value === 'string' ? value : JSON.stringify(value, null, 2))}
        />
      </div>
      {typeof value === 'object' ? (
        <JsonTree value={value} label={label} {...(root === undefined ? {} : { root })} />
      ) : (
        <CodeText text={typeof value === 'string' ? value : JSON.stringify(value)} label={label} />
      )}
    </div>
  );
}
