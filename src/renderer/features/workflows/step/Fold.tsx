/** Settings few people need, folded away under their name. */
import { Collapse, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './StepModal.module.css';

/** A fold; what it holds exists only while it is open. */
export function Fold({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  const [isOpen, { toggle }] = useDisclosure(false);
  return (
    <div>
      <UnstyledButton className={classes.fold} onClick={toggle} aria-expanded={isOpen}>
        <IconChevronRight size={14} aria-hidden className={isOpen ? (classes.isOpen ?? '') : ''} />
        {label}
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <div className={classes.folded}>{isOpen ? children : null}</div>
      </Collapse>
    </div>
  );
}
