/** Names and values in the order they were sent. */
import type { ReactNode } from 'react';
import type { HeaderList } from '../../../shared/model/request.ts';
import { HostileText } from '../../ui/HostileText.tsx';
import classes from './detail.module.css';

export interface PairsTableProps {
  readonly pairs: HeaderList;
  readonly label: string;
  readonly empty: string;
}

/** A table of pairs. */
export function PairsTable({ pairs, label, empty }: PairsTableProps): ReactNode {
  if (pairs.length === 0) return <p className={classes['empty']}>{empty}</p>;
  return (
    <table className={classes['pairs']} aria-label={label}>
      <tbody>
        {pairs.map(([name, value], index) => (
          <tr key={`${index}-${name}`}>
            <th scope="row">
              <HostileText text={name} />
            </th>
            <td>
              <HostileText text={value} isBlock />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
