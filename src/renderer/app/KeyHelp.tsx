/** Every key that does something on the present page. */
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Command, listCommands, useCommandStore } from '../ui/commands.ts';
import { Kbd } from '../ui/Kbd.tsx';
import classes from './KeyHelp.module.css';

export interface KeyHelpProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const paletteKey = { id: 'palette', title: 'Find a page, workflow or action', group: 'Help', keys: 'mod+k' };

/** The list of keys. */
export function KeyHelp({ isOpen, onClose }: KeyHelpProps): ReactNode {
  const sets = useCommandStore((state) => state.sets);
  const withKeys: readonly (Omit<Command, 'run' | 'keys'> & { readonly keys: string })[] = [
    ...listCommands(sets).flatMap((command) =>
      command.keys === undefined ? [] : [{ ...command, keys: command.keys }],
    ),
    paletteKey,
  ];
  const groups = [...new Set(withKeys.map(({ group }) => group))].toReversed();
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keys" size="lg">
      <div className={classes['groups']}>
        {groups.map((group) => (
          <section key={group} aria-label={group}>
            <h2 className={classes['title']}>{group}</h2>
            <dl className={classes['list']}>
              {withKeys
                .filter((command) => command.group === group)
                .map(({ id, title, keys }) => (
                  <div key={id} className={classes['row']}>
                    <dt>{title}</dt>
                    <dd>
                      <Kbd keys={keys} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
