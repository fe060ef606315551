/** A page in two columns: a list to choose from at the left, what was chosen at the right. */
import type { ReactNode } from 'react';
import classes from './ChoiceList.module.css';

export interface Choice {
  readonly key: string;
  readonly content: ReactNode;
}

export interface ChoiceListProps {
  /** What is listed, for readers, e.g. "Causes". */
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosenKey: string;
  readonly onChoose: (key: string) => void;
  /** What the detail is about, for readers. */
  readonly detailLabel: string;
  readonly children: ReactNode;
}

/** The two columns. */
export function ChoiceList(props: ChoiceListProps): ReactNode {
  const { label, choices, chosenKey, onChoose, detailLabel, children } = props;
  return (
    <div className={classes['columns']}>
      <nav className={classes['list']} aria-label={label}>
        {choices.map(({ key, content }) => (
          <button
            key={key}
            type="button"
            className={classes['choice']}
            aria-current={key === chosenKey}
            onClick={() => onChoose(key)}
          >
            {content}
          </button>
        ))}
      </nav>
      <section className={classes['detail']} aria-label={detailLabel}>
        {children}
      </section>
    </div>
  );
}
