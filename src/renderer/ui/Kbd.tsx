/** Keys as people see them on their keyboard. */
import { Kbd as Key } from '@mantine/core';
import type { ReactNode } from 'react';
import { nameKeys } from './commands.ts';

/** The keys of a command, e.g. `mod+k` or `g r`. */
export function Kbd({ keys }: { readonly keys: string }): ReactNode {
  return (
    <span style={{ display: 'inline-flex', gap: 3 }}>
      {nameKeys(keys).map((key, index) => (
        <Key key={`${key}${index}`} size="xs">
          {key.length === 1 ? key.toUpperCase() : key}
        </Key>
      ))}
    </span>
  );
}
