/** Chooses one of the latest requests an endpoint captured, to run with exactly what it brought. */
import { Select } from '@mantine/core';
import { useList } from '../../../data/list.ts';
import { requestList } from '../../../data/requests.ts';
import { formatLocal, formatSize } from '../../../ui/formats.ts';
import { useNow } from '../../../ui/now.ts';

export interface RequestPickerProps {
  readonly endpointId: string;
  /** Null: none, an input is typed instead. */
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

/** The choice. */
export function RequestPicker({ endpointId, value, onChange }: RequestPickerProps) {
  const { items } = useList(requestList, { endpoint: endpointId });
  const now = useNow();
  return (
    <Select
      label="Captured request"
      description="Its payload, headers and query are what the workflow gets."
      placeholder={items.length === 0 ? 'None has been captured yet' : 'None: type an input'}
      clearable
      clearButtonProps={{ 'aria-label': 'No request' }}
      disabled={items.length === 0}
      value={value}
      onChange={onChange}
      maxDropdownHeight={240}
      data={items.map(({ id, method, receivedAt, verdict, bodySize }) => ({
        value: id,
        label: `${formatLocal(Date.parse(receivedAt), now)} · ${method} · ${verdict} · ${formatSize(bodySize)}`,
      }))}
    />
  );
}
