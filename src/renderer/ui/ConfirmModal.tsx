/** Asks before something that can not be undone. */
import { Button, Group, Modal, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';

export interface ConfirmModalProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** What will happen, in one or two sentences. */
  readonly children: ReactNode;
  /** The verb on the button, e.g. "Delete". */
  readonly confirm: string;
  /** The other answer; "Cancel" when left out. */
  readonly dismiss?: string;
  readonly isDangerous?: boolean;
  /** The dialog closes when the promise settles. */
  readonly onConfirm: () => unknown;
  readonly onClose: () => void;
}

/** A question with two answers; Escape is "no". */
export function ConfirmModal(props: ConfirmModalProps): ReactNode {
  const {
    isOpen,
    title,
    children,
    confirm,
    dismiss = 'Cancel',
    isDangerous = true,
    onConfirm,
    onClose,
  } = props;
  const [isBusy, setBusy] = useState(false);
  const agree = async (): Promise<void> => {
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      setBusy(false);
      onClose();
    }
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} size="sm">
      <Text size="sm" component="div">
        {children}
      </Text>
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          {dismiss}
        </Button>
        <Button {...(isDangerous ? { color: 'red' } : {})} loading={isBusy} onClick={() => void agree()}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}
